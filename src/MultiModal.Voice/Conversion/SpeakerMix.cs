namespace MultiModal.Voice.Conversion;

/// <summary>A mix of speakers: how much of each, constant or over the course of a sound. Weights are relative; they are divided by their sum.</summary>
public sealed class SpeakerMix
{
    readonly IReadOnlyDictionary<string, IReadOnlyList<SpeakerRamp>> ramps;

    SpeakerMix(IReadOnlyDictionary<string, IReadOnlyList<SpeakerRamp>> ramps, bool changes)
    {
        this.ramps = ramps;
        Changes = changes;
    }

    /// <summary>Whether the mix changes over time.</summary>
    public bool Changes { get; }

    /// <summary>The speakers in it.</summary>
    public IEnumerable<string> Speakers => ramps.Keys;

    /// <summary>The same mix throughout.</summary>
    /// <param name="weights">How much of each speaker; not negative.</param>
    /// <exception cref="ArgumentException">There is none, or a weight is negative or no number.</exception>
    public static SpeakerMix Constant(IReadOnlyDictionary<string, float> weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        return Make(weights.ToDictionary(w => w.Key, w => (IReadOnlyList<SpeakerRamp>)[new SpeakerRamp(0, 1, w.Value, w.Value)]), false);
    }

    /// <summary>A mix that changes: for each speaker straight lines over parts of the sound, as So-VITS-SVC's spkmix.py has them.</summary>
    /// <param name="ramps">The lines, each beginning where the one before ends.</param>
    /// <exception cref="ArgumentException">There is none, they do not follow each other, or a weight is negative or no number.</exception>
    public static SpeakerMix Curves(IReadOnlyDictionary<string, IReadOnlyList<SpeakerRamp>> ramps)
    {
        ArgumentNullException.ThrowIfNull(ramps);
        return Make(ramps, true);
    }

    /// <summary>The weights at a moment.</summary>
    /// <param name="position">0 is the beginning of the sound, 1 its end.</param>
    /// <param name="numbers">The speakers' numbers by name.</param>
    /// <param name="weights">Room for the weight of each number.</param>
    internal void At(double position, IReadOnlyDictionary<string, int> numbers, Span<float> weights)
    {
        weights.Clear();
        var sum = 0f;
        foreach (var (name, lines) in ramps) sum += weights[numbers[name]] = Weight(lines, Math.Clamp(position, 0, 1));

        // Where nobody is to be heard, everybody is, as in the original.
        foreach (var name in ramps.Keys) weights[numbers[name]] = sum > 0 ? weights[numbers[name]] / sum : 1f / ramps.Count;
    }

    static float Weight(IReadOnlyList<SpeakerRamp> lines, double position)
    {
        foreach (var line in lines)
            if (position >= line.Start && (position < line.End || (position >= 1 && line.End >= 1)))
                return (float)(line.From + ((line.To - line.From) * (position - line.Start) / (line.End - line.Start)));
        return 0;
    }

    static SpeakerMix Make(IReadOnlyDictionary<string, IReadOnlyList<SpeakerRamp>> ramps, bool changes)
    {
        if (ramps.Count == 0) throw new ArgumentException("A mix needs a speaker.", nameof(ramps));
        foreach (var (name, lines) in ramps)
        {
            for (var i = 0; i < lines.Count; i++)
            {
                var line = lines[i];
                if (!(line.Start >= 0 && line.End <= 1 && line.Start < line.End)) throw new ArgumentException($"A line of {name} does not run forward within 0 to 1.", nameof(ramps));
                if (!(line.From >= 0 && line.To >= 0 && float.IsFinite(line.From) && float.IsFinite(line.To))) throw new ArgumentException($"A weight of {name} is negative or no number.", nameof(ramps));
                if (i > 0 && line.Start != lines[i - 1].End) throw new ArgumentException($"A line of {name} begins at {line.Start}, the one before ends at {lines[i - 1].End}.", nameof(ramps));
            }
        }

        return new(ramps, changes);
    }
}
