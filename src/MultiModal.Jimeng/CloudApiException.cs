using System.Net;
using System.Text;

namespace MultiModal.Jimeng;

/// <summary>
/// A call to a cloud service failed. Every way in which a call of this library can fail, other than by cancellation or by a null
/// argument, ends in this one type: what the vendor said, what it means, and what to do about it.
/// </summary>
/// <remarks>Keys and tokens never appear in it: what the service echoed is scrubbed before it is kept.</remarks>
public sealed class CloudApiException : MultiModalException
{
    /// <summary>Makes the error. Public so that fakes in tests can raise it.</summary>
    /// <param name="vendor">Whose service: <c>Baidu</c>, <c>Volcengine</c>, or the name of a chat endpoint.</param>
    /// <param name="operation">Which call, such as <c>baidu.speech.recognize</c>.</param>
    /// <param name="kind">The sort of failure.</param>
    /// <param name="meaning">What happened, in words.</param>
    /// <param name="advice">What to do about it, or null.</param>
    /// <param name="code">The vendor's code, or null where the failure has none (a broken connection).</param>
    /// <param name="requestId">The vendor's identifier of the request, or null.</param>
    /// <param name="statusCode">The HTTP status, or null where there was no answer.</param>
    /// <param name="innerException">The error that caused this one.</param>
    public CloudApiException(
        string vendor,
        string operation,
        CloudErrorKind kind,
        string meaning,
        string? advice = null,
        string? code = null,
        string? requestId = null,
        HttpStatusCode? statusCode = null,
        Exception? innerException = null)
        : base(Describe(vendor, operation, meaning, advice, code, requestId, statusCode), innerException)
    {
        Vendor = vendor;
        Operation = operation;
        Kind = kind;
        Meaning = meaning;
        Advice = advice;
        Code = code;
        RequestId = requestId;
        StatusCode = statusCode;
    }

    /// <summary>Whose service failed.</summary>
    public string Vendor { get; }

    /// <summary>Which call failed, such as <c>jimeng.submit</c>.</summary>
    public string Operation { get; }

    /// <summary>The sort of failure.</summary>
    public CloudErrorKind Kind { get; }

    /// <summary>What happened, in words.</summary>
    public string Meaning { get; }

    /// <summary>What to do about it, or null where nothing is known to help.</summary>
    public string? Advice { get; }

    /// <summary>The vendor's own code as text (<c>50412</c>, <c>3301</c>, <c>SignatureDoesNotMatch</c>), or null.</summary>
    public string? Code { get; }

    /// <summary>The vendor's identifier of the request (request_id, log_id, sn), to quote to its support, or null.</summary>
    public string? RequestId { get; }

    /// <summary>The HTTP status, or null where there was no answer. Independent of <see cref="Code"/>: Baidu reports most errors with 200.</summary>
    public HttpStatusCode? StatusCode { get; }

    /// <summary>Whether the same call may succeed later. What the library could repeat safely by itself, it already has.</summary>
    public bool IsRetryable { get; init; }

    /// <summary>How long the service asked to wait, or null where it did not say.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>
    /// Whether the service may have done, and billed, the work although no answer arrived. Such a call is not repeated by itself;
    /// repeating it can cost a second time.
    /// </summary>
    public bool OutcomeUnknown { get; init; }

    /// <summary>How many times the request was sent. 0: it never left.</summary>
    public int Attempts { get; init; }

    /// <summary>The beginning of the body the service sent (4,096 characters at most, secrets removed), or null.</summary>
    public string? ResponseBody { get; init; }

    static string Describe(string vendor, string operation, string meaning, string? advice, string? code, string? requestId, HttpStatusCode? status)
    {
        var text = new StringBuilder($"{vendor}, {operation}: {meaning}");
        if (!meaning.EndsWith('.'))
            text.Append('.');
        if (advice is not null)
            text.Append(' ').Append(advice);
        var facts = new List<string>(3);
        if (code is not null)
            facts.Add($"code {code}");
        if (status is { } http)
            facts.Add($"HTTP {(int)http}");
        if (requestId is not null)
            facts.Add($"request {requestId}");
        if (facts.Count > 0)
            text.Append(" (").AppendJoin(", ", facts).Append(')');
        return text.ToString();
    }
}
