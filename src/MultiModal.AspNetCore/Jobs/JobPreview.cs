namespace MultiModal.AspNetCore.Jobs;

/// <summary>What a picture looks like so far.</summary>
/// <param name="Number">Counts the previews of a job, from 1.</param>
/// <param name="Png">The picture as a file.</param>
internal sealed record JobPreview(int Number, ReadOnlyMemory<byte> Png);
