namespace MultiModal.Jimeng.Baidu.Images;

/// <summary>A picture as a task of ERNIE-ViLG lists it.</summary>
/// <param name="Url">Where it lies for an hour, or null.</param>
/// <param name="Width">Width in pixels.</param>
/// <param name="Height">Height in pixels.</param>
/// <param name="Verdict">What the audit says: <c>pass</c>, <c>review</c>, <c>block</c>.</param>
public sealed record ErnieImage(Uri? Url, int? Width, int? Height, string? Verdict);
