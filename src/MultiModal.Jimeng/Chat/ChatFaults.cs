using MultiModal.Jimeng.Baidu;
using MultiModal.Jimeng.Http;

namespace MultiModal.Jimeng.Chat;

/// <summary>
/// Reads errors in OpenAI's form (<c>error.code</c>, <c>error.message</c>), in Qianfan's second form (<c>code</c>, <c>msg</c>, also with
/// status 200), and in Baidu's common form.
/// </summary>
internal static class ChatFaults
{
    public static CloudFault? Read(HttpResponseMessage response, ReadOnlyMemory<byte> body)
    {
        var (json, fault) = BaiduFaults.Look(response, body, "error");
        if (json is null)
            return fault;
        if (json.HasContainer("error") || json["error"] is not null)
        {
            var code = json["error.code"] ?? json["error.type"] ?? "error";
            return BaiduFaults.Fault(response, body, Row(code, response), code, json["error.message"] ?? json["error"], json["id"] ?? json["request_id"]);
        }

        if (json["code"] is { } second && second is not ("0" or "200") && !json.Has("choices") && !json.Has("data"))
            return BaiduFaults.Fault(response, body, Row(second, response), second, json["msg"] ?? json["message"], json["id"] ?? json["request_id"]);
        return json["error_code"] is { } common && common != "0"
            ? BaiduFaults.Fault(response, body, BaiduErrorTable.Aip(common), common, json["error_msg"], json["id"] ?? json["log_id"])
            : null;
    }

    static BaiduErrorRow? Row(string code, HttpResponseMessage response) => code switch
    {
        "rpm_rate_limit_exceeded" or "tpm_rate_limit_exceeded" or "rate_limit_exceeded" or "336501" or "336502" =>
            new(CloudErrorKind.RateLimited, Recovery.BackOff, "The model's rate is reached.", "Send fewer at a time, or buy a higher rate."),
        "unsafe_request" or "image_url_unsafe" or "content_filter" or "content_policy_violation" =>
            new(CloudErrorKind.ContentBlocked, Recovery.None, "The content was blocked.", "Change the content."),
        "insufficient_quota" => new(CloudErrorKind.QuotaExceeded, Recovery.None, "The account's allowance is used up.", "Buy more."),
        "invalid_api_key" or "invalid_iam_token" => new(CloudErrorKind.Authentication, Recovery.None, "The key was refused.", "Check the key."),
        "no_parameter_permission" => new(CloudErrorKind.AccessDenied, Recovery.None, "The key may not use this model or parameter.", "Have it opened for the account."),
        "model_not_found" => new(CloudErrorKind.InvalidInput, Recovery.None, "There is no such model.", "Check the model's name."),
        "malformed_json" or "invalid_model" or "invalid_messages" or "characters_too_long" or "tokens_too_long" or "invalid_argument" or "context_length_exceeded" or
            "invalid_image_genration_prompt" or "invalid_image_genration_refer_image" or "invalid_image_url" =>
            new(CloudErrorKind.InvalidInput, Recovery.None, "The request is not accepted."),
        _ when response.IsSuccessStatusCode => new(CloudErrorKind.Unknown, Recovery.None, "The service reports an error."),
        // What an unknown code cannot tell, the status does.
        _ => null,
    };
}
