using MultiModal.Jimeng.Http;
using static MultiModal.Jimeng.CloudErrorKind;

namespace MultiModal.Jimeng.Volcengine;

/// <summary>Reads the errors of Volcengine: its gateway's (ResponseMetadata.Error) and the visual services' own (code), whatever the HTTP status.</summary>
internal static class VolcFaults
{
    const string Keys = "Check AccessKeyId and SecretAccessKey (and SessionToken).";
    const string Open = "Open the service in Volcengine's console, and check the req_key.";
    const string Slower = "Send fewer at a time; trial accounts may run one task at once.";

    public static CloudFault? Read(HttpResponseMessage response, ReadOnlyMemory<byte> body)
    {
        var json = TopLevelJson.Read(body.Span, "ResponseMetadata");
        if (!json.IsWhole)
            return response.IsSuccessStatusCode ? HttpFaults.NotUnderstood(body, body.IsEmpty ? "The answer is empty." : "The answer is cut off, or not JSON.") : null;

        if (json.HasContainer("ResponseMetadata.Error"))
        {
            var name = json["ResponseMetadata.Error.Code"];
            var number = json["ResponseMetadata.Error.CodeN"];
            var code = name ?? number ?? "Error";
            var row = Gateway(number, name) ?? Business(code) ?? Business(number ?? "");
            return Make(response, body, row, code, json["ResponseMetadata.Error.Message"], json["ResponseMetadata.RequestId"]);
        }

        if (json["code"] is { } business)
            return business == "10000" ? null : Make(response, body, Business(business), business, json["message"], json["request_id"]);
        return response.IsSuccessStatusCode && !json.Has("Result") && !json.Has("data") ? HttpFaults.NotUnderstood(body, "The answer holds neither a result nor an error.") : null;
    }

    /// <summary>The fault of a business code, as it also stands in resp_data.</summary>
    public static CloudFault OfCode(string code, string? message, string? requestId) =>
        (Business(code) ?? new CloudFault(Unknown, Recovery.None, "The service reports an error.")) with { Code = code, VendorMessage = message, RequestId = requestId };

    static CloudFault Make(HttpResponseMessage response, ReadOnlyMemory<byte> body, CloudFault? row, string code, string? message, string? requestId) =>
        (row ?? HttpFaults.FromStatus(response, body) ?? new CloudFault(Unknown, Recovery.None, "The service reports an error.")) with
        {
            Code = code,
            VendorMessage = message,
            RequestId = requestId,
            Body = HttpFaults.Beginning(body),
        };

    static CloudFault? Gateway(string? number, string? name) => (number, name) switch
    {
        ("100002", _) or (_, "MissingParameter") => new(InvalidInput, Recovery.None, "Action or Version is missing."),
        ("100003", _) or (_, "MissingAuthenticationToken") => new(Authentication, Recovery.None, "The request carries no signature."),
        ("100004", _) or (_, "MissingRequestInfo") => new(Authentication, Recovery.None, "The request lacks X-Date or the like."),
        ("100005", _) or (_, "MissingSignature") => new(Authentication, Recovery.None, "The request carries no signature."),
        ("100006", _) or (_, "InvalidTimestamp") => new(Authentication, Recovery.AdjustClock, "The signature's time is too far from the service's.") { Advice = "Set this machine's clock." },
        ("100007", _) or (_, "ServiceNotFound") => new(InvalidInput, Recovery.None, "There is no such service.") { Advice = "Check endpoint, region and service." },
        ("100008", _) or (_, "InvalidActionOrVersion") => new(InvalidInput, Recovery.None, "There is no such action or version."),
        ("100009", _) or (_, "InvalidAccessKey") => new(Authentication, Recovery.None, "The access key does not exist.") { Advice = Keys },
        ("100010", _) or (_, "SignatureDoesNotMatch") => new(Authentication, Recovery.None, "The signature does not match.") { Advice = Keys },
        ("100012", _) or (_, "LackPolicy") => new(AccessDenied, Recovery.None, "The account lacks the policy for this.") { Advice = "Give the key's user the policy CVFullAccess." },
        ("100013", _) or (_, "AccessDenied") => new(AccessDenied, Recovery.None, "Access is denied.") { Advice = Open },
        ("100014", _) or (_, "InternalError") => new(Unavailable, Recovery.Unclear, "An internal error of the gateway."),
        ("100015", _) or (_, "FailToConnect") => new(Unavailable, Recovery.NotSent, "The gateway could not reach the service."),
        ("100016", _) or (_, "InternalServiceTimeout") => new(CloudErrorKind.Timeout, Recovery.Unclear, "The service did not answer its gateway in time."),
        ("100024", _) or (_, "InvalidAuthorization") => new(Authentication, Recovery.None, "The authorization header is malformed."),
        ("100025", _) => new(Authentication, Recovery.None, "The signature is incomplete."),
        ("100026", _) or (_, "InvalidSecretToken") => new(Authentication, Recovery.None, "The session token is invalid or has expired.") { Advice = "Fetch new temporary credentials." },
        (_, "FlowLimitExceeded" or "AccountFlowLimitExceeded") => new(RateLimited, Recovery.BackOff, "Too many requests a second.") { Advice = Slower },
        _ => null,
    };

    static CloudFault? Business(string code) => code switch
    {
        "50411" => Blocked("The input picture was blocked.", false),
        "50412" => Blocked("The input text was blocked.", false),
        "50413" => Blocked("The input text holds sensitive or protected words.", false),
        "50511" => Blocked("The picture that was made was blocked.", true),
        "50512" => Blocked("The text that was made was blocked.", false),
        "50513" => Blocked("The input video was blocked.", false),
        "50514" => Blocked("The input sound was blocked.", false),
        "50516" => Blocked("The video that was made was blocked.", true),
        "50517" => Blocked("The sound that was made was blocked.", true),
        "50518" => Blocked("The input picture is protected by copyright.", false),
        "50519" => Blocked("The picture that was made resembles a protected one.", true),
        "50520" or "50521" or "50522" => new(Unavailable, Recovery.None, "The audit itself failed.") { Retryable = true, Advice = "Try again later." },
        "50429" => new(RateLimited, Recovery.BackOff, "Too many requests a second.") { Advice = Slower },
        "50430" => new(ConcurrencyLimited, Recovery.BackOff, "Too many tasks at once.") { Advice = Slower },
        "50500" or "50501" => new(Unavailable, Recovery.Unclear, "An internal error of the service.") { Retryable = true },
        "50215" => new(InvalidInput, Recovery.None, "The input is not valid for this service.") { Advice = "Check the task id, and the length and format of sound and pictures." },
        "50200" or "50204" => new(InvalidInput, Recovery.None, "The req_key is not supported.") { Advice = Open },
        "50205" => new(InvalidInput, Recovery.None, "The picture's size in bytes is not accepted."),
        "50206" => new(InvalidInput, Recovery.None, "The picture's width or height is not accepted."),
        "50207" => new(InvalidInput, Recovery.None, "The picture could not be decoded."),
        "50218" => new(InvalidInput, Recovery.None, "The resource exists already, or is at risk."),
        "50220" => new(InvalidInput, Recovery.None, "A picture, sound or video could not be fetched from its URL.") { Advice = "The URL must be reachable from the internet.", Retryable = true },
        "50400" => new(AccessDenied, Recovery.None, "Access is denied.") { Advice = Open },
        "401" => new(Authentication, Recovery.None, "The credentials were refused.") { Advice = Keys },
        _ => null,
    };

    static CloudFault Blocked(string meaning, bool again) =>
        new(ContentBlocked, Recovery.None, meaning) { Retryable = again, Advice = again ? "Try again, or change the prompt." : "Change the input." };
}
