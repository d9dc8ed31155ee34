namespace MultiModal.Jimeng.Http;

/// <summary>What was already tried for one call: each sort of failure has a budget of its own.</summary>
internal sealed class RetryBook
{
    public int RateLimited { get; set; }

    public int BadGateway { get; set; }

    public int Transient { get; set; }

    /// <summary>The wait that was decided for the next attempt.</summary>
    public TimeSpan Delay { get; set; }
}
