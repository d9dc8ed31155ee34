namespace MultiModal.Jimeng.Http;

/// <summary>How much one operation may ask of its service. Calls beyond it wait on our side instead of being refused on theirs.</summary>
public sealed class EndpointLimits
{
    /// <summary>Requests a second, spaced evenly after a burst.</summary>
    /// <value>The default is null: no limit. Baidu's free tier typically allows 2.</value>
    public double? RequestsPerSecond { get; set; }

    /// <summary>How many requests may start together after a quiet time, where <see cref="RequestsPerSecond"/> is set.</summary>
    /// <value>The default is 1.</value>
    public int Burst { get; set; } = 1;

    /// <summary>How many attempts may be under way at once.</summary>
    /// <value>The default is null: no limit.</value>
    public int? MaxConcurrent { get; set; }
}
