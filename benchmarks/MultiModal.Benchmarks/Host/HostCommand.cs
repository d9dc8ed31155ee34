using System.CommandLine;

namespace MultiModal.Benchmarks.Host;

/// <summary>gRPC against REST for the same voice calls: same host, same engine, same machine, turn about.</summary>
static class HostCommand
{
    /// <summary>Sound of a call, in seconds: from a block of a live stream to a sentence.</summary>
    static readonly double[] Lengths = [0.02, 0.25, 1, 10];

    public static Command Create()
    {
        var seconds = new Option<double>("--seconds") { Description = "How long each way is measured each time.", DefaultValueFactory = _ => 1.0 };
        var rounds = new Option<int>("--rounds") { Description = "How often the ways take turns.", DefaultValueFactory = _ => 3 };
        var clients = new Option<int>("--clients") { Description = "Calls under way at once.", DefaultValueFactory = _ => 4 };
        var command = new Command("host", "Throughput of voice calls over gRPC and REST, with an engine that costs next to nothing.") { seconds, rounds, clients };
        command.SetAction((arguments, cancellationToken) => RunAsync(
            TimeSpan.FromSeconds(arguments.GetValue(seconds)), arguments.GetValue(rounds), arguments.GetValue(clients), cancellationToken));
        return command;
    }

    static async Task RunAsync(TimeSpan duration, int rounds, int clients, CancellationToken cancellationToken)
    {
        await using var host = await EchoHost.StartAsync();
        Console.WriteLine($"{clients} calls at once, {rounds} rounds of {duration.TotalSeconds:0.#} s, 48 kHz, one channel, 16 bits.");
        Console.WriteLine("| sound of a call | REST, form | REST, body | gRPC, call | gRPC, stream | gRPC call / REST body | gRPC call / REST form | gRPC stream / REST body |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|");
        foreach (var length in Lengths)
        {
            var sound = new Sound((int)(length * Sound.Rate));
            Func<IVoiceCall>[] ways =
            [
                () => new RestCall(host.Address, sound, asForm: true),
                () => new RestCall(host.Address, sound, asForm: false),
                () => new GrpcCall(host.Http2Address, sound),
                () => new GrpcStream(host.Http2Address, sound),
            ];
            var rates = new double[ways.Length];
            // Warmed up once, then turn about, and the best round of each: what else the machine does hits all of them alike.
            foreach (var way in ways) await MeasureAsync(way, TimeSpan.FromSeconds(0.5), clients, cancellationToken);
            for (var round = 0; round < rounds; round++)
            {
                for (var i = 0; i < ways.Length; i++)
                    rates[i] = Math.Max(rates[i], await MeasureAsync(ways[i], duration, clients, cancellationToken));
            }

            Console.WriteLine(
                $"| {length:0.##} s | {rates[0]:0}/s | {rates[1]:0}/s | {rates[2]:0}/s | {rates[3]:0}/s | {rates[2] / rates[1]:0.00} | {rates[2] / rates[0]:0.00} | {rates[3] / rates[1]:0.00} |");
        }
    }

    /// <summary>Calls a second.</summary>
    static async Task<double> MeasureAsync(Func<IVoiceCall> way, TimeSpan duration, int clients, CancellationToken cancellationToken)
    {
        var watch = System.Diagnostics.Stopwatch.StartNew();
        var counts = await Task.WhenAll(Enumerable.Range(0, clients).Select(_ => Task.Run(async () =>
        {
            await using var call = way();
            var count = 0;
            for (; watch.Elapsed < duration; count++)
                await call.InvokeAsync(cancellationToken);
            return count;
        }, cancellationToken)));
        return counts.Sum() / watch.Elapsed.TotalSeconds;
    }
}
