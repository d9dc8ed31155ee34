namespace MultiModal.AspNetCore.Limits;

/// <summary>How much an engine does at once, and how much may wait for it. What finds the queue full is refused with 429 and told when to come back.</summary>
public sealed class QueueOptions
{
    /// <summary>Requests worked on at once; 1 by default.</summary>
    public int Concurrency { get; set; } = 1;

    /// <summary>Requests that may wait; 16 by default.</summary>
    public int Length { get; set; } = 16;
}
