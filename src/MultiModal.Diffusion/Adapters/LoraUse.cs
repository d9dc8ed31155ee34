namespace MultiModal.Diffusion.Adapters;

/// <summary>An adapter in a request.</summary>
/// <param name="Weights">The adapter.</param>
/// <param name="Scale">How much of it: 1 is as trained, negative numbers lead away from what it learnt, 0 leaves it out.</param>
public sealed record LoraUse(LoraWeights Weights, float Scale = 1)
{
    /// <summary>How much of it in the text encoders. Default: null, <see cref="Scale"/>.</summary>
    public float? TextScale { get; init; }

    /// <summary>Factors for single blocks. Default: null, all blocks alike.</summary>
    public LoraBlocks? Blocks { get; init; }

    /// <summary>How many ranks of a low-rank change count, the first ones ("dyn" in A1111). Default: null, all.</summary>
    public int? MaximumRank { get; init; }

    /// <summary>
    /// Whether it is an error when the file holds anything that has no place in the model. Default false: <see cref="Generation.GeneratedImage.Notes"/>
    /// tells. That nothing of the file has a place is an error always.
    /// </summary>
    public bool Strict { get; init; }

    internal void Validate()
    {
        ArgumentNullException.ThrowIfNull(Weights);
        InRange(Scale, nameof(Scale));
        InRange(TextScale ?? 0, nameof(TextScale));
        if (MaximumRank is < 1) throw new ArgumentOutOfRangeException(nameof(MaximumRank), MaximumRank, "At least one rank has to count.");

        static void InRange(float value, string name)
        {
            if (!(Math.Abs(value) <= 100)) throw new ArgumentOutOfRangeException(name, value, "The weight of a LoRA lies between -100 and 100; 1 is as trained.");
        }
    }

    /// <summary>How a prompt calls it: <c>&lt;lora:ink:0.8&gt;</c>.</summary>
    internal string Call
    {
        get
        {
            var text = TextScale ?? Scale;
            var call = FormattableString.Invariant($"<lora:{Weights.Name}:{text}");
            if (text != Scale) call += FormattableString.Invariant($":{Scale}");
            if (MaximumRank is { } rank) call += FormattableString.Invariant($":dyn={rank}");
            return Blocks is null ? call + ">" : $"{call}:lbw={Blocks.Key}>";
        }
    }

    /// <summary>How much of it in a layer.</summary>
    internal float StrengthAt(LoraTarget target) => (target.IsText ? TextScale ?? Scale : Scale) * (Blocks?.FactorOf(target) ?? 1);
}
