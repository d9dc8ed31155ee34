namespace MultiModal.Voice.Conversion;

/// <summary>Who is to be heard, in the numbers of a model.</summary>
sealed class SpeakerChoice
{
    readonly IReadOnlyDictionary<string, int> numbers;
    readonly SpeakerMix? mix;
    readonly int count;

    /// <summary>Reads what options ask for.</summary>
    /// <exception cref="VoiceConversionException">The model has no such speaker.</exception>
    public SpeakerChoice(IReadOnlyDictionary<string, int> numbers, int count, ConversionOptions options)
    {
        (this.numbers, this.count) = (numbers, count);
        mix = options.Mix;
        foreach (var name in mix?.Speakers ?? []) Find(name);
        if (mix is not null) return;
        Name = options.Speaker ?? numbers.OrderBy(n => n.Value).Select(n => n.Key).FirstOrDefault();
        Number = Name is null ? 0 : Find(Name);
    }

    /// <summary>The one speaker's name, or null for a mix or a model that names none.</summary>
    public string? Name { get; }

    /// <summary>The one speaker's number.</summary>
    public int Number { get; }

    /// <summary>Whether there are weights for each frame.</summary>
    public bool Changes => mix is { Changes: true };

    /// <summary>The weights: [speakers], or [frames, speakers].</summary>
    /// <param name="frames">How many frames.</param>
    /// <param name="position">Where in the whole sound a frame is, 0 to 1.</param>
    public float[] Weights(int frames, Func<int, double> position)
    {
        var weights = new float[Changes ? frames * count : count];
        if (mix is null) weights[Number] = 1;
        else if (!Changes) mix.At(0, numbers, weights);
        else
            for (var t = 0; t < frames; t++) mix.At(position(t), numbers, weights.AsSpan(t * count, count));
        return weights;
    }

    int Find(string name)
    {
        if (!numbers.TryGetValue(name, out var number))
            throw new VoiceConversionException($"The model has no speaker '{name}'; it has: {string.Join(", ", numbers.Keys)}.");
        if (number >= count) throw new VoiceConversionException($"The speaker '{name}' has the number {number}, and the model {count} speakers: its config.json belongs to another model.");
        return number;
    }
}
