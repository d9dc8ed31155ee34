namespace MultiModal.Jimeng.Baidu.Images;

/// <summary>How far a task of ERNIE-ViLG is.</summary>
/// <param name="TaskId">The task's id.</param>
/// <param name="Status">The service's own word (INIT, WAIT, RUNNING, SUCCESS, FAILED; 0 and 1 of the basic service are RUNNING and SUCCESS).</param>
/// <param name="Progress">How far it is, 0 to 1, or null where the service does not say.</param>
/// <param name="Images">The pictures, once there are some.</param>
public sealed record ErnieImageTask(string TaskId, string Status, double? Progress, IReadOnlyList<ErnieImage> Images)
{
    /// <summary>Whether the pictures are there.</summary>
    public bool IsDone => Status == "SUCCESS";

    /// <summary>Whether there will be none.</summary>
    public bool IsFailed => Status == "FAILED";

    /// <summary>Why parts of the task failed: the service's code (501 text blocked, 201 model failed), where there is one.</summary>
    public string? ErrorCode { get; init; }

    /// <summary>The service's identifier of the request.</summary>
    public string? LogId { get; init; }
}
