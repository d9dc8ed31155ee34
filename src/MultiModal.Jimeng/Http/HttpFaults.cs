using System.Net;
using System.Net.Sockets;
using System.Text;

namespace MultiModal.Jimeng.Http;

/// <summary>Faults that follow from HTTP alone: a status without a vendor's body, a connection that broke.</summary>
internal static class HttpFaults
{
    const int MaxKeptBody = 4096;

    /// <summary>The fault of a status that is no success, or null.</summary>
    public static CloudFault? FromStatus(HttpResponseMessage response, ReadOnlyMemory<byte> body)
    {
        if (response.IsSuccessStatusCode)
            return null;
        var status = response.StatusCode;
        var (kind, recovery, meaning, advice) = status switch
        {
            HttpStatusCode.TooManyRequests => (CloudErrorKind.RateLimited, Recovery.BackOff, "Too many requests.", "Send fewer at a time, or set client-side limits."),
            HttpStatusCode.BadGateway => (CloudErrorKind.Unavailable, Recovery.AtOnce, "A gateway could not reach the service.", null),
            HttpStatusCode.RequestEntityTooLarge => (CloudErrorKind.PayloadTooLarge, Recovery.Compact, "The request is too large.", "Send a shorter recording or a smaller picture, or a URL instead of the bytes."),
            HttpStatusCode.Unauthorized => (CloudErrorKind.Authentication, Recovery.Renew, "The credentials were refused.", "Check the keys."),
            HttpStatusCode.Forbidden => (CloudErrorKind.AccessDenied, Recovery.None, "Access is denied.", "Check that the service is opened for this account."),
            HttpStatusCode.NotFound => (CloudErrorKind.NotFound, Recovery.None, "There is nothing at this address.", "Check the endpoint and the identifier; download addresses expire."),
            HttpStatusCode.RequestTimeout => (CloudErrorKind.Timeout, Recovery.Unclear, "The service gave up waiting for the request.", null),
            HttpStatusCode.ServiceUnavailable => (CloudErrorKind.Unavailable, Recovery.Later, "The service is not available.", null),
            HttpStatusCode.GatewayTimeout => (CloudErrorKind.Timeout, Recovery.Unclear, "A gateway had no answer from the service in time.", null),
            >= HttpStatusCode.InternalServerError => (CloudErrorKind.Unavailable, Recovery.Unclear, "The service failed.", null),
            _ => (CloudErrorKind.InvalidInput, Recovery.None, $"The service refused the request with {(int)status} {response.ReasonPhrase}.", (string?)null),
        };
        return new(kind, recovery, meaning) { Advice = advice, Body = Beginning(body) };
    }

    /// <summary>The wait the service asks for in <c>Retry-After</c> (seconds or a date), or null.</summary>
    public static TimeSpan? RetryAfter(HttpResponseMessage response)
    {
        if (response.Headers.RetryAfter is not { } header)
            return null;
        if (header.Delta is { } delta)
            return delta;
        // A date is counted from the service's own clock, so that ours may be wrong.
        var wait = header.Date - response.Headers.Date;
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait;
    }

    /// <summary>The fault of an attempt that ended in an exception of the network.</summary>
    public static CloudFault FromException(Exception exception)
    {
        if (exception is CloudFaultException carried)
            return carried.Fault;
        if (exception is CloudApiException typed)
            return new(typed.Kind, Recovery.None, typed.Meaning) { Advice = typed.Advice, Code = typed.Code, RequestId = typed.RequestId, Status = typed.StatusCode, Cause = typed, Retryable = typed.IsRetryable };
        var error = (exception as HttpRequestException)?.HttpRequestError;
        if (error is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError
            || exception is HttpRequestException { InnerException: SocketException { SocketErrorCode: SocketError.ConnectionRefused or SocketError.HostUnreachable or SocketError.NetworkUnreachable } })
        {
            return new(CloudErrorKind.Network, Recovery.NotSent, "No connection to the service could be made.") { Advice = "Check the network, the proxy and the endpoint.", Cause = exception };
        }

        return new(CloudErrorKind.Network, Recovery.Unclear, "The connection broke before the whole answer had arrived.") { Cause = exception };
    }

    /// <summary>The fault of an answer that says success and is not what it should be.</summary>
    public static CloudFault NotUnderstood(ReadOnlyMemory<byte> body, string what, Exception? cause = null) =>
        new(CloudErrorKind.UnexpectedResponse, Recovery.Unclear, what) { Body = Beginning(body), Cause = cause };

    /// <summary>The beginning of a body as text, for people.</summary>
    public static string Beginning(ReadOnlyMemory<byte> body)
    {
        var text = Encoding.UTF8.GetString(body.Span[..Math.Min(body.Length, MaxKeptBody * 2)]);
        return text.Length > MaxKeptBody ? text[..MaxKeptBody] : text;
    }
}
