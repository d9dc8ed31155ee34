using System.Diagnostics;
using MultiModal.AspNetCore.Tests.Support;
using MultiModal.Testing;

namespace MultiModal.AspNetCore.Tests.Grpc;

/// <summary>The wire protocol is small code of our own: whether it is gRPC, a client that others wrote has to say (grpc-js, by npm).</summary>
public sealed class NodeClientTests
{
    [NodeFact]
    public async Task Programs_in_other_languages_call_the_host_by_the_proto_file()
    {
        var folder = RepositoryFolder.PathOf("tests/MultiModal.AspNetCore.Tests/Grpc/NodeClient");
        // The lock file names every version and its hash; scripts of packages are not run.
        if (!Directory.Exists(Path.Combine(folder, "node_modules")))
            await RunAsync(folder, "npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"]);
        await using var host = await TestHost.StartAsync(options => options.Grpc.CompressAnswers = true);
        host.Painter.SlowPrompt = "slow";
        var proto = RepositoryFolder.PathOf("src/MultiModal.AspNetCore/Protos/multimodal.proto");
        var output = await RunAsync(folder, "node", ["check.mjs", $"127.0.0.1:{host.Http2Address.Port}", TestHost.ApiKey.Key, proto]);
        Assert.Equal(12, output.Split('\n').Count(static line => line.StartsWith("ok: ", StringComparison.Ordinal)));
        await Eventually.TrueAsync(() => host.Painter.Cancelled == 2 && host.Services.IsIdle());
    }

    static async Task<string> RunAsync(string folder, string program, string[] arguments)
    {
        var start = new ProcessStartInfo(Programs.Find(program)!, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(patience.Token), process.StandardError.ReadToEndAsync(patience.Token));
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} did not end: {await output}");
        }

        Assert.True(process.ExitCode == 0, $"{program}: {await output}\n{await errors}");
        return await output;
    }
}
