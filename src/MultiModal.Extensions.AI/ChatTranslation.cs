using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;
using MultiModal.Jimeng.Chat;

namespace MultiModal.Extensions.AI;

/// <summary>Between Microsoft.Extensions.AI's words for chat and OpenAI's.</summary>
internal static class ChatTranslation
{
    public static ChatRequest Request(IEnumerable<ChatMessage> messages, ChatOptions? options, IChatClient client)
    {
        var turns = new List<ChatTurn>();
        if (options?.Instructions is { Length: > 0 } instructions)
            turns.Add(ChatTurn.System(instructions));
        foreach (var message in messages)
            turns.AddRange(Turns(message));

        // What the caller set in this SDK's own words counts; the common options fill the rest.
        var given = options?.RawRepresentationFactory?.Invoke(client) as ChatRequest ?? new ChatRequest();
        return new ChatRequest([.. given.Messages, .. turns])
        {
            Model = given.Model ?? options?.ModelId,
            Temperature = given.Temperature ?? options?.Temperature,
            TopP = given.TopP ?? options?.TopP,
            MaxTokens = given.MaxTokens ?? options?.MaxOutputTokens,
            Stop = given.Stop ?? options?.StopSequences?.ToArray(),
            Seed = given.Seed ?? options?.Seed,
            PresencePenalty = given.PresencePenalty ?? options?.PresencePenalty,
            FrequencyPenalty = given.FrequencyPenalty ?? options?.FrequencyPenalty,
            PenaltyScore = given.PenaltyScore,
            User = given.User,
            ResponseFormat = given.ResponseFormat ?? Format(options?.ResponseFormat),
            Tools = given.Tools ?? Tools(options?.Tools),
            ToolChoice = given.ToolChoice ?? Choice(options?.ToolMode),
            Extra = Extra(given.Extra, options?.AdditionalProperties),
        };
    }

    public static List<AIContent> Contents(ChatTurn? turn)
    {
        var contents = new List<AIContent>();
        if (turn?.ReasoningContent is { Length: > 0 } reasoning)
            contents.Add(new TextReasoningContent(reasoning));
        if (turn?.Text is { Length: > 0 } text)
            contents.Add(new TextContent(text));
        foreach (var call in turn?.ToolCalls ?? [])
            contents.Add(Call(call.Id, call.Function?.Name, call.Function?.Arguments));
        return contents;
    }

    public static FunctionCallContent Call(string? id, string? name, string? arguments) =>
        FunctionCallContent.CreateFromParsedArguments(arguments ?? "", id ?? "", name ?? "", static json => Arguments(json));

    public static UsageDetails? Usage(ChatUsage? usage) => usage is null ? null : new()
    {
        InputTokenCount = usage.PromptTokens,
        OutputTokenCount = usage.CompletionTokens,
        TotalTokenCount = usage.TotalTokens,
    };

    public static ChatFinishReason? Reason(string? reason) => reason is null ? null : new ChatFinishReason(reason);

    static Dictionary<string, object?> Arguments(string json)
    {
        var result = new Dictionary<string, object?>(StringComparer.Ordinal);
        if (string.IsNullOrWhiteSpace(json))
            return result;
        using var document = JsonDocument.Parse(json);
        foreach (var property in document.RootElement.EnumerateObject())
            result[property.Name] = property.Value.Clone();
        return result;
    }

    static IEnumerable<ChatTurn> Turns(ChatMessage message)
    {
        // Each tool's answer is a message of its own over there.
        foreach (var answer in message.Contents.OfType<FunctionResultContent>())
            yield return ChatTurn.Tool(answer.CallId, ResultText(answer.Result));
        var calls = message.Contents.OfType<FunctionCallContent>().Select(static call => new ChatToolCall { Id = call.CallId, Type = "function", Function = new(call.Name, ArgumentsText(call)) }).ToArray();
        var pictures = message.Contents.Select(static content => content switch
        {
            DataContent data when data.HasTopLevelMediaType("image") => data.Uri,
            UriContent uri when uri.HasTopLevelMediaType("image") => uri.Uri.OriginalString,
            _ => null,
        }).OfType<string>().ToArray();
        if (message.Text.Length == 0 && pictures.Length == 0 && calls.Length == 0)
            yield break;
        var turn = pictures.Length == 0
            ? new ChatTurn(message.Role.Value, JsonValue.Create(message.Text))
            : ChatTurn.User(message.Text, [.. pictures.Select(static picture => new Uri(picture))]) with { Role = message.Role.Value };
        yield return turn with { Name = message.AuthorName, ToolCalls = calls.Length > 0 ? calls : null };
    }

    static string ResultText(object? result) => result switch
    {
        null => "",
        string text => text,
        JsonElement element => element.ValueKind == JsonValueKind.String ? element.GetString()! : element.GetRawText(),
        _ => JsonSerializer.Serialize(result, AIJsonUtilities.DefaultOptions.GetTypeInfo(typeof(object))),
    };

    static string ArgumentsText(FunctionCallContent call) =>
        JsonSerializer.Serialize(call.Arguments ?? new Dictionary<string, object?>(), AIJsonUtilities.DefaultOptions.GetTypeInfo(typeof(IDictionary<string, object?>)));

    static JsonObject? Format(ChatResponseFormat? format) => format switch
    {
        ChatResponseFormatJson { Schema: { } schema } json => new()
        {
            ["type"] = "json_schema",
            ["json_schema"] = new JsonObject { ["name"] = json.SchemaName ?? "answer", ["schema"] = JsonNode.Parse(schema.GetRawText()) },
        },
        ChatResponseFormatJson => new() { ["type"] = "json_object" },
        ChatResponseFormatText => new() { ["type"] = "text" },
        _ => null,
    };

    static JsonArray? Tools(IList<AITool>? tools)
    {
        var functions = tools?.OfType<AIFunctionDeclaration>().ToList();
        if (functions is not { Count: > 0 })
            return null;
        var array = new JsonArray();
        foreach (var function in functions)
        {
            array.Add((JsonNode)new JsonObject
            {
                ["type"] = "function",
                ["function"] = new JsonObject { ["name"] = function.Name, ["description"] = function.Description, ["parameters"] = JsonNode.Parse(function.JsonSchema.GetRawText()) },
            });
        }

        return array;
    }

    static JsonNode? Choice(ChatToolMode? mode) => mode switch
    {
        NoneChatToolMode => JsonValue.Create("none"),
        RequiredChatToolMode { RequiredFunctionName: { } name } => new JsonObject { ["type"] = "function", ["function"] = new JsonObject { ["name"] = name } },
        RequiredChatToolMode => JsonValue.Create("required"),
        AutoChatToolMode => JsonValue.Create("auto"),
        _ => null,
    };

    internal static JsonObject? Extra(JsonObject? given, AdditionalPropertiesDictionary? properties)
    {
        if (properties is not { Count: > 0 })
            return given;
        var extra = given?.DeepClone().AsObject() ?? [];
        foreach (var (name, value) in properties)
        {
            if (!extra.ContainsKey(name))
                extra[name] = JsonSerializer.SerializeToNode(value, AIJsonUtilities.DefaultOptions.GetTypeInfo(typeof(object)));
        }

        return extra;
    }
}
