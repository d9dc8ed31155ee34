using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Google.Protobuf;
using MultiModal.AspNetCore.Grpc.Messages;
using MultiModal.AspNetCore.Tests.Support;
using MultiModal.Testing.Fuzzing;

namespace MultiModal.AspNetCore.Tests.Hostile;

/// <summary>
/// What ill-wishers send is answered with 4xx, or not at all where it is no HTTP; never with 5xx, never with 200, never late. As many as MULTIMODAL_HOSTILE
/// says, 400 by default; MULTIMODAL_HOSTILE_SEED makes others.
/// </summary>
public sealed class HostileTests
{
    static readonly int Count = Variable("MULTIMODAL_HOSTILE") ?? 400;
    static readonly int Seed = Variable("MULTIMODAL_HOSTILE_SEED") ?? 0;
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Hostile_requests_are_refused_and_none_hangs()
    {
        using var tokens = new Tokens();
        await using var host = await StartAsync(tokens);
        using var requests = new HostileRequests(tokens);
        var problems = new ConcurrentQueue<string>();
        var statuses = new ConcurrentDictionary<int, int>();
        await Parallel.ForEachAsync(Enumerable.Range(Seed, Count), new ParallelOptions { MaxDegreeOfParallelism = 32 }, async (seed, _) =>
        {
            var request = requests.Make(seed);
            try
            {
                var (status, text) = await SendAsync(host, request).WaitAsync(Patience, CancellationToken.None);
                statuses.AddOrUpdate(status, 1, static (_, count) => count + 1);
                // 505 is the server's own word for another version of HTTP than it speaks; nothing of the host has run.
                if (status is not (0 or 505 or (>= 400 and < 500)) || text.Contains("   at ", StringComparison.Ordinal) || text.Contains("System.", StringComparison.Ordinal))
                    problems.Enqueue($"seed {seed}, {request.Kind}: {status} {text[..Math.Min(300, text.Length)]}");
            }
            catch (TimeoutException)
            {
                problems.Enqueue($"seed {seed}, {request.Kind}: no end");
            }
        });

        Assert.True(problems.IsEmpty, string.Join('\n', problems.Take(20)));
        Assert.True(statuses.GetValueOrDefault(401) > Count / 10, string.Join(", ", statuses));
        await StillWellAsync(host);
    }

    [Fact]
    public async Task Hostile_calls_of_gRPC_end_with_the_caller_s_fault()
    {
        using var tokens = new Tokens();
        await using var host = await StartAsync(tokens);
        using var client = new GrpcClient(host.Http2Address, TestHost.ApiKey.Key);
        var good = new ConvertRequest { Audio = new() { Data = ByteString.CopyFrom(Tones.Wav(100)), Encoding = AudioEncoding.Wav } }.ToByteArray();
        string[] methods = ["Voice/Convert", "Voice/ListVoices", "Voice/Stream", "Images/Generate", "Images/Edit", "Images/GenerateStreaming", "Voice/Nothing"];
        string[] encodings = ["identity", "gzip", "br", ""];
        var problems = new ConcurrentQueue<string>();
        await Parallel.ForEachAsync(Enumerable.Range(Seed, Math.Max(50, Count / 8)), new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (seed, cancellationToken) =>
        {
            var random = new Random(seed);
            var frame = GrpcClient.Frame(new Mutator(seed).Mutate(good, good), compressed: random.Next(4) == 0);
            if (random.Next(3) == 0)
                frame = new Mutator(seed).Mutate(frame, frame);
            var method = methods[random.Next(methods.Length)];
            var encoding = encodings[random.Next(encodings.Length)];
            var answer = await client.CallAsync(method, new ByteArrayContent(frame), request =>
            {
                request.Headers.TryAddWithoutValidation("grpc-encoding", encoding);
                if (random.Next(4) == 0)
                    request.Headers.TryAddWithoutValidation("grpc-timeout", random.Next(2) == 0 ? "99999999H" : "-1S");
            }, cancellationToken).WaitAsync(Patience, CancellationToken.None);
            // Damage can be harmless (0); what is not is the caller's fault, never INTERNAL (13) or UNKNOWN (2).
            if ((int)answer.Http >= 500 || answer.Status is 2 or 13 or -1)
                problems.Enqueue($"seed {seed}, {method}: {answer.Http}, {answer.Status} {answer.Message}");
        });

        Assert.True(problems.IsEmpty, string.Join('\n', problems.Take(20)));
        await StillWellAsync(host);
    }

    static Task<TestHost> StartAsync(Tokens tokens) => TestHost.StartAsync(
        options =>
        {
            tokens.Configure(options);
            options.Limits.UploadTimeout = TimeSpan.FromSeconds(1);
            options.Limits.Images = options.Limits.Voice = new() { Concurrency = 2, Length = 1000 };
        },
        kestrel: static options =>
        {
            options.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(2);
            options.Limits.KeepAliveTimeout = TimeSpan.FromSeconds(2);
        });

    static async Task StillWellAsync(TestHost host)
    {
        // The server notes that it cannot pass over the rest of a body that the host has given up: after a body that came too slowly it has to.
        var errors = host.Log.Errors.Where(static text => !text.Contains("automatic draining of the request body", StringComparison.Ordinal)).ToList();
        Assert.True(errors.Count == 0, string.Join("\n\n", errors.Take(3)));
        await Eventually.TrueAsync(() => host.Services.IsIdle());
        (await host.Client.PostAsync("v1/voice/conversions", Tones.WavContent())).EnsureSuccessStatusCode().Dispose();
    }

    /// <summary>Sends bytes and reads until the host closes or has answered. Status 0: it closed without an answer.</summary>
    static async Task<(int Status, string Text)> SendAsync(TestHost host, HostileRequest request)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync("127.0.0.1", host.Address.Port);
        var stream = socket.GetStream();
        var text = new StringBuilder();
        try
        {
            await stream.WriteAsync(request.Bytes);
            var buffer = new byte[8192];
            while (await stream.ReadAsync(buffer) is > 0 and var count && text.Length < 100_000)
                text.Append(Encoding.Latin1.GetString(buffer, 0, count));
        }
        catch (IOException)
        {
            // Closed while the rest was still being sent: what came before counts.
        }

        var answer = text.ToString();
        return (answer.StartsWith("HTTP/1.1 ", StringComparison.Ordinal) ? int.Parse(answer.AsSpan(9, 3), CultureInfo.InvariantCulture) : 0, answer);
    }

    static int? Variable(string name) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : null;
}
