namespace MultiModal.Jimeng.Volcengine;

/// <summary>Where a request stands.</summary>
/// <param name="Stage">The stage.</param>
/// <param name="Task">The task, once there is one: keep it, and the result can be fetched even if this process ends.</param>
/// <param name="Status">The service's own word, once it was asked.</param>
/// <param name="Elapsed">How long it has taken so far.</param>
public sealed record JimengProgress(JimengStage Stage, JimengTask? Task, string? Status, TimeSpan Elapsed);
