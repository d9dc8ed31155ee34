namespace MultiModal.Capabilities;

/// <summary>What is wanted of a voice converter, whatever its engine. Engines have options of their own besides.</summary>
public record VoiceConversionRequest
{
    /// <summary>The voice by name; null for the first.</summary>
    public string? Voice { get; init; }

    /// <summary>Semitones the pitch is moved by; 0 by default.</summary>
    public double Transpose { get; init; }

    /// <summary>The seed of all randomness; null for the engine's usual one.</summary>
    public ulong? Seed { get; init; }
}
