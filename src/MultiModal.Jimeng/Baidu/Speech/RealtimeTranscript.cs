using System.Text.Json;

namespace MultiModal.Jimeng.Baidu.Speech;

/// <summary>What a realtime session has understood: a guess at the running sentence, a finished sentence, or one that failed.</summary>
public sealed record RealtimeTranscript
{
    /// <summary>What this is.</summary>
    public required RealtimeTranscriptKind Kind { get; init; }

    /// <summary>The text; empty for a sentence that failed.</summary>
    public required string Text { get; init; }

    /// <summary>Where a finished sentence begins in the sound.</summary>
    public TimeSpan? Start { get; init; }

    /// <summary>Where a finished sentence ends in the sound.</summary>
    public TimeSpan? End { get; init; }

    /// <summary>Why a sentence failed. The session goes on.</summary>
    public CloudApiException? Error { get; init; }

    /// <summary>The service's identifier of the session.</summary>
    public string? Sn { get; init; }

    /// <summary>The service's identifier in its logs.</summary>
    public string? LogId { get; init; }

    /// <summary>Fields that this type does not know.</summary>
    public IDictionary<string, JsonElement>? Extra { get; init; }
}
