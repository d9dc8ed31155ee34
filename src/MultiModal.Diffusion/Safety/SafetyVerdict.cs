namespace MultiModal.Diffusion.Safety;

/// <summary>What a classifier says of a picture.</summary>
/// <param name="IsUnsafe">Whether any concept was found.</param>
/// <param name="Scores">How far each concept lies above its threshold (below 0: under it).</param>
public sealed record SafetyVerdict(bool IsUnsafe, IReadOnlyList<float> Scores);
