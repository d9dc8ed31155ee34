namespace MultiModal.AspNetCore.Jobs;

/// <summary>Where a job is. The last three do not change any more.</summary>
internal enum JobState
{
    Queued,
    Running,
    Succeeded,
    Failed,
    Cancelled,
}
