namespace MultiModal.Diffusion.Training;

/// <summary>How a model learns a subject from a few pictures (Ruiz et al. 2022).</summary>
/// <param name="InstancePrompt">What the pictures show, with a rare word for the subject: "a photo of sks dog".</param>
public sealed record DreamBoothOptions(string InstancePrompt)
{
    /// <summary>What a picture of the subject's class is called: "a photo of a dog". Default: null, without prior preservation.</summary>
    public string? ClassPrompt { get; init; }

    /// <summary>How many pictures of the class there are to be; the model itself draws those that are missing. Default 200.</summary>
    public int ClassImages { get; init; } = 200;

    /// <summary>Where pictures of the class are, and where missing ones go. Default: null, "class" in the output folder.</summary>
    public string? ClassFolder { get; init; }

    /// <summary>How much the class's pictures count: a weight of their mean loss beside that of the instances. Default 1.</summary>
    public float PriorWeight { get; init; } = 1;

    /// <summary>Sampling steps of the class's pictures. Default 25.</summary>
    public int ClassSteps { get; init; } = 25;

    /// <summary>Guidance of the class's pictures. Default 7.5.</summary>
    public float ClassGuidance { get; init; } = 7.5f;

    /// <summary>The side of the pictures trained on, in pixels. Default: null, the size the model was made for.</summary>
    public int? Resolution { get; init; }

    internal void Validate()
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(InstancePrompt);
        ArgumentOutOfRangeException.ThrowIfLessThan(ClassImages, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(ClassImages, 100_000);
        ArgumentOutOfRangeException.ThrowIfLessThan(ClassSteps, 1);
        if (!(PriorWeight >= 0 && float.IsFinite(PriorWeight))) throw new ArgumentOutOfRangeException(nameof(PriorWeight), PriorWeight, "A weight is not below 0.");
        if (ClassPrompt is not null) ArgumentException.ThrowIfNullOrWhiteSpace(ClassPrompt);
    }
}
