using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using MultiModal.Jimeng.Baidu.Speech;
using MultiModal.Jimeng.Chat;
using MultiModal.Jimeng.Http;

namespace MultiModal.Jimeng.Baidu;

/// <summary>
/// The client of Baidu AI Cloud. Get it from the container (<c>services.AddBaiduAI(…)</c>), or by <see cref="Create"/>. Its members
/// are virtual and it has a constructor without arguments, so that tests can put a fake in its place.
/// </summary>
public partial class BaiduAIClient : IBaiduAIClient
{
    internal const string Vendor = "Baidu";

    readonly CloudTransport transport = null!;
    readonly BaiduAIOptions options = null!;
    readonly IChatCompletionClient chat = null!;
    readonly Auth.BaiduTokenSource tokens = null!;
    readonly string defaultCuid = "";

    /// <summary>For fakes: a client that can do nothing unless its members are overridden.</summary>
    protected BaiduAIClient()
    {
    }

    internal BaiduAIClient(CloudTransport transport, BaiduAIOptions options, Auth.BaiduTokenSource tokens)
    {
        this.transport = transport;
        this.options = options;
        this.tokens = tokens;
        chat = new ChatCompletionClient(transport, new(Vendor, BaiduOperations.Chat, new Uri(options.QianfanEndpoint, "v2/chat/completions"), options.ChatModel, TokenPlacement.BearerHeader));
        // Stable across runs and tokens: the service counts its users by it.
        defaultCuid = options.Cuid ?? Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"MultiModal:{options.ApiKey ?? options.AppId}")))[..32];
    }

    /// <summary>Makes a client without a container. It lives as long as the program needs it; there is nothing to dispose.</summary>
    /// <param name="options">Keys, addresses and manners.</param>
    /// <param name="loggers">Where it logs to; null: nowhere.</param>
    /// <param name="time">What time it is; null: the system's.</param>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">The options lack something.</exception>
    public static IBaiduAIClient Create(BaiduAIOptions options, ILoggerFactory? loggers = null, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        return Standalone.Create<IBaiduAIClient, BaiduAIOptions>(services => services.AddBaiduAI(_ => { }), options, loggers, time);
    }

    /// <inheritdoc/>
    public virtual IChatCompletionClient Chat => chat;

    /// <inheritdoc/>
    public virtual async Task<JsonElement> InvokeAsync(BaiduApiCall call, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(call);
        var content = call.Json is { } json ? Json(json, call.Gbk) : Form(call);
        var cloudCall = new CloudCall
        {
            Vendor = Vendor,
            Operation = BaiduOperations.Invoke,
            Partition = call.Path,
            Safety = call.Submits ? CallSafety.Submit : CallSafety.Paid,
            ReadFault = call.Gbk ? static (response, body) => BaiduFaults.Aip(response, Encoding.Convert(GbkText.Gbk, Encoding.UTF8, body.ToArray())) : BaiduFaults.Aip,
            Token = TokenPlacement.AccessTokenQuery,
        };
        using var request = Post(options.AipEndpoint, call.Path, content, call.Query);
        if (!call.Gbk)
            return await transport.SendAsync(cloudCall, request, BaiduJson.Relaxed.JsonElement, cancellationToken).ConfigureAwait(false);
        var answer = await transport.SendAsync(cloudCall, request, cancellationToken).ConfigureAwait(false);
        var utf8 = Encoding.Convert(GbkText.Gbk, Encoding.UTF8, answer.Bytes.ToArray());
        return CloudTransport.Read(cloudCall, utf8, BaiduJson.Relaxed.JsonElement);
    }

    /// <inheritdoc/>
    public virtual async Task<CloudFile> DownloadAsync(Uri address, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(address);
        return await Downloads.GetAsync(transport, Vendor, BaiduOperations.Download, address, cancellationToken).ConfigureAwait(false);
    }

    static CloudCall AipCall(string operation, CallSafety safety, string partition = "") => new()
    {
        Vendor = Vendor,
        Operation = operation,
        Partition = partition,
        Safety = safety,
        ReadFault = BaiduFaults.Aip,
        Token = TokenPlacement.AccessTokenQuery,
    };

    static HttpRequestMessage Post(Uri host, string path, HttpContent content, IReadOnlyList<KeyValuePair<string, string>>? query = null)
    {
        var relative = path.TrimStart('/');
        if (query is { Count: > 0 })
            relative += "?" + string.Join('&', query.Select(pair => $"{Uri.EscapeDataString(pair.Key)}={Uri.EscapeDataString(pair.Value)}"));
        return new(HttpMethod.Post, new Uri(host, relative)) { Content = content };
    }

    static ByteArrayContent Json<T>(T value, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type) =>
        CloudCall.Bytes(JsonSerializer.SerializeToUtf8Bytes(value, type), "application/json");

    static ByteArrayContent Json(System.Text.Json.Nodes.JsonNode json, bool gbk)
    {
        var output = new System.Buffers.ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(output, new JsonWriterOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
            json.WriteTo(writer);
        var utf8 = output.WrittenSpan.ToArray();
        return CloudCall.Bytes(gbk ? Encoding.Convert(Encoding.UTF8, GbkText.Gbk, utf8) : utf8, "application/json");
    }

    static ByteArrayContent Form(BaiduApiCall call)
    {
        var form = new FormWriter();
        foreach (var (name, bytes) in call.Files)
            form.AddBase64(name, bytes.Span);
        foreach (var (name, value) in call.Form)
            form.Add(name, value);
        return form.ToContent();
    }

    static CloudApiException Refuse(string operation, string meaning, string? advice = null) => new(Vendor, operation, CloudErrorKind.InvalidInput, meaning, advice);
}
