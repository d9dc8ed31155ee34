using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Layers;
using MultiModal.Runtime.Random;
using MultiModal.Runtime.Tests.Sessions;
using MultiModal.Runtime.Training;
using MultiModal.Runtime.Training.Optimizers;
using MultiModal.Runtime.Weights;

namespace MultiModal.Runtime.Tests.Training;

[Collection(SessionCollection.Name)]
public class TrainingSessionTests
{
    [Fact]
    public async Task Fitting_a_small_network_brings_the_loss_down()
    {
        var (graph, loss, parameters) = Network();
        await using var session = await TrainingSession.CreateAsync(graph, [new("loss", loss, parameters)]);
        var optimizer = new AdamW(parameters, new() { LearningRate = 0.02, WeightDecay = 0 });
        var inputs = Batch(seed: 3);
        session.Run(inputs);
        var first = session.Loss("loss");
        for (var step = 0; step < 200; step++)
        {
            session.Run(inputs);
            Assert.True(optimizer.Step().Applied);
        }

        Assert.True(session.Loss("loss") < first / 50, $"The loss went from {first} to {session.Loss("loss")}.");
    }

    [Fact]
    public async Task Accumulated_gradients_are_the_sum_over_runs()
    {
        var (graph, loss, parameters) = Network();
        await using var session = await TrainingSession.CreateAsync(graph, [new("loss", loss, parameters)]);
        var expected = parameters.Select(p => new float[p.Value.Length]).ToArray();
        foreach (var seed in (ulong[])[4, 5])
        {
            session.Run(Batch(seed));
            for (var i = 0; i < expected.Length; i++)
                for (var k = 0; k < expected[i].Length; k++) expected[i][k] += parameters[i].Gradient.Floats[k];
        }

        session.Run(Batch(4));
        session.Run(Batch(5), accumulate: true);
        for (var i = 0; i < expected.Length; i++) Assert.Equal(expected[i], parameters[i].Gradient.Floats.ToArray());
    }

    [Fact]
    public async Task A_generator_and_its_discriminator_are_trained_by_one_graph()
    {
        var graph = new Graph();
        var noise = graph.Input("noise", DType.Float32, 8, 2);
        var real = graph.Input("real", DType.Float32, 8, 3);
        var fake = new Linear(graph.Root["generator"], 2, 3).Forward(noise);
        var judge = new Linear(graph.Root["discriminator"], 3, 1);
        var onReal = judge.Forward(real);
        var lossD = Ops.Mean((onReal - 1f) * (onReal - 1f)) + Ops.Mean(Square(judge.Forward(Ops.StopGradient(fake))));
        var lossG = Ops.Mean(Square(judge.Forward(fake) - 1f));
        graph.Output("fake", fake);
        var (generator, discriminator) = (new ParameterSet(), new ParameterSet());
        generator.AddFresh(graph, new TorchRandom(1), name => name.StartsWith("generator", StringComparison.Ordinal));
        discriminator.AddFresh(graph, new TorchRandom(2), name => name.StartsWith("discriminator", StringComparison.Ordinal));
        await using var session = await TrainingSession.CreateAsync(graph, [new("d", lossD, discriminator), new("g", lossG, generator)]);
        session.Run(new Dictionary<string, TensorData> { ["noise"] = new TorchRandom(3).Normal(8, 2), ["real"] = new TorchRandom(4).Normal(8, 3) });

        // dG: 2 / 8 sum (D(fake) - 1) w; the loss of the discriminator must not have come into it.
        var weight = discriminator["discriminator.weight"].Value.Floats.ToArray();
        var bias = discriminator["discriminator.bias"].Value.Floats[0];
        var expected = new double[3];
        for (var n = 0; n < 8; n++)
        {
            double judged = bias;
            for (var k = 0; k < 3; k++) judged += session.Output("fake").Floats[(n * 3) + k] * weight[k];
            for (var k = 0; k < 3; k++) expected[k] += 2.0 / 8 * (judged - 1) * weight[k];
        }

        for (var k = 0; k < 3; k++) Assert.Equal(expected[k], generator["generator.bias"].Gradient.Floats[k], 1e-5);
        Assert.Contains(discriminator["discriminator.weight"].Gradient.Floats.ToArray(), g => g != 0);
    }

    [Fact]
    public async Task Sets_may_be_read_without_being_trained_and_frozen_weights_are_part_of_the_network()
    {
        var (graph, loss, all) = Network();
        var frozen = new MemoryWeights([KeyValuePair.Create("first.weight", all["first.weight"].Value), KeyValuePair.Create("first.bias", all["first.bias"].Value)]);
        var (trained, read) = (new ParameterSet(), new ParameterSet());
        trained.Add("second.weight", all["second.weight"].Value);
        read.Add("second.bias", all["second.bias"].Value);
        await using var session = await TrainingSession.CreateAsync(graph, [new("loss", loss, trained)], frozen, [read]);
        session.Run(Batch(3));
        var before = session.Loss("loss");
        read["second.bias"].Value.Floats[0] += 1;
        session.Run(Batch(3));
        Assert.NotEqual(before, session.Loss("loss"));
        Assert.Equal(["second.weight"], session.Trained.Select(p => p.Name));
    }

    [Fact]
    public async Task A_parameter_the_loss_does_not_reach_is_an_error_that_names_it()
    {
        var (graph, loss, parameters) = Network();
        graph.Parameter("lonely", DType.Float32, 2);
        parameters.Add("lonely", TensorData.Zeros(DType.Float32, 2));
        var error = await Assert.ThrowsAsync<GraphException>(() => TrainingSession.CreateAsync(graph, [new("loss", loss, parameters)]));
        Assert.Contains("lonely", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_parameter_of_another_shape_is_an_error()
    {
        var (graph, loss, _) = Network();
        var wrong = new ParameterSet();
        wrong.Add("second.weight", TensorData.Zeros(DType.Float32, 2, 5));
        var error = await Assert.ThrowsAsync<ArgumentException>(() => TrainingSession.CreateAsync(graph, [new("loss", loss, wrong)]));
        Assert.Contains("second.weight", error.Message, StringComparison.Ordinal);
    }

    internal static (Graph Graph, Tensor Loss, ParameterSet Parameters) Network()
    {
        var graph = new Graph();
        var x = graph.Input("x", DType.Float32, 16, 3);
        var wanted = graph.Input("wanted", DType.Float32, 16, 1);
        var hidden = Ops.Silu(new Linear(graph.Root["first"], 3, 8).Forward(x));
        var y = new Linear(graph.Root["second"], 8, 1).Forward(hidden);
        var parameters = new ParameterSet();
        parameters.AddFresh(graph, new TorchRandom(1));
        return (graph, Ops.Mean(Square(y - wanted)), parameters);
    }

    internal static Dictionary<string, TensorData> Batch(ulong seed)
    {
        var x = new TorchRandom(seed).Normal(16, 3);
        var wanted = TensorData.Zeros(DType.Float32, 16, 1);
        for (var i = 0; i < 16; i++) wanted.Floats[i] = MathF.Sin(x.Floats[3 * i]) + (x.Floats[(3 * i) + 1] * x.Floats[(3 * i) + 2]);
        return new() { ["x"] = x, ["wanted"] = wanted };
    }

    static Tensor Square(Tensor x) => x * x;
}
