using MultiModal.Jimeng.Http;

namespace MultiModal.Jimeng.Baidu;

/// <summary>Reads Baidu's errors. They mostly come with status 200, in one of four shapes.</summary>
internal static class BaiduFaults
{
    /// <summary>aip.baidubce.com: <c>error_code</c>, <c>error_msg</c>, <c>log_id</c>.</summary>
    public static CloudFault? Aip(HttpResponseMessage response, ReadOnlyMemory<byte> body)
    {
        var (json, fault) = Look(response, body, null);
        if (json is null)
            return fault;
        return json["error_code"] is { } code && code != "0"
            ? Fault(response, body, BaiduErrorTable.Aip(code), code, json["error_msg"], json["log_id"])
            : null;
    }

    /// <summary>vop.baidu.com: <c>err_no</c>, <c>err_msg</c>, <c>sn</c>; from its gateway also the form of <see cref="Aip"/>.</summary>
    public static CloudFault? Recognition(HttpResponseMessage response, ReadOnlyMemory<byte> body)
    {
        var (json, fault) = Look(response, body, null);
        if (json is null)
            return fault;
        if (json["err_no"] is { } code)
            return code == "0" ? null : Fault(response, body, BaiduErrorTable.Recognition(code), code, json["err_msg"], json["sn"]);
        if (json["error_code"] is { } common && common != "0")
            return Fault(response, body, BaiduErrorTable.Aip(common), common, json["error_msg"], json["log_id"]);
        return response.IsSuccessStatusCode && !json.Has("result") && !json.Has("log_id") ? HttpFaults.NotUnderstood(body, "The answer holds neither a result nor an error.") : null;
    }

    /// <summary>tsn.baidu.com: sound where the media type says so, otherwise an error as JSON.</summary>
    public static CloudFault? Synthesis(HttpResponseMessage response, ReadOnlyMemory<byte> body)
    {
        var media = response.Content.Headers.ContentType?.MediaType;
        if (response.IsSuccessStatusCode && media?.StartsWith("audio", StringComparison.OrdinalIgnoreCase) == true)
            return body.IsEmpty ? HttpFaults.NotUnderstood(body, "The answer holds no sound.") : null;
        var (json, fault) = Look(response, body, null);
        if (json is null)
            return fault;
        if (json["err_no"] is { } code && code != "0")
            return Fault(response, body, BaiduErrorTable.Synthesis(code), code, Join(json["err_msg"], json["err_detail"]), json["sn"] ?? json["tts_logid"]);
        if (json["error_code"] is { } common && common != "0")
            return Fault(response, body, BaiduErrorTable.Aip(common), common, json["error_msg"], json["log_id"]);
        return response.IsSuccessStatusCode ? HttpFaults.NotUnderstood(body, "The answer holds neither sound nor an error.") : null;
    }

    /// <summary>The token service: OAuth 2.0's <c>error</c> and <c>error_description</c>, whatever the status.</summary>
    public static CloudFault? Token(HttpResponseMessage response, ReadOnlyMemory<byte> body)
    {
        var (json, fault) = Look(response, body, null);
        if (json is null)
            return fault;
        if (json["error"] is not { } error)
            return Aip(response, body);
        var said = json["error_description"];
        var advice = said?.Contains("unknown client", StringComparison.OrdinalIgnoreCase) == true ? "The API Key is wrong." : "The Secret Key is wrong, or does not belong to the API Key.";
        return new(CloudErrorKind.Authentication, Recovery.None, "The token service refused the keys.") { Advice = advice, Code = error, VendorMessage = said, Body = HttpFaults.Beginning(body) };
    }

    /// <summary>Makes a fault out of a table's row; where the table has none, the HTTP status decides.</summary>
    public static CloudFault Fault(HttpResponseMessage response, ReadOnlyMemory<byte> body, BaiduErrorRow? row, string code, string? message, string? requestId)
    {
        var fault = row is { } known
            ? new(known.Kind, known.Recovery, known.Meaning) { Advice = known.Advice, Retryable = known.Retryable }
            : HttpFaults.FromStatus(response, body) ?? new CloudFault(CloudErrorKind.Unknown, Recovery.None, "The service reports an error.");
        return fault with { Code = code, VendorMessage = message, RequestId = requestId, Body = HttpFaults.Beginning(body) };
    }

    /// <summary>
    /// Reads the body as JSON. A failed status without JSON is left to <see cref="HttpFaults"/>; a good status without whole JSON is a fault.
    /// </summary>
    public static (TopLevelJson? Json, CloudFault? Fault) Look(HttpResponseMessage response, ReadOnlyMemory<byte> body, string? inside)
    {
        var json = TopLevelJson.Read(body.Span, inside);
        if (json.IsWhole)
            return (json, null);
        if (!response.IsSuccessStatusCode)
            return default;
        var what = body.IsEmpty ? "The answer is empty." : body.Span.TrimStart(" \r\n\t"u8) is [(byte)'{', ..] ? "The answer is cut off." : "The answer is not JSON.";
        return (null, HttpFaults.NotUnderstood(body, what));
    }

    static string? Join(string? a, string? b) => b is null || b == a ? a : $"{a} {b}";
}
