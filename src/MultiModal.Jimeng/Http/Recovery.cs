namespace MultiModal.Jimeng.Http;

/// <summary>What could mend a failed attempt.</summary>
internal enum Recovery
{
    /// <summary>Nothing this library could do.</summary>
    None,

    /// <summary>Waiting: the service refused the request because of a limit, so nothing was done or billed.</summary>
    BackOff,

    /// <summary>Sending again at once: a gateway found its server missing (HTTP 502).</summary>
    AtOnce,

    /// <summary>Sending again a little later: the service answered that it failed.</summary>
    Later,

    /// <summary>Sending again a little later: the request never reached the service.</summary>
    NotSent,

    /// <summary>Sending again, where that does no harm: the service may or may not have done the work.</summary>
    Unclear,

    /// <summary>New credentials: the token is invalid or expired.</summary>
    Renew,

    /// <summary>New credentials, perhaps: the code also has other causes (limits, wrong rates).</summary>
    RenewPerhaps,

    /// <summary>Signing again by the service's clock.</summary>
    AdjustClock,

    /// <summary>A smaller body (HTTP 413).</summary>
    Compact,
}
