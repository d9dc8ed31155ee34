using System.Net;

namespace MultiModal.Jimeng.Http;

/// <summary>What went wrong with one attempt, as far as it can be told from the answer.</summary>
internal sealed record CloudFault(CloudErrorKind Kind, Recovery Recovery, string Meaning)
{
    public string? Advice { get; init; }

    public string? Code { get; init; }

    public string? RequestId { get; init; }

    public HttpStatusCode? Status { get; init; }

    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Whether the vendor's table says that the same request may succeed later. Null: follows from <see cref="Recovery"/>.</summary>
    public bool? Retryable { get; init; }

    public string? Body { get; init; }

    public Exception? Cause { get; init; }

    /// <summary>The code and message as the vendor has them, to complete <see cref="Meaning"/>.</summary>
    public string? VendorMessage { get; init; }

    public CloudApiException ToException(CloudCall call)
    {
        var meaning = VendorMessage is { Length: > 0 } said && !Meaning.Contains(said, StringComparison.Ordinal) ? $"{Meaning} The service says: {said}" : Meaning;
        return new(call.Vendor, call.Operation, Kind, call.Scrub(meaning), Advice, Code is null ? null : call.Scrub(Code), RequestId, Status, Cause)
        {
            IsRetryable = Retryable ?? Recovery is Recovery.BackOff or Recovery.AtOnce or Recovery.Later or Recovery.NotSent or Recovery.Unclear,
            RetryAfter = RetryAfter,
            OutcomeUnknown = call.Sent > 0 && ((call.Safety != CallSafety.Free && Recovery == Recovery.Unclear) || (call.Safety == CallSafety.Submit && Recovery == Recovery.AtOnce)),
            Attempts = call.Attempts,
            ResponseBody = Body is null ? null : call.Scrub(Body),
        };
    }
}
