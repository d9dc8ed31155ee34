using MultiModal.Runtime;
using MultiModal.Runtime.Graphs;

namespace MultiModal.Voice.Training.Networks;

/// <summary>What the discriminators minimise in a step. Inputs: real and made, [batch, 1, samples] each.</summary>
sealed class DiscriminatorObjective
{
    public DiscriminatorObjective(Graph graph, DiscriminatorConfig config, int batch, int samples)
    {
        var discriminator = new MultiPeriodDiscriminator(graph.Root, config);
        var real = discriminator.Forward(graph.Input("real", DType.Float32, batch, 1, samples));
        var made = discriminator.Forward(graph.Input("made", DType.Float32, batch, 1, samples));
        Loss = VoiceLosses.Discriminator([.. real.Select(r => r.Score)], [.. made.Select(m => m.Score)]);
    }

    public Tensor Loss { get; }
}
