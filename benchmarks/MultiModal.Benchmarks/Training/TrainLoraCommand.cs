using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using MultiModal.Benchmarks.Diffusion;
using MultiModal.Diffusion.Networks;
using MultiModal.Runtime;
using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Random;
using MultiModal.Runtime.Training;
using MultiModal.Runtime.Training.Optimizers;
using MultiModal.Runtime.Weights;

namespace MultiModal.Benchmarks.Training;

/// <summary>Training a LoRA beside the attention of Stable Diffusion 1.5 at full size: seconds a step, efficiency and peak memory.</summary>
static class TrainLoraCommand
{
    public static Command Create()
    {
        var folder = new Option<string>("--folder") { Description = "Where the generated model is or will be (2.1 GB).", DefaultValueFactory = _ => "artifacts/bench/sd15" };
        var steps = new Option<int>("--steps") { Description = "How many steps.", DefaultValueFactory = _ => 25 };
        var side = new Option<int>("--size") { Description = "Height and width of the pictures.", DefaultValueFactory = _ => 256 };
        var rank = new Option<int>("--rank") { Description = "The LoRA's rank.", DefaultValueFactory = _ => 128 };
        var recompute = new Option<bool>("--recompute") { Description = "Compute each block again on the way back instead of keeping it." };
        var command = new Command("train-lora", "A LoRA on Stable Diffusion 1.5 at full size.") { folder, steps, side, rank, recompute };
        command.SetAction((arguments, cancellationToken) => RunAsync(
            arguments.GetRequiredValue(folder), arguments.GetValue(steps), arguments.GetValue(side) / 8, arguments.GetValue(rank), arguments.GetValue(recompute), cancellationToken));
        return command;
    }

    static async Task RunAsync(string folder, int steps, int side, int rank, bool recompute, CancellationToken cancellationToken)
    {
        FullSizeModel.Write(folder);
        using var rate = await MatMulRate.CreateAsync(new());
        rate.Measure(3);
        var network = new Graph();
        var prediction = new UNet2DCondition(network.Root, new() { CrossAttentionSize = 768 }).Forward(
            network.Input("sample", DType.Float32, 1, 4, side, side), network.Input("timestep", DType.Float32, 1), network.Input("text", DType.Float32, 1, 77, 768));
        network.Output("prediction", prediction);
        string[] targets = [".to_q.weight", ".to_k.weight", ".to_v.weight", ".to_out.0.weight"];
        var graph = LowRankAdapters.Apply(network, name => targets.Any(t => name.EndsWith(t, StringComparison.Ordinal)) ? new($"{name}.down", $"{name}.up", rank, 1) : null);
        var forward = GraphCost.Of(graph).FloatingPointOperations;
        var error = graph.Outputs[0].Tensor - graph.Input("noise", DType.Float32, 1, 4, side, side);
        var parameters = new ParameterSet();
        parameters.AddFresh(graph, new TorchRandom(1), name => name.EndsWith(".down", StringComparison.Ordinal) || name.EndsWith(".up", StringComparison.Ordinal));
        foreach (var up in parameters.Where(p => p.Name.EndsWith(".up", StringComparison.Ordinal))) up.Value.Floats.Clear();
        string[] blocks = recompute ? [.. Blocks(graph)] : [];

        var clock = Stopwatch.StartNew();
        using var weights = WeightFiles.Open(Path.Combine(folder, "unet", "diffusion_pytorch_model.safetensors"));
        await using var session = await TrainingSession.CreateAsync(
            graph, [new("loss", Ops.Mean(error * error), parameters) { Recompute = blocks }], weights, cancellationToken: cancellationToken);
        Console.WriteLine(Text($"{parameters.ElementCount / 1e6:F1} M parameters of rank {rank}; compiled in {clock.Elapsed.TotalSeconds:F1} s; {ProcessMemory.Peak() / 1e9:F1} GB at most so far"));
        var whole = GraphCost.Of(graph).FloatingPointOperations;
        var optimizer = new AdamW(parameters, new() { LearningRate = 1e-4 });
        var random = new TorchRandom(2);
        var inputs = new Dictionary<string, TensorData>
        {
            ["sample"] = random.Normal(1, 4, side, side), ["noise"] = random.Normal(1, 4, side, side),
            ["text"] = random.Normal(1, 77, 768), ["timestep"] = TensorData.Of([500f], 1),
        };
        var times = new List<double>();
        for (var step = 0; step < steps; step++)
        {
            clock.Restart();
            session.Run(inputs, cancellationToken: cancellationToken);
            optimizer.Step(clipNorm: 1);
            times.Add(clock.Elapsed.TotalSeconds);
            Console.WriteLine(Text($"  step {step + 1}: loss {session.Loss("loss"):F4}, {times[^1]:F2} s"));
        }

        rate.Measure(3);
        var median = times.Order().ElementAt(times.Count / 2);
        Console.WriteLine(Text($"{steps} steps at {side * 8}x{side * 8}: {times.Sum():F0} s, {median:F2} s a step; peak memory {ProcessMemory.Peak() / 1e9:F1} GB"));
        Console.WriteLine(Text($"forward {forward / 1e12:F3} TFLOP, with gradients {whole / 1e12:F3}; MatMul 2048^3 {rate.Median / 1e9:F0} GFLOP/s; efficiency {whole / median / rate.Median:F2}"));
    }

    /// <summary>The residual and attention blocks.</summary>
    static IEnumerable<string> Blocks(Graph graph) => graph.Parameters.Keys
        .Select(name => name.Split('.'))
        .Select(path => (Path: path, At: Array.FindIndex(path, part => part is "resnets" or "attentions")))
        .Where(found => found.At > 0 && found.At + 1 < found.Path.Length)
        .Select(found => string.Join('.', found.Path[..(found.At + 2)]) + ".").Distinct();

    static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
