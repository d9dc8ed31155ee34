using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace MultiModal.CloudSimulator;

/// <summary>The forms in which the services answer.</summary>
internal static class Answers
{
    static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    static long counter = 1_797_000_000_000_000_000;

    public static string NextId() => Interlocked.Increment(ref counter).ToString(System.Globalization.CultureInfo.InvariantCulture);

    public static async Task JsonAsync(HttpContext context, JsonObject body, int status = 200)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(body.ToJsonString(Relaxed));
    }

    /// <summary>aip.baidubce.com: errors with status 200.</summary>
    public static Task AipErrorAsync(HttpContext context, int code, string message) =>
        JsonAsync(context, new() { ["error_code"] = code, ["error_msg"] = message, ["log_id"] = ulong.Parse(NextId(), System.Globalization.CultureInfo.InvariantCulture) });

    public static Task RecognitionErrorAsync(HttpContext context, int code, string message) =>
        JsonAsync(context, new() { ["err_no"] = code, ["err_msg"] = message, ["sn"] = NextId() });

    public static Task SynthesisErrorAsync(HttpContext context, int code, string message) =>
        JsonAsync(context, new() { ["err_no"] = code, ["err_msg"] = message, ["tts_logid"] = 3390002925, ["err_subcode"] = 0, ["err_detail"] = message });

    /// <summary>The visual services: errors with status 400 and above, and a body.</summary>
    public static Task BusinessAsync(HttpContext context, int code, string message, JsonObject? data = null) =>
        JsonAsync(
            context,
            new() { ["code"] = code, ["data"] = data, ["message"] = message, ["request_id"] = $"2025{NextId()}", ["status"] = code, ["time_elapsed"] = "1.25ms" },
            code switch { 10000 => 200, 50429 or 50430 => 429, 50500 or 50501 => 500, _ => 400 });

    /// <summary>Volcengine's gateway.</summary>
    public static Task GatewayErrorAsync(HttpContext context, int number, string code, string message, int status) =>
        JsonAsync(
            context,
            new()
            {
                ["ResponseMetadata"] = new JsonObject
                {
                    ["RequestId"] = $"2025{NextId()}",
                    ["Action"] = context.Request.Query["Action"].ToString(),
                    ["Version"] = context.Request.Query["Version"].ToString(),
                    ["Service"] = "cv",
                    ["Region"] = "cn-north-1",
                    ["Error"] = new JsonObject { ["CodeN"] = number, ["Code"] = code, ["Message"] = message },
                },
            },
            status);

    public static Task ModelErrorAsync(HttpContext context, int status, string code, string message) =>
        JsonAsync(context, new() { ["error"] = new JsonObject { ["code"] = code, ["message"] = message, ["type"] = "invalid_request_error" }, ["id"] = $"as-{NextId()}" }, status);

    /// <summary>The code with which each service says that there are too many requests.</summary>
    public static Task RateLimitAsync(HttpContext context) => context.Request.Path.Value switch
    {
        "/server_api" or "/pro_api" => RecognitionErrorAsync(context, 3304, "request limit reached"),
        "/text2audio" => SynthesisErrorAsync(context, 13, "open api qps request limit reached"),
        "/" => BusinessAsync(context, 50429, "Request Has Reached API Limit, Please Try Later"),
        ['/', 'v', '2', ..] => ModelErrorAsync(context, 429, "rpm_rate_limit_exceeded", "Rate limit reached for RPM"),
        _ => AipErrorAsync(context, 18, "Open api qps request limit reached"),
    };

    public static Task QuotaAsync(HttpContext context) => context.Request.Path.Value switch
    {
        "/server_api" or "/pro_api" => RecognitionErrorAsync(context, 3305, "request pv too much"),
        "/text2audio" => SynthesisErrorAsync(context, 16, "character quota exceeded"),
        "/" => BusinessAsync(context, 50400, "Access Denied: quota"),
        ['/', 'v', '2', ..] => ModelErrorAsync(context, 429, "insufficient_quota", "quota exceeded"),
        _ => AipErrorAsync(context, 17, "Open api daily request limit reached"),
    };
}
