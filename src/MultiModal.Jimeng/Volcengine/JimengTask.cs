namespace MultiModal.Jimeng.Volcengine;

/// <summary>A task that was submitted: what it takes to ask after it, now or from another process.</summary>
/// <param name="TaskId">The task's id; a text, since it exceeds 64 bits.</param>
/// <param name="ReqKey">The kind of request; asking with another one fails.</param>
/// <param name="Actions">The actions it belongs to.</param>
public sealed record JimengTask(string TaskId, string ReqKey, JimengActions Actions);
