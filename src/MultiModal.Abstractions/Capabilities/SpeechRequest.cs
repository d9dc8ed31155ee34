namespace MultiModal.Capabilities;

/// <summary>What is wanted of a speech synthesizer, whatever its engine. Engines have options of their own besides.</summary>
public record SpeechRequest
{
    /// <summary>The voice by the engine's name or number; null for its usual one.</summary>
    public string? Voice { get; init; }

    /// <summary>The language as BCP 47 has it; null lets the engine find out.</summary>
    public string? Language { get; init; }

    /// <summary>How fast, against the voice's own pace: 0.5 to 2; 1 by default.</summary>
    public double Speed { get; init; } = 1;
}
