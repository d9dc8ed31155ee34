namespace MultiModal.AspNetCore.Engines;

/// <summary>What is wanted of a voice conversion.</summary>
internal sealed record VoiceSettings(string? Model, string? Voice, double Transpose, ulong? Seed);
