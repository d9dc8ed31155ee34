using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using MultiModal.Jimeng.Http;

namespace MultiModal.Jimeng.Volcengine;

/// <summary>Something to be made by Jimeng. One type for each family of models; <see cref="JimengCustomRequest"/> is for all others.</summary>
public abstract record JimengRequest
{
    /// <summary>Makes a request.</summary>
    /// <param name="reqKey">The kind of request, see <see cref="JimengKeys"/>.</param>
    private protected JimengRequest(string reqKey)
    {
        ArgumentException.ThrowIfNullOrEmpty(reqKey);
        ReqKey = reqKey;
    }

    /// <summary>The kind of request. A newer model of the same family is chosen by its key here.</summary>
    [JsonPropertyName("req_key")]
    [JsonPropertyOrder(-1)]
    public string ReqKey { get; init; }

    /// <summary>The actions that carry the request out.</summary>
    [JsonIgnore]
    public virtual JimengActions Actions { get; init; } = JimengActions.Tasks;

    /// <summary>How the result is handed over and marked.</summary>
    [JsonIgnore]
    public JimengResultOptions Result { get; init; } = new();

    /// <summary>Fields that this type does not know, sent along: <c>Extra = new() { ["new_switch"] = true }</c>.</summary>
    [JsonIgnore]
    public JsonObject? Extra { get; set; }

    [JsonInclude]
    [JsonExtensionData]
    internal IDictionary<string, JsonElement>? ExtraJson
    {
        get => ExtraFields.Of(Extra);
        set => Extra = ExtraFields.From(value);
    }

    internal abstract JsonTypeInfo Json { get; }

    /// <summary>What the service would refuse, found before anything is sent; null where nothing is.</summary>
    internal virtual string? FindProblem() => null;

    internal byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, Json);

    private protected static string? PromptProblem(string? prompt, int most, bool required = true) =>
        required && string.IsNullOrWhiteSpace(prompt) ? "There is no prompt."
        : prompt?.Length > most ? $"The prompt has {prompt.Length} characters; at most {most} are accepted."
        : null;

    private protected static string? AreaProblem(int? width, int? height, long least, long most)
    {
        if (width is null != height is null)
            return "Width and height go together.";
        if (width is not { } w || height is not { } h)
            return null;
        if (w <= 0 || h <= 0)
            return "Width and height are positive.";
        return (long)w * h < least || (long)w * h > most ? $"{w}x{h} pixels are outside of what is accepted ({least} to {most} in all)." : null;
    }
}
