using System.Text.Json;

namespace MultiModal.Jimeng.Volcengine;

/// <summary>How far a task is, and what it made.</summary>
public sealed record JimengTaskState
{
    /// <summary>The task's id; empty for an immediate call.</summary>
    public required string TaskId { get; init; }

    /// <summary>The service's own word: in_queue, generating, processing, done, not_found, expired, failed, or one not known yet.</summary>
    public required string Status { get; init; }

    /// <summary>Pictures that came in the answer.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Images { get; init; } = [];

    /// <summary>Addresses of pictures, valid 24 hours.</summary>
    public IReadOnlyList<Uri> ImageUrls { get; init; } = [];

    /// <summary>The address of a video, valid 1 hour.</summary>
    public Uri? VideoUrl { get; init; }

    /// <summary>Further results as JSON text (digital humans).</summary>
    public string? ResponseData { get; init; }

    /// <summary>Whether the invisible mark was added.</summary>
    public bool? AigcMetaTagged { get; init; }

    /// <summary>The service's identifier of the request.</summary>
    public string? RequestId { get; init; }

    /// <summary>Fields of the result that this type does not know.</summary>
    public IDictionary<string, JsonElement>? Extra { get; init; }

    /// <summary>Whether the result is there.</summary>
    public bool IsDone => Status == "done";

    /// <summary>Whether there will be none.</summary>
    public bool IsLost => Status is "not_found" or "expired" or "failed";
}
