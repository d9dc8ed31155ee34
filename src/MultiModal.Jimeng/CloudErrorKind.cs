namespace MultiModal.Jimeng;

/// <summary>What sort of failure a cloud call ended in: the part of a vendor's code that a program can act upon.</summary>
public enum CloudErrorKind
{
    /// <summary>The service answered with a code this library does not know.</summary>
    Unknown,

    /// <summary>The request is wrong and would be refused again: a field, a format, a size, a length.</summary>
    InvalidInput,

    /// <summary>The credentials are wrong or no longer valid.</summary>
    Authentication,

    /// <summary>The credentials are right, but this account may not use this service.</summary>
    AccessDenied,

    /// <summary>Too many requests in too short a time. Waiting helps.</summary>
    RateLimited,

    /// <summary>Too many requests or tasks at once. Letting some finish helps.</summary>
    ConcurrencyLimited,

    /// <summary>The day's or the account's allowance is used up. Waiting a moment does not help.</summary>
    QuotaExceeded,

    /// <summary>The content filter of the service refused the input or the output.</summary>
    ContentBlocked,

    /// <summary>The request is larger than the service or a proxy before it accepts.</summary>
    PayloadTooLarge,

    /// <summary>There is no such task, or it is too old to be asked about.</summary>
    NotFound,

    /// <summary>The recording holds no speech that could be understood.</summary>
    NoSpeech,

    /// <summary>The service failed or is not available at the moment.</summary>
    Unavailable,

    /// <summary>The task was accepted, but the service could not carry it out.</summary>
    TaskFailed,

    /// <summary>No answer within the time allowed.</summary>
    Timeout,

    /// <summary>The connection could not be made, or broke.</summary>
    Network,

    /// <summary>What came back is not what the service documents: cut off, not JSON, or without the fields that matter.</summary>
    UnexpectedResponse,

    /// <summary>Calls to this endpoint are paused because most of the last ones failed.</summary>
    CircuitOpen,
}
