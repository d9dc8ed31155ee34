using MultiModal.AspNetCore.Grpc.Wire;

namespace MultiModal.AspNetCore.Errors;

/// <summary>Why a request is not served, in a form that REST, WebSocket and gRPC can all tell. Nothing in it comes from inside.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Code">A short word for programs.</param>
/// <param name="Detail">A sentence for people.</param>
internal sealed record Refusal(int Status, string Code, string Detail)
{
    /// <summary>When to try again.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The WWW-Authenticate header.</summary>
    public string? Challenge { get; init; }

    public GrpcStatus GrpcStatus => Status switch
    {
        401 => GrpcStatus.Unauthenticated,
        403 => GrpcStatus.PermissionDenied,
        404 => GrpcStatus.NotFound,
        405 or 426 => GrpcStatus.Unimplemented,
        408 => GrpcStatus.DeadlineExceeded,
        409 => GrpcStatus.FailedPrecondition,
        413 or 429 => GrpcStatus.ResourceExhausted,
        499 => GrpcStatus.Cancelled,
        503 => GrpcStatus.Unavailable,
        >= 500 => GrpcStatus.Internal,
        _ => GrpcStatus.InvalidArgument,
    };

    public RefusalException Exception() => new(this);

    public static Refusal BadRequest(string code, string detail) => new(400, code, detail);

    public static Refusal Forbidden(string code, string detail) => new(403, code, detail);

    public static Refusal NotFound(string code, string detail) => new(404, code, detail);

    public static Refusal TooLarge(string detail) => new(413, "too-large", detail);

    public static Refusal TooMany(string code, string detail, TimeSpan retryAfter) => new(429, code, detail) { RetryAfter = retryAfter };

    public static Refusal Stopping() => new(503, "stopping", "The host is shutting down.") { RetryAfter = TimeSpan.FromSeconds(10) };

    public static Refusal Cancelled() => new(499, "cancelled", "The work was cancelled.");

    public static Refusal Failed() => new(500, "engine-failed", "The engine failed. The host's log says why.");

    /// <summary>As RFC 6750, section 3 has it: without a credential the challenge names no error.</summary>
    public static Refusal Unauthorized(string detail, bool nothingShown) =>
        new(401, "unauthorized", detail) { Challenge = nothingShown ? "Bearer" : "Bearer error=\"invalid_token\"" };
}
