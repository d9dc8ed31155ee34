using Microsoft.AspNetCore.Http.Features;

namespace MultiModal.CloudSimulator.Faults;

/// <summary>Stands where proxies and networks stand: it refuses, cuts, delays and drops what the services behind it answer.</summary>
internal sealed class FaultMiddleware(Simulator simulator, RequestDelegate next)
{
    const string BadGateway = "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body><center><h1>502 Bad Gateway</h1></center><hr>nginx</body>\r\n</html>";

    public async Task InvokeAsync(HttpContext context)
    {
        var target = Target(context.Request);
        simulator.Ledger.Count(target);
        // A sandbox between services: whatever the body's size, its announced length is checked first, as a proxy does.
        if (context.Request.ContentLength > simulator.Options.MaxBodyBytes)
        {
            await HtmlAsync(context, 413, "<html><h1>413 Request Entity Too Large</h1></html>");
            return;
        }

        switch (simulator.Faults.Take(target))
        {
            case null:
                await next(context);
                break;
            case FaultKind.TooManyRequests:
                await HtmlAsync(context, 429, "<html>429</html>");
                break;
            case FaultKind.TooManyRequestsRetryAfter:
                context.Response.Headers.RetryAfter = simulator.Faults.RetryAfterSeconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
                await HtmlAsync(context, 429, "<html>429</html>");
                break;
            case FaultKind.VendorRateLimit:
                await Answers.RateLimitAsync(context);
                break;
            case FaultKind.BadGateway:
                await HtmlAsync(context, 502, BadGateway);
                break;
            case FaultKind.BadGatewayAfterWork:
                await CaptureAsync(context);
                await HtmlAsync(context, 502, BadGateway);
                break;
            case FaultKind.Unavailable:
                await HtmlAsync(context, 503, "<html>503</html>");
                break;
            case FaultKind.PayloadTooLarge:
                await HtmlAsync(context, 413, "<html><h1>413 Request Entity Too Large</h1></html>");
                break;
            case FaultKind.ResetBeforeWork:
                context.Abort();
                break;
            case FaultKind.ResetMidBody:
                await HalfAsync(context, await CaptureAsync(context), announceAll: true);
                context.Abort();
                break;
            case FaultKind.SlowDrip:
                await DripAsync(context, await CaptureAsync(context));
                break;
            case FaultKind.TruncatedJson:
                await HalfAsync(context, await CaptureAsync(context), announceAll: false);
                break;
            case FaultKind.ExpiredToken:
                simulator.Tokens.ExpireAll();
                await next(context);
                break;
            case FaultKind.ClockSkew:
                simulator.SkewClock();
                await next(context);
                break;
        }
    }

    public static string Target(HttpRequest request) => request.Query.TryGetValue("Action", out var action) ? action.ToString() : request.Path.Value ?? "/";

    async Task<byte[]> CaptureAsync(HttpContext context)
    {
        var body = context.Features.Get<IHttpResponseBodyFeature>()!;
        using var memory = new MemoryStream();
        context.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(memory));
        await next(context);
        await context.Response.CompleteAsync();
        context.Features.Set(body);
        context.Response.ContentLength = null;
        return memory.ToArray();
    }

    static async Task HtmlAsync(HttpContext context, int status, string html)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/html";
        await context.Response.WriteAsync(html, context.RequestAborted);
    }

    static async Task HalfAsync(HttpContext context, byte[] whole, bool announceAll)
    {
        var half = whole.AsMemory(0, whole.Length / 2);
        context.Response.ContentLength = announceAll ? whole.Length : half.Length;
        await context.Response.Body.WriteAsync(half, context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
    }

    static async Task DripAsync(HttpContext context, byte[] whole)
    {
        try
        {
            foreach (var value in whole.AsSpan(0, whole.Length / 2).ToArray())
            {
                await context.Response.Body.WriteAsync(new[] { value }, context.RequestAborted);
                await context.Response.Body.FlushAsync(context.RequestAborted);
                await Task.Delay(50, context.RequestAborted);
            }

            await Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted);
        }
        catch (OperationCanceledException)
        {
            // The client has had enough.
        }
    }
}
