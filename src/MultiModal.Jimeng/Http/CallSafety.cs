namespace MultiModal.Jimeng.Http;

/// <summary>What happens when a request arrives twice.</summary>
internal enum CallSafety
{
    /// <summary>Nothing: a poll, a token, a download. Repeated after every passing failure.</summary>
    Free,

    /// <summary>The answer is computed, and billed, again; nothing stays behind. Repeated where the service cannot have done the work.</summary>
    Paid,

    /// <summary>A second task comes to be and is billed. Repeated only where the service said that it refused, or never saw the request.</summary>
    Submit,
}
