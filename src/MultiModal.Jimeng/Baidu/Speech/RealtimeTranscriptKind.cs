namespace MultiModal.Jimeng.Baidu.Speech;

/// <summary>What a <see cref="RealtimeTranscript"/> is.</summary>
public enum RealtimeTranscriptKind
{
    /// <summary>A guess at the sentence that is being spoken; the next one replaces it.</summary>
    Partial,

    /// <summary>A finished sentence.</summary>
    Final,

    /// <summary>A sentence that could not be recognised; the session goes on.</summary>
    Failed,
}
