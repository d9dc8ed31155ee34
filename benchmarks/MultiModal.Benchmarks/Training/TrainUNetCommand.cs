using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Sessions;
using MultiModal.Runtime.Training;
using MultiModal.Runtime.Training.Optimizers;

namespace MultiModal.Benchmarks.Training;

/// <summary>A training step of a tiny UNet: seconds, and efficiency against the rate of plain matrix products in the same process.</summary>
static class TrainUNetCommand
{
    public static Command Create()
    {
        var steps = new Option<int>("--steps") { Description = "How many steps.", DefaultValueFactory = _ => 12 };
        var profile = new Option<string?>("--profile") { Description = "Write a profile of the steps to this path (a prefix)." };
        var command = new Command("train-unet", "A training step of a UNet of 9 M parameters, batch 32 at 16x16.") { steps, profile };
        command.SetAction((arguments, cancellationToken) => RunAsync(arguments.GetValue(steps), arguments.GetValue(profile), cancellationToken));
        return command;
    }

    static async Task RunAsync(int steps, string? profile, CancellationToken cancellationToken)
    {
        var options = new RuntimeOptions { ProfilePrefix = profile };
        using var rate = await MatMulRate.CreateAsync(new());
        var (graph, loss, parameters) = TinyUNet.Build();
        graph.Output("loss", loss);
        var forward = GraphCost.Of(graph).FloatingPointOperations;
        (graph, loss, parameters) = TinyUNet.Build();
        var clock = Stopwatch.StartNew();
        await using var session = await TrainingSession.CreateAsync(graph, [new("loss", loss, parameters)], options: options, cancellationToken: cancellationToken);
        var whole = GraphCost.Of(graph);
        Console.WriteLine(Text($"{parameters.ElementCount / 1e6:F1} M parameters; forward {forward / 1e9:F1} GFLOP, with gradients {whole.FloatingPointOperations / 1e9:F1} GFLOP; compiled in {clock.Elapsed.TotalSeconds:F1} s"));
        var optimizer = new AdamW(parameters, new() { LearningRate = 1e-4 });
        var inputs = TinyUNet.Inputs();
        var (runs, updates) = (new List<double>(), new List<double>());
        for (var step = 0; step < steps; step++)
        {
            if (step % 3 == 0) rate.Measure(2);
            clock.Restart();
            session.Run(inputs, cancellationToken: cancellationToken);
            runs.Add(clock.Elapsed.TotalSeconds);
            clock.Restart();
            optimizer.Step(clipNorm: 1);
            updates.Add(clock.Elapsed.TotalSeconds);
        }

        var (run, update) = (Median(runs), Median(updates));
        Console.WriteLine(Text($"first step {runs[0]:F2} s; step {run + update:F3} s, of which the optimiser {update * 1e3:F0} ms; loss {session.Loss("loss"):F3}"));
        Console.WriteLine(Text($"MatMul 2048^3: {rate.Median / 1e9:F0} GFLOP/s; efficiency {whole.FloatingPointOperations / (run + update) / rate.Median:P0}"));
    }

    static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
