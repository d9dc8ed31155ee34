using MultiModal.Runtime;
using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Weights;
using MultiModal.Testing;
using MultiModal.Voice.Synthesis;
using MultiModal.Voice.Tests.Diffusion;

namespace MultiModal.Voice.Tests.Synthesis;

public sealed class GeneratorPlanTests
{
    [Theory]
    [InlineData(2, 1, false, true)]
    [InlineData(4, 1, false, true)]
    [InlineData(8, 3, false, false)]
    [InlineData(2, 2, true, true)]
    public async Task Parts_sound_as_the_whole(int threads, int batch, bool snake, bool paired)
    {
        var config = new GeneratorConfig
        {
            InputChannels = 8, InitialChannels = 32, SpeakerChannels = 5, UpsampleRates = [8, 4, 2], UpsampleKernels = [16, 8, 4],
            ResidualKernels = [3, 7], ResidualDilations = [[1, 3], [1, 5]], PairedResiduals = paired, Snake = snake,
        };
        var plan = GeneratorPlan.For(config, threads) with { FirstStage = 1 };
        // The plan would cut where channels are few; cut later here, where the signal has a rate already.
        plan = plan with { Parts = threads, Margin = 150 };
        var frames = 160;
        var weights = Build(config, null).Parameters.ToDictionary(p => p.Key, p => TinyDiffusion.Weights(p.Key, p.Value.Shape.ToLongs()));
        var inputs = new Dictionary<string, TensorData>
        {
            ["z"] = TinyDiffusion.Weights("z", [batch, 8, frames]), ["source"] = TinyDiffusion.Weights("source", [batch, 1, frames * 64]), ["speaker"] = TinyDiffusion.Weights("speaker", [batch, 5, 1]),
        };
        using var source = new MemoryWeights(weights);
        var whole = await NetworkRun.RunAsync(Build(config, null), source, inputs);
        var parts = await NetworkRun.RunAsync(Build(config, plan), source, inputs);
        Compare.Close(whole["audio"], parts["audio"], 1e-5, "sound");
    }

    [Fact]
    public void The_margins_are_what_the_late_stages_see()
    {
        var config = new GeneratorConfig
        {
            InputChannels = 192, InitialChannels = 512, UpsampleRates = [8, 8, 2, 2, 2], UpsampleKernels = [16, 16, 4, 4, 4],
            ResidualKernels = [3, 7, 11], ResidualDilations = [[1, 3, 5], [1, 3, 5], [1, 3, 5]],
        };
        var plan = GeneratorPlan.For(config, 2);
        Assert.Equal((2, 2), (plan.Parts, plan.FirstStage));
        // Sixty samples of each stage for its longest kernel, halved on the way in, and the edges of the transposed convolutions.
        Assert.InRange(plan.Margin, 56, 64);
        Assert.Equal(4, plan.LeastFrames);
        Assert.Equal(1, GeneratorPlan.For(config, 1).Parts);
        Assert.Equal(8, GeneratorPlan.For(config, 24).Parts);
        Assert.Equal(1, GeneratorPlan.For(config with { InitialChannels = 4096 }, 8).Parts);
    }

    static Graph Build(GeneratorConfig config, GeneratorPlan? plan)
    {
        var graph = new Graph();
        var (batch, frames) = (Dim.Symbol("batch"), Dim.Symbol("frames"));
        var z = graph.Input("z", DType.Float32, batch, config.InputChannels, frames);
        var source = graph.Input("source", DType.Float32, batch, 1, frames * config.Hop);
        var speaker = graph.Input("speaker", DType.Float32, batch, 5, 1);
        graph.Output("audio", new Generator(graph.Root["dec"], config).Forward(z, source, speaker, plan));
        return graph;
    }
}
