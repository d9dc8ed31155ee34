using System.Text.Json;
using Microsoft.Extensions.AI;
using MultiModal.Jimeng.Chat;

namespace MultiModal.Extensions.AI.Tests;

public sealed class ChatClientTests
{
    [Fact]
    public async Task A_whole_answer_carries_text_usage_and_reason()
    {
        await using var cloud = await SimulatedClients.StartAsync();
        using var chat = cloud.Baidu.Chat.AsIChatClient();
        var answer = await chat.GetResponseAsync([new(ChatRole.System, "短"), new(ChatRole.User, "你好")], new() { Temperature = 0.3f, MaxOutputTokens = 50 });
        Assert.Equal("你说：你好", answer.Text);
        Assert.Equal((7, 5, 12), ((int)answer.Usage!.InputTokenCount!, (int)answer.Usage.OutputTokenCount!, (int)answer.Usage.TotalTokenCount!));
        Assert.Equal(ChatFinishReason.Stop, answer.FinishReason);
        Assert.NotNull(answer.ResponseId);
        Assert.IsType<ChatCompletion>(answer.RawRepresentation);
    }

    [Fact]
    public async Task A_streamed_answer_adds_up_to_the_whole_one()
    {
        await using var cloud = await SimulatedClients.StartAsync();
        using var chat = cloud.Baidu.Chat.AsIChatClient();
        var updates = new List<ChatResponseUpdate>();
        await foreach (var update in chat.GetStreamingResponseAsync("你好"))
            updates.Add(update);
        var whole = updates.ToChatResponse();
        Assert.Equal("你说：你好", whole.Text);
        Assert.Equal(12, whole.Usage!.TotalTokenCount);
        Assert.True(updates.Count > 4);
    }

    [Fact]
    public async Task Tools_are_offered_called_and_answered()
    {
        await using var cloud = await SimulatedClients.StartAsync();
        using var chat = cloud.Baidu.Chat.AsIChatClient();
        using var schema = JsonDocument.Parse("""{"type":"object","properties":{"city":{"type":"string"}}}""");
        var options = new ChatOptions { Tools = [AIFunctionFactory.CreateDeclaration("weather", "the weather", schema.RootElement)] };
        var answer = await chat.GetResponseAsync("北京的天气？", options);
        var call = Assert.Single(answer.Messages[0].Contents.OfType<FunctionCallContent>());
        Assert.Equal("weather", call.Name);
        Assert.Equal("北京", call.Arguments!["city"]!.ToString());
        var next = await chat.GetResponseAsync([new(ChatRole.User, "北京的天气？"), answer.Messages[0], new(ChatRole.Tool, [new FunctionResultContent(call.CallId, "晴")])], options);
        Assert.Equal("你说：晴", next.Text);
    }

    [Fact]
    public async Task Options_are_translated_and_the_callers_own_words_win()
    {
        var fake = new Recorder();
        using var chat = fake.AsIChatClient();
        var options = new ChatOptions
        {
            ModelId = "common",
            Temperature = 0.5f,
            Instructions = "be brief",
            ResponseFormat = ChatResponseFormat.Json,
            StopSequences = ["END"],
            Seed = 3,
            ToolMode = ChatToolMode.None,
            AdditionalProperties = new() { ["disable_search"] = true },
            RawRepresentationFactory = static _ => new ChatRequest { Model = "own", PenaltyScore = 1.5 },
        };
        await chat.GetResponseAsync([new(ChatRole.User, [new TextContent("看"), new DataContent(new byte[] { 1, 2, 3 }, "image/png")])], options);
        var sent = fake.Sent!;
        Assert.Equal(("own", 0.5, 1.5, 3L), (sent.Model, sent.Temperature!.Value, sent.PenaltyScore!.Value, sent.Seed!.Value));
        Assert.Equal("be brief", sent.Messages[0].Text);
        Assert.Contains("data:image/png;base64,AQID", sent.Messages[1].Content!.ToJsonString(), StringComparison.Ordinal);
        Assert.True((bool)sent.Extra!["disable_search"]!);
        Assert.Equal("json_object", (string)sent.ResponseFormat!["type"]!);
        Assert.Equal("common", options.ModelId);
    }

    [Fact]
    public async Task Services_are_found_by_type_and_only_without_a_key()
    {
        await using var cloud = await SimulatedClients.StartAsync();
        var client = cloud.Baidu.Chat;
        using var chat = client.AsIChatClient();
        Assert.Same(client, chat.GetService<IChatCompletionClient>());
        Assert.Equal("baidu", chat.GetService<ChatClientMetadata>()!.ProviderName);
        Assert.Same(chat, chat.GetService<IChatClient>());
        Assert.Null(chat.GetService(typeof(IChatClient), "key"));
        Assert.Throws<ArgumentNullException>(() => chat.GetService(null!));
    }

    sealed class Recorder : ChatCompletionClient
    {
        public ChatRequest? Sent { get; private set; }

        public override string Name => "fake";

        public override string? DefaultModel => null;

        public override Uri Endpoint => new("https://fake.example/");

        public override Task<ChatCompletion> CompleteAsync(ChatRequest request, CancellationToken cancellationToken = default)
        {
            Sent = request;
            return Task.FromResult(new ChatCompletion());
        }
    }
}
