using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using MultiModal.Runtime;
using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Graphs.Onnx;
using MultiModal.Runtime.Graphs.Passes;
using MultiModal.Runtime.Sessions;

namespace MultiModal.Benchmarks.Graphs;

/// <summary>What each pass wins: blocks of real networks with all passes, without each in turn, and without any.</summary>
static class PassesCommand
{
    public static Command Create()
    {
        var rounds = new Option<int>("--rounds") { Description = "Runs of each variant; the fastest counts.", DefaultValueFactory = _ => 15 };
        var placement = new Option<WeightPlacement>("--weights") { Description = "Where weights live.", DefaultValueFactory = _ => WeightPlacement.Constant };
        var only = new Option<string>("--block") { Description = "Only blocks whose name holds this.", DefaultValueFactory = _ => "" };
        var command = new Command("passes", "Each pass on and off, as ratios of times.") { rounds, placement, only };
        command.SetAction((arguments, cancellationToken) =>
            RunAsync(arguments.GetRequiredValue(only), arguments.GetValue(rounds), new() { Weights = arguments.GetValue(placement) }, cancellationToken));
        return command;
    }

    static async Task RunAsync(string only, int rounds, RuntimeOptions options, CancellationToken cancellationToken)
    {
        Console.WriteLine("| block | without | time / time with all passes |");
        Console.WriteLine("|---|---|---|");
        foreach (var block in Block.All.Where(b => b.Name.Contains(only, StringComparison.OrdinalIgnoreCase)))
        {
            var graph = new Graph();
            block.Build(graph);
            List<Variant> variants = [new("nothing", graph.Optimise())];
            foreach (var pass in GraphPasses.Default)
            {
                // A pass that changes nothing here needs no row.
                var without = graph.Optimise([.. GraphPasses.Default.Where(p => p != pass)]);
                if (!without.CountOperations().SequenceEqual(variants[0].Graph.CountOperations())) variants.Add(new(pass.Name, without));
            }

            variants.Add(new("any pass", graph));
            foreach (var variant in variants) await variant.LoadAsync(block, options, cancellationToken);

            // All variants in turn, so that what else the machine does meets them alike.
            for (var round = 0; round < rounds; round++)
                foreach (var variant in variants) variant.Run(cancellationToken);
            foreach (var variant in variants.Skip(1))
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {block.Name} | {variant.Name} | {variant.Fastest / variants[0].Fastest:F2} |"));
            foreach (var variant in variants) variant.Dispose();
        }
    }

    sealed class Variant(string name, Graph graph) : IDisposable
    {
        readonly List<double> times = [];
        NetworkSession? session;
        SessionBinding? binding;

        public string Name => name;

        public Graph Graph => graph;

        /// <summary>The fastest run: what else the machine does only ever adds.</summary>
        public double Fastest => times.Min();

        public async Task LoadAsync(Block block, RuntimeOptions options, CancellationToken cancellationToken)
        {
            using var weights = new GeneratedWeights(graph);
            session = await NetworkSession.CreateAsync(OnnxWriter.Write(graph, weights), options, cancellationToken: cancellationToken);
            binding = session.CreateBinding();
            foreach (var input in graph.Inputs.Zip(session.Inputs))
            {
                long[] shape = [.. input.First.Shape.Select(d => d.Evaluate(block.Sizes))];
                var random = new Random(1);
                var values = new float[TensorData.ElementCount(shape)];
                foreach (ref var value in values.AsSpan()) value = (random.NextSingle() * 2) - 1;
                binding.SetInput(input.Second.Name, TensorData.Of(values, shape));
            }

            binding.Run(cancellationToken);
            binding.Run(cancellationToken);
        }

        public void Run(CancellationToken cancellationToken)
        {
            var clock = Stopwatch.StartNew();
            binding!.Run(cancellationToken);
            times.Add(clock.Elapsed.TotalSeconds);
        }

        public void Dispose()
        {
            binding?.Dispose();
            session?.Dispose();
        }
    }
}
