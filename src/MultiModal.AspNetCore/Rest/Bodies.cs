using System.ComponentModel;
using System.Text.Json.Serialization;
using MultiModal.AspNetCore.Engines;

namespace MultiModal.AspNetCore.Rest;

/// <summary>What is to be drawn.</summary>
internal sealed record ImageBody
{
    [Description("What the picture shows.")]
    public required string Prompt { get; init; }

    [Description("The model; the first when absent.")]
    public string? Model { get; init; }

    [Description("What the picture must not show.")]
    public string? NegativePrompt { get; init; }

    [Description("Width in pixels; the model's own when absent.")]
    public int? Width { get; init; }

    [Description("Height in pixels; the model's own when absent.")]
    public int? Height { get; init; }

    [Description("How many pictures; one when absent.")]
    public int? Count { get; init; }

    [Description("Sampling steps; the model's own when absent.")]
    public int? Steps { get; init; }

    [Description("How strongly the prompt guides; the model's own when absent.")]
    public double? Guidance { get; init; }

    [Description("The seed of all randomness; another picture every time when absent.")]
    public long? Seed { get; init; }

    [Description("After every how many steps a preview is sent to who follows; 0 for none.")]
    public int PreviewEvery { get; init; }

    public ImageSettings ToSettings() => new(Prompt)
    {
        Model = Model,
        NegativePrompt = NegativePrompt,
        Width = Width,
        Height = Height,
        Count = Count ?? 1,
        Steps = Steps,
        Guidance = Guidance,
        Seed = Seed,
        PreviewEvery = PreviewEvery,
    };
}

/// <summary>Finished pictures.</summary>
internal sealed record ImagesAnswer(IReadOnlyList<PictureAnswer> Images, string? Model);

/// <summary>A finished picture: a PNG file in base64.</summary>
internal sealed record PictureAnswer(string MediaType, ReadOnlyMemory<byte> Data, long? Seed);

/// <summary>A job.</summary>
internal sealed record JobAnswer(
    string Id, string Kind, string State, double Progress, DateTimeOffset Created, DateTimeOffset? Started, DateTimeOffset? Ended, DateTimeOffset? Expires,
    IReadOnlyList<JobFileAnswer>? Results, JobErrorAnswer? Error);

/// <summary>A file that a job made.</summary>
internal sealed record JobFileAnswer(string Href, string MediaType, long Bytes, long? Seed);

/// <summary>Why a job made nothing.</summary>
internal sealed record JobErrorAnswer(string Code, string Detail);

/// <summary>All jobs of a caller, the newest first.</summary>
internal sealed record JobsAnswer(IReadOnlyList<JobAnswer> Jobs);

/// <summary>The voices of a model.</summary>
internal sealed record VoicesAnswer(IReadOnlyCollection<string> Voices);

/// <summary>What the host has.</summary>
internal sealed record ModelsAnswer(CapabilityAnswer Images, CapabilityAnswer Edits, CapabilityAnswer Voice, CapabilityAnswer VoiceStreams, IReadOnlyList<QueueAnswer> Queues);

/// <summary>Whether the host can do a thing, and with which named models besides the unnamed one.</summary>
internal sealed record CapabilityAnswer(bool Available, IReadOnlyList<string> Models);

/// <summary>How busy an engine is.</summary>
internal sealed record QueueAnswer(string Name, int Running, int Waiting, int Concurrency, int Length);

/// <summary>Progress of what is followed.</summary>
internal sealed record ProgressEvent(string State, double Progress);

/// <summary>A preview: a small PNG file in base64.</summary>
internal sealed record PreviewEvent(int Number, string MediaType, ReadOnlyMemory<byte> Data);

/// <summary>How these are read and written.</summary>
[JsonSerializable(typeof(ImageBody))]
[JsonSerializable(typeof(ImagesAnswer))]
[JsonSerializable(typeof(JobAnswer))]
[JsonSerializable(typeof(JobsAnswer))]
[JsonSerializable(typeof(VoicesAnswer))]
[JsonSerializable(typeof(ModelsAnswer))]
[JsonSerializable(typeof(ProgressEvent))]
[JsonSerializable(typeof(PreviewEvent))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
internal sealed partial class RestJson : JsonSerializerContext;
