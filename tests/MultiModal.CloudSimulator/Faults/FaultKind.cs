namespace MultiModal.CloudSimulator.Faults;

/// <summary>What can go wrong between a client and a service.</summary>
public enum FaultKind
{
    /// <summary>HTTP 429, nothing more.</summary>
    TooManyRequests,

    /// <summary>HTTP 429 with Retry-After.</summary>
    TooManyRequestsRetryAfter,

    /// <summary>The vendor's own rate code.</summary>
    VendorRateLimit,

    /// <summary>HTTP 502 with a page of HTML, before anything was done.</summary>
    BadGateway,

    /// <summary>HTTP 502 with a page of HTML, although the work was done.</summary>
    BadGatewayAfterWork,

    /// <summary>HTTP 503, before anything was done.</summary>
    Unavailable,

    /// <summary>HTTP 413 with a page of HTML.</summary>
    PayloadTooLarge,

    /// <summary>The connection is reset before anything was done.</summary>
    ResetBeforeWork,

    /// <summary>The work is done, half of the answer arrives, the connection is reset.</summary>
    ResetMidBody,

    /// <summary>The work is done, the answer drips and never ends.</summary>
    SlowDrip,

    /// <summary>The work is done, the answer is half of its JSON.</summary>
    TruncatedJson,

    /// <summary>The token has just expired.</summary>
    ExpiredToken,

    /// <summary>The service's clock jumps by 20 minutes.</summary>
    ClockSkew,
}
