using MultiModal.AspNetCore.Errors;

namespace MultiModal.AspNetCore.Jobs;

/// <summary>A job at one moment.</summary>
/// <param name="Version">Counts the changes.</param>
/// <param name="State">Where it is.</param>
/// <param name="Progress">The part that is done, 0 to 1.</param>
/// <param name="Preview">The newest preview.</param>
/// <param name="Result">What it made, once it has.</param>
/// <param name="Error">Why it did not.</param>
/// <param name="Created">When it came.</param>
/// <param name="Started">When work began.</param>
/// <param name="Ended">When it ended.</param>
internal sealed record JobView(
    long Version, JobState State, double Progress, JobPreview? Preview, JobResult? Result, Refusal? Error,
    DateTimeOffset Created, DateTimeOffset? Started, DateTimeOffset? Ended)
{
    public bool IsEnded => State >= JobState.Succeeded;
}
