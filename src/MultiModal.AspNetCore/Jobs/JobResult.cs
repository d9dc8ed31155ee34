namespace MultiModal.AspNetCore.Jobs;

/// <summary>What a job made.</summary>
/// <param name="Items">One or more files.</param>
internal sealed record JobResult(IReadOnlyList<JobItem> Items)
{
    public string? Model { get; init; }

    public long Bytes => Items.Sum(static item => (long)item.Data.Length);
}

/// <summary>One file of a result.</summary>
internal sealed record JobItem(string MediaType, ReadOnlyMemory<byte> Data)
{
    public long? Seed { get; init; }
}
