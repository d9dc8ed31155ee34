namespace MultiModal.Jimeng.Volcengine;

/// <summary>What a request made.</summary>
/// <param name="Files">The pictures or the video, downloaded.</param>
/// <param name="State">The service's answer.</param>
public sealed record JimengResult(IReadOnlyList<CloudFile> Files, JimengTaskState State);
