using System.Globalization;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace MultiModal.AspNetCore.Errors;

/// <summary>Problem details (RFC 9457).</summary>
/// <param name="Type">Where the status is described.</param>
/// <param name="Title">The status in words.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Detail">What is wrong, and what to do.</param>
/// <param name="Code">The same as a word for programs.</param>
/// <param name="TraceId">How the host's log calls the request.</param>
internal sealed record Problem(string Type, string Title, int Status, string Detail, string Code, string TraceId)
{
    public static Problem Of(Refusal refusal, string trace) => new(
        "about:blank", refusal.Status == 499 ? "Client Closed Request" : ReasonPhrases.GetReasonPhrase(refusal.Status), refusal.Status, refusal.Detail, refusal.Code, trace);

    public static async Task WriteAsync(HttpContext context, Refusal refusal, string trace)
    {
        var response = context.Response;
        var closing = response.Headers.Connection;
        response.Clear();
        response.Headers.Connection = closing;
        response.StatusCode = refusal.Status;
        response.Headers.CacheControl = "no-store";
        if (refusal.Challenge is { } challenge)
            response.Headers.WWWAuthenticate = challenge;
        if (refusal.RetryAfter is { } wait)
            response.Headers.RetryAfter = Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        await response.WriteAsJsonAsync(Of(refusal, trace), ProblemJson.Default.Problem, "application/problem+json", context.RequestAborted).ConfigureAwait(false);
    }
}

/// <summary>How <see cref="Problem"/> is written.</summary>
[JsonSerializable(typeof(Problem))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
internal sealed partial class ProblemJson : JsonSerializerContext;
