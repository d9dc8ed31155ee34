using System.Text;
using System.Text.Json.Nodes;
using MultiModal.CloudSimulator.Media;

namespace MultiModal.CloudSimulator.Baidu;

/// <summary>Qianfan v2: chat, whole and streamed, and pictures. Also stands for any endpoint of OpenAI's kind.</summary>
internal static class QianfanEndpoints
{
    public static void Map(WebApplication application, Simulator simulator)
    {
        application.MapPost("/v2/chat/completions", context => ChatAsync(context, simulator));
        application.MapPost("/v1/chat/completions", context => ChatAsync(context, simulator));
        application.MapPost("/v2/images/generations", context => DrawAsync(context, simulator));
    }

    static async Task<JsonObject?> ReadAsync(HttpContext context, Simulator simulator)
    {
        if (context.Request.Headers.Authorization != $"Bearer {simulator.Options.BearerKey}")
        {
            await Answers.ModelErrorAsync(context, 401, "invalid_api_key", "the key is not valid");
            return null;
        }

        using var memory = new MemoryStream();
        await context.Request.Body.CopyToAsync(memory);
        if (BaiduEndpoints.Parse(memory.ToArray()) is { } json)
            return json;
        await Answers.ModelErrorAsync(context, 400, "malformed_json", "the body is not JSON");
        return null;
    }

    static async Task ChatAsync(HttpContext context, Simulator simulator)
    {
        if (await ReadAsync(context, simulator) is not { } request)
            return;
        if (request["messages"] is not JsonArray { Count: > 0 } messages)
        {
            await Answers.ModelErrorAsync(context, 400, "invalid_messages", "messages are missing");
            return;
        }

        if (request["model"]?.GetValue<string>() is not { Length: > 0 } model || model == "no-such-model")
        {
            await Answers.ModelErrorAsync(context, 400, "invalid_model", "no such model");
            return;
        }

        var last = messages[^1]!["content"] is JsonArray parts ? string.Concat(parts.Select(static part => part?["text"]?.GetValue<string>())) : messages[^1]!["content"]?.GetValue<string>() ?? "";
        if (last.Contains("unsafe", StringComparison.Ordinal))
        {
            await Answers.ModelErrorAsync(context, 400, "unsafe_request", "the content is not safe");
            return;
        }

        simulator.Ledger.Bill($"chat:{last}");
        if (request["tools"] is JsonArray { Count: > 0 } tools && messages[^1]!["role"]?.GetValue<string>() == "user")
        {
            var function = tools[0]!["function"]!["name"]!.GetValue<string>();
            var call = new JsonObject { ["id"] = "call_1", ["type"] = "function", ["function"] = new JsonObject { ["name"] = function, ["arguments"] = "{\"city\":\"北京\"}" } };
            await Answers.JsonAsync(context, Whole(model, new JsonObject { ["role"] = "assistant", ["content"] = "", ["tool_calls"] = new JsonArray(call) }, "tool_calls"));
            return;
        }

        var answer = $"你说：{last}";
        if (request["stream"]?.GetValue<bool>() == true)
            await StreamAsync(context, model, answer, cut: last.Contains("cut", StringComparison.Ordinal));
        else
            await Answers.JsonAsync(context, Whole(model, new JsonObject { ["role"] = "assistant", ["content"] = answer }, "stop"));
    }

    static JsonObject Whole(string model, JsonObject message, string reason) => new()
    {
        ["id"] = $"as-{Answers.NextId()}",
        ["object"] = "chat.completion",
        ["created"] = 1_700_000_000,
        ["model"] = model,
        ["choices"] = new JsonArray(new JsonObject { ["index"] = 0, ["message"] = message, ["finish_reason"] = reason, ["flag"] = 0 }),
        ["usage"] = Usage(),
    };

    static JsonObject Usage() => new() { ["prompt_tokens"] = 7, ["completion_tokens"] = 5, ["total_tokens"] = 12 };

    static async Task StreamAsync(HttpContext context, string model, string answer, bool cut)
    {
        context.Response.ContentType = "text/event-stream; charset=utf-8";
        var id = $"as-{Answers.NextId()}";
        async Task SendAsync(JsonObject? delta, string? reason, JsonObject? usage)
        {
            var choices = delta is null ? new JsonArray() : new JsonArray(new JsonObject { ["index"] = 0, ["delta"] = delta, ["finish_reason"] = reason });
            var chunk = new JsonObject { ["id"] = id, ["object"] = "chat.completion.chunk", ["created"] = 1_700_000_000, ["model"] = model, ["choices"] = choices, ["usage"] = usage };
            await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes($"data: {chunk.ToJsonString()}\n\n"));
            await context.Response.Body.FlushAsync();
        }

        await SendAsync(new() { ["role"] = "assistant", ["content"] = "" }, null, null);
        foreach (var letter in answer)
            await SendAsync(new() { ["content"] = letter.ToString() }, null, null);
        if (cut)
            return;
        await SendAsync([], "stop", null);
        await SendAsync(null, null, Usage());
        await context.Response.WriteAsync("data: [DONE]\n\n");
    }

    static async Task DrawAsync(HttpContext context, Simulator simulator)
    {
        if (await ReadAsync(context, simulator) is not { } request)
            return;
        var prompt = request["prompt"]?.GetValue<string>() ?? "";
        simulator.Ledger.Bill($"draw:{prompt}");
        var data = new JsonArray();
        for (var i = 0; i < (request["n"]?.GetValue<int>() ?? 1); i++)
            data.Add((JsonNode)new JsonObject { ["url"] = simulator.Keep(SimulatedImage.Png($"{prompt} {i}"), ".png") });
        await Answers.JsonAsync(context, new() { ["id"] = $"as-{Answers.NextId()}", ["created"] = 1_700_000_000, ["data"] = data });
    }
}
