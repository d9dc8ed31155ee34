using MultiModal.Images;

namespace MultiModal.Diffusion.Training.Data;

/// <summary>How a folder of pictures is read as a data set.</summary>
public sealed record ImageDatasetOptions
{
    /// <summary>The side of the square whose area pictures are trained at, in pixels. Default 512.</summary>
    public int Resolution { get; init; } = 512;

    /// <summary>Whether pictures keep their shapes (<see cref="AspectBuckets"/>); otherwise all are cut to squares. Default true.</summary>
    public bool Buckets { get; init; } = true;

    /// <summary>Sides of buckets are multiples of it. Default 64.</summary>
    public int BucketStep { get; init; } = 64;

    /// <summary>The shortest side of a bucket. Default: half of the resolution, as a multiple of the step.</summary>
    public int? MinimumBucketSide { get; init; }

    /// <summary>The longest side of a bucket. Default: twice the resolution.</summary>
    public int? MaximumBucketSide { get; init; }

    /// <summary>Whether small pictures are enlarged. Default true, with a warning for each that is less than half of its bucket.</summary>
    public bool Upscale { get; init; } = true;

    /// <summary>
    /// The shortest side a picture must have, in pixels: smaller ones are errors. Default 0: none.
    /// </summary>
    public int MinimumSide { get; init; }

    /// <summary>Endings of the files beside the pictures that hold their captions, in the order they are looked for. Default .txt, .caption.</summary>
    public IReadOnlyList<string> CaptionExtensions { get; init; } = [".txt", ".caption"];

    /// <summary>The caption of pictures that have no file of their own ("a photo of sks dog"). Default null: such a picture is an error.</summary>
    public string? DefaultCaption { get; init; }

    /// <summary>
    /// Whether folders named "12_sks dog" in the data set say how often an epoch visits their pictures and, where there is no caption,
    /// what they show. Default true.
    /// </summary>
    public bool RepeatsInFolderNames { get; init; } = true;

    /// <summary>Whether bad files are left out, and reported, instead of being an error. Default false.</summary>
    public bool SkipBadFiles { get; init; }

    /// <summary>The colour under transparent parts: red, green, blue. Default white.</summary>
    public (byte Red, byte Green, byte Blue) Background { get; init; } = (255, 255, 255);

    /// <summary>What reads the pictures. Default: PNG.</summary>
    public IReadOnlyList<IImageCodec> Codecs { get; init; } = [PngCodec.Default];

    internal AspectBuckets MakeBuckets()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Resolution, 8, nameof(Resolution));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Resolution, 1 << 13, nameof(Resolution));
        ArgumentOutOfRangeException.ThrowIfLessThan(BucketStep, 1, nameof(BucketStep));
        if (!Buckets) return AspectBuckets.Only(Resolution, Resolution);
        var least = MinimumBucketSide ?? Math.Max(BucketStep, Resolution / 2 / BucketStep * BucketStep);
        return new(Resolution, BucketStep, least, Math.Max(least, MaximumBucketSide ?? (Resolution * 2)), Upscale);
    }
}
