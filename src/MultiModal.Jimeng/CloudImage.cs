namespace MultiModal.Jimeng;

/// <summary>A picture made by a service.</summary>
/// <param name="File">Its bytes, or null where the service's audit withheld it.</param>
/// <param name="Verdict">What the audit said of it: <c>pass</c>, <c>review</c>, <c>block</c>, or null where there is no audit.</param>
/// <param name="Width">Its width in pixels, where the service says it.</param>
/// <param name="Height">Its height in pixels, where the service says it.</param>
public sealed record CloudImage(CloudFile? File, string? Verdict = null, int? Width = null, int? Height = null)
{
    /// <summary>Whether the audit withheld the picture.</summary>
    public bool IsBlocked => File is null;
}
