using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using MultiModal.Jimeng.Baidu;
using MultiModal.Jimeng.Baidu.Censor;
using MultiModal.Jimeng.Baidu.Speech;
using MultiModal.Jimeng.Tests.Support;
using MultiModal.Testing.Time;

namespace MultiModal.Jimeng.Tests.Baidu;

/// <summary>
/// Replays what Baidu's own SDK was asked to do, against the same scripted server, and compares what reaches the network. Where this
/// library differs on purpose, the difference has a name, and docs/cloud-requests.md has it in its table.
/// </summary>
[Trait("Category", "Parity")]
public sealed class RequestVectorTests
{
    [Fact]
    public async Task Every_recorded_request_is_reproduced_or_its_difference_is_documented()
    {
        var failures = new List<string>();
        var used = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var scenario in CloudFixtures.Scenarios())
        {
            try
            {
                used.UnionWith(await new Replay(scenario).RunAsync());
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                failures.Add($"{scenario.GetProperty("name").GetString()}: {error}");
            }
        }

        Assert.True(failures.Count == 0, string.Join("\n\n", failures));
        var document = CloudFixtures.Document("cloud-requests.md");
        Assert.All(used, difference => Assert.Contains($"| {difference} |", document, StringComparison.Ordinal));
    }

    sealed class Replay(JsonElement scenario)
    {
        readonly HashSet<string> differences = [];
        readonly List<JsonElement> recorded = [.. scenario.GetProperty("requests").EnumerateArray()];
        readonly List<JsonElement> script = [.. scenario.GetProperty("server_script").EnumerateArray()];

        public async Task<HashSet<string>> RunAsync()
        {
            var api = recorded.Where(static request => !IsToken(request)).ToList();
            var first = recorded.Find(IsToken);
            var iam = api.Find(static request => Header(request, "authorization")?.StartsWith("bce-auth-v1/", StringComparison.Ordinal) == true);
            var tokens = new Queue<string>(api.Select(TokenOf).OfType<string>());
            using var network = new ScriptedHandler(request => Answer(request, tokens)) { Before = StallAsync };
            var clock = new ManualTimeProvider(iam.ValueKind == JsonValueKind.Object ? DateTimeOffset.Parse(Header(iam, "x-bce-date")!, CultureInfo.InvariantCulture) : null);
            var client = Clients.Baidu(
                network,
                options =>
                {
                    if (first.ValueKind == JsonValueKind.Object)
                    {
                        options.ApiKey = QueryOf(first, "client_id");
                        options.SecretKey = QueryOf(first, "client_secret");
                    }

                    options.Resilience.BaseDelay = TimeSpan.Zero;
                    options.Resilience.AttemptTimeout = TimeSpan.FromSeconds(1);
                    if (iam.ValueKind == JsonValueKind.Object)
                    {
                        // The SDK falls back to IAM when the token service refuses; here IAM is asked for by name.
                        differences.Add("iam-by-name");
                        options.Authentication = BaiduAuthentication.Iam;
                        options.AipEndpoint = new Uri("http://127.0.0.1/");
                    }
                },
                clock);

            for (var i = 0; i < api.Count; i++)
            {
                if (i > 0 && Same(api[i], api[i - 1]) && scenario.GetProperty("server_script").ToString().Contains("\"error_code\\\":110", StringComparison.Ordinal))
                    continue;
                await CallAsync(client, api[i], clock);
            }

            if (api.Count == 0)
                await Assert.ThrowsAsync<CloudApiException>(() => client.InvokeAsync(new("/rest/2.0/ocr/v1/general_basic") { Form = [new("url", "x")] }));
            Compare(api, network.Requests.Where(static request => request.Uri.AbsolutePath != "/oauth/2.0/token").ToList());
            CompareTokens(network.Requests.Where(static request => request.Uri.AbsolutePath == "/oauth/2.0/token").ToList());
            return differences;
        }

        async Task CallAsync(IBaiduAIClient client, JsonElement request, ManualTimeProvider clock)
        {
            using var stop = new CancellationTokenSource();
            var call = SendAsync(client, request);
            if (Stalls)
            {
                await clock.WaitForTimerAsync(TimeSpan.FromSeconds(1));
                await stalled.Task;
                clock.Advance(TimeSpan.FromSeconds(1));
            }

            try
            {
                await call;
            }
            catch (CloudApiException)
            {
                // The SDK returns errors as answers; here they are exceptions.
                differences.Add("typed-errors");
            }
        }

        async Task SendAsync(IBaiduAIClient client, JsonElement request)
        {
            var path = request.GetProperty("path").GetString()!;
            var form = request.TryGetProperty("body_form", out var fields) ? CloudFixtures.Pairs(fields) : null;
            string? Field(string name) => form?.Where(pair => pair.Key == name).Select(static pair => pair.Value).FirstOrDefault();
            int? Number(string name) => Field(name) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : null;
            switch (path)
            {
                case "/server_api" or "/pro_api":
                    await client.RecognizeAsync(Recognition(request.GetProperty("body_json")));
                    break;
                case "/text2audio":
                    differences.Add("tts-encode-once");
                    await client.SynthesizeAsync(new(Field("tex")!)
                    {
                        EncodeTwice = false,
                        Speed = Number("spd"),
                        Pitch = Number("pit"),
                        Volume = Number("vol"),
                        Voice = Number("per"),
                        Format = (SpeechOutputFormat?)Number("aue"),
                        Cuid = Field("cuid"),
                    });
                    break;
                case "/rest/2.0/solution/v1/text_censor/v2/user_defined":
                    await client.CensorTextAsync(new(Field("text")!));
                    break;
                case "/rest/2.0/solution/v1/img_censor/v2/user_defined":
                    await client.CensorImageAsync(Field("image") is { } image ? new(Convert.FromBase64String(image)) : new ImageCensorRequest(new Uri(Field("imgUrl")!)));
                    break;
                default:
                    await client.InvokeAsync(new(path)
                    {
                        Files = [.. (form ?? []).Where(static pair => pair.Key == "image").Select(static pair => KeyValuePair.Create(pair.Key, (ReadOnlyMemory<byte>)Convert.FromBase64String(pair.Value)))],
                        Form = [.. (form ?? []).Where(static pair => pair.Key != "image")],
                        Json = Json(request) is { } json ? JsonNode.Parse(json.GetRawText()) : null,
                        Gbk = request.TryGetProperty("body_gbk", out _),
                        // What is signed has to be sent as it was.
                        Query = Header(request, "authorization") is null ? [] : CloudFixtures.Pairs(request.GetProperty("query")),
                    });
                    break;
            }
        }

        static JsonElement? Json(JsonElement request) =>
            request.TryGetProperty("body_json", out var json) ? json
            : request.TryGetProperty("body_gbk", out var gbk) ? JsonDocument.Parse(gbk.GetString()!).RootElement
            : null;

        static SpeechRecognitionRequest Recognition(JsonElement body)
        {
            var request = body.TryGetProperty("speech", out var speech)
                ? new SpeechRecognitionRequest(Convert.FromBase64String(speech.GetString()!))
                : new SpeechRecognitionRequest(new Uri(body.GetProperty("url").GetString()!), new Uri(body.GetProperty("callback").GetString()!));
            return request with
            {
                AsGiven = true,
                Format = Enum.Parse<SpeechFormat>(body.GetProperty("format").GetString()!, ignoreCase: true),
                SampleRate = body.GetProperty("rate").GetInt32(),
                Model = body.TryGetProperty("dev_pid", out var model) ? model.GetInt32() : null,
                LanguageModelId = body.TryGetProperty("lm_id", out var languageModel) ? languageModel.GetInt32() : null,
                Cuid = body.GetProperty("cuid").GetString(),
            };
        }

        void Compare(List<JsonElement> expected, List<RecordedRequest> actual)
        {
            var position = -1;
            foreach (var request in expected)
            {
                position++;
                Assert.True(position < actual.Count, "A recorded request was not sent.");
                Compare(request, actual[position]);
                // Our own repeats of it: the difference that explains them must apply.
                while (position + 1 < actual.Count && actual[position + 1].Text == actual[position].Text && (position + 1 >= expected.Count || !Matches(expected[position + 1], actual[position + 1])))
                {
                    differences.Add(Repeat());
                    position++;
                }
            }

            Assert.Equal(actual.Count, position + 1);
        }

        string Repeat()
        {
            var text = string.Concat(scenario.GetProperty("server_script").EnumerateArray().Select(static step => $"{step.GetProperty("status")} {step.GetProperty("body").GetString()}\n"));
            return text.Contains("error_code\":18", StringComparison.Ordinal) ? "rate-back-off"
                : text.Contains("error_code\":11", StringComparison.Ordinal) || text.Contains("err_no\":3302", StringComparison.Ordinal) || text.Contains("err_no\":502", StringComparison.Ordinal) ? "renew-token"
                : text.Contains("502 ", StringComparison.Ordinal) ? "repeat-502"
                : throw new InvalidOperationException($"The request was repeated after\n{text}");
        }

        static bool Matches(JsonElement request, RecordedRequest sent)
        {
            var token = TokenOf(request);
            return sent.Uri.AbsolutePath == request.GetProperty("path").GetString() && (token is null || sent.Uri.Query.Contains(Uri.EscapeDataString(token), StringComparison.Ordinal) || sent.Text.Contains(token, StringComparison.Ordinal));
        }

        void Compare(JsonElement expected, RecordedRequest actual)
        {
            Assert.Equal(expected.GetProperty("method").GetString(), actual.Method);
            Assert.Equal(expected.GetProperty("path").GetString(), actual.Uri.AbsolutePath);
            if (expected.GetProperty("original_url").GetString()!.StartsWith("http://", StringComparison.Ordinal))
                differences.Add("https");
            var signed = Header(expected, "authorization") is not null;
            var query = CloudFixtures.Pairs(expected.GetProperty("query")).Where(pair => signed || pair.Key is not ("aipSdk" or "aipVersion")).ToList();
            if (query.Count != expected.GetProperty("query").GetArrayLength())
                differences.Add("no-sdk-marks");
            Assert.Equal(query, actual.Query);
            if (expected.TryGetProperty("body_form", out var form))
            {
                // Fields by name: their order in a form means nothing.
                Assert.Equal(CloudFixtures.Pairs(form).OrderBy(static pair => pair.Key, StringComparer.Ordinal), actual.Form.OrderBy(static pair => pair.Key, StringComparer.Ordinal));
                Assert.Equal("application/x-www-form-urlencoded", actual.Headers["Content-Type"]);
            }
            else if (Json(expected) is { } json)
            {
                var text = expected.TryGetProperty("body_gbk", out _) ? GbkText.Gbk.GetString(actual.Body) : actual.Text;
                Assert.True(JsonNode.DeepEquals(JsonNode.Parse(json.GetRawText()), JsonNode.Parse(text)), $"expected {json}\nactual   {text}");
                Assert.Equal("application/json", actual.Headers["Content-Type"]);
                if (Header(expected, "Content-Type") is null)
                    differences.Add("json-content-type");
            }

            foreach (var name in (string[])["authorization", "x-bce-date"])
            {
                if (Header(expected, name) is { } value)
                    Assert.Equal(value, actual.Headers[name]);
            }
        }

        void CompareTokens(List<RecordedRequest> actual)
        {
            var expected = recorded.Where(IsToken).ToList();
            foreach (var request in actual)
            {
                Assert.Equal("POST", request.Method);
                Assert.Empty(request.Uri.Query);
                Assert.Equal("application/x-www-form-urlencoded", request.Headers["Content-Type"]);
                if (expected.Count > 0)
                    Assert.Equal(CloudFixtures.Pairs(expected[0].GetProperty("query")), request.Form);
                differences.Add("token-by-post");
            }

            if (actual.Count < expected.Count)
                differences.Add(actual.Count == 0 ? "iam-by-name" : "token-margin");
            if (actual.Count > Math.Max(1, expected.Count))
                differences.Add("renew-token");
        }

        readonly TaskCompletionSource stalled = new(TaskCreationOptions.RunContinuationsAsynchronously);

        bool Stalls => script.Exists(static step => step.GetProperty("body").GetString() is ['<', >= '0' and <= '9', ..]);

        async Task StallAsync(RecordedRequest request, CancellationToken cancellationToken)
        {
            if (Stalls && request.Uri.AbsolutePath != "/oauth/2.0/token")
            {
                stalled.TrySetResult();
                await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
            }
        }

        HttpResponseMessage Answer(RecordedRequest request, Queue<string> tokens)
        {
            lock (script)
            {
                var path = request.Uri.AbsolutePath;
                var step = script.FindIndex(step => path.StartsWith(step.GetProperty("path").GetString()!, StringComparison.Ordinal));
                if (step >= 0)
                {
                    var (status, body) = (script[step].GetProperty("status").GetInt32(), script[step].GetProperty("body").GetString()!);
                    var type = script[step].GetProperty("headers").TryGetProperty("Content-Type", out var given) ? given.GetString()! : "application/json";
                    // A failure that the SDK met once stays: here it is met at every repeat.
                    if (status < 400 && !body.Contains("error_code", StringComparison.Ordinal))
                        script.RemoveAt(step);
                    else if (body.Contains("error_code\":110", StringComparison.Ordinal))
                        script.RemoveAt(step);
                    return ScriptedHandler.Bytes(System.Text.Encoding.UTF8.GetBytes(body), type, (HttpStatusCode)status);
                }

                if (path != "/oauth/2.0/token")
                    return path == "/text2audio" ? ScriptedHandler.Bytes([1, 2, 3], "audio/mp3") : ScriptedHandler.Json("""{"log_id":1}""");
                var token = tokens.Count > 1 ? tokens.Dequeue() : tokens.Count == 1 ? tokens.Peek() : "24.none";
                return ScriptedHandler.Json(new JsonObject { ["access_token"] = token, ["expires_in"] = 2592000 }.ToJsonString());
            }
        }

        static bool IsToken(JsonElement request) => request.GetProperty("path").GetString() == "/oauth/2.0/token";

        static string? TokenOf(JsonElement request) =>
            QueryOf(request, "access_token") ?? QueryOf(request, "token")
            ?? (request.TryGetProperty("body_json", out var json) && json.TryGetProperty("token", out var token) ? token.GetString()
            : request.TryGetProperty("body_form", out var form) ? CloudFixtures.Pairs(form).Where(static pair => pair.Key == "tok").Select(static pair => pair.Value).FirstOrDefault()
            : null);

        static bool Same(JsonElement a, JsonElement b) =>
            a.GetProperty("path").GetString() == b.GetProperty("path").GetString() && a.GetProperty("body_utf8").GetString() == b.GetProperty("body_utf8").GetString();

        static string? QueryOf(JsonElement request, string name) =>
            CloudFixtures.Pairs(request.GetProperty("query")).Where(pair => pair.Key == name).Select(static pair => pair.Value).FirstOrDefault();

        static string? Header(JsonElement request, string name) =>
            request.GetProperty("headers").EnumerateObject().Where(header => header.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(static header => header.Value.GetString()).FirstOrDefault();
    }
}
