using MultiModal.Runtime;
using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Layers;

namespace MultiModal.Voice.Synthesis;

/// <summary>
/// x + sin^2(e^alpha x) / e^beta at twice the sampling rate, so that what it adds above half the rate does not fold back ("SnakeAlias";
/// Lee et al. 2023, "BigVGAN", section 3.2).
/// </summary>
/// <remarks>
/// Both filters are the same Kaiser-windowed sinc for all channels, so that channels become the batch. The signal at twice the rate is kept as
/// two phases, [channels, 2, samples]: a stride and an interleaving less. The original computes the filters and does not read the
/// checkpoint's buffers of them; neither does this.
/// </remarks>
/// <param name="scope">Where "act.alpha" and "act.beta" are.</param>
/// <param name="channels">Channels in and out.</param>
sealed class SnakeActivation(Scope scope, int channels)
{
    const int Taps = 12;
    const int Reach = 3;

    readonly Tensor alpha = scope.Parameter("act.alpha", channels);
    readonly Tensor beta = scope.Parameter("act.beta", channels);

    /// <summary>[batch, channels, 1, samples] to the same.</summary>
    public Tensor Forward(Tensor x)
    {
        var (batch, samples) = (x.Shape[0], x.Shape[3]);
        var filter = KaiserSinc.HalfBand(Taps);
        var rows = batch * channels;

        var single = Ops.Reshape(Ops.Pad(x, [0, 0, 0, Reach], [0, 0, 0, Reach], PadMode.Edge), rows, 1, samples + (2 * Reach));
        var phases = Ops.Reshape(Ops.Conv(single, Doubling(x.Graph, filter)), batch, channels, 2, samples);

        var frequency = Ops.Reshape(Ops.Exp(alpha), channels, 1, 1);
        var magnitude = Ops.Reshape(1f / (Ops.Exp(beta) + 1e-9f), channels, 1, 1);
        var sine = Ops.Sin(phases * frequency);
        var bent = Ops.Reshape(phases + sine * sine * magnitude, rows, 2, samples);

        // The ends continue with the first and the last sample, which are in different phases.
        var before = Ops.Expand(Ops.Slice(Ops.Slice(bent, 1, 0, 1), 2, 0, 1), rows, 2, Reach);
        var after = Ops.Expand(Ops.Slice(Ops.Slice(bent, 1, 1, 2), 2, samples - 1, samples), rows, 2, Reach);
        return Ops.Reshape(Ops.Conv(Ops.Concat(2, before, bent, after), Halving(x.Graph, filter)), batch, channels, 1, samples);
    }

    /// <summary>The transposed convolution with stride 2, as one convolution for the even samples and one for the odd: [2, 1, 7].</summary>
    static Tensor Doubling(Graph graph, float[] filter)
    {
        var weight = new float[2 * 7];
        for (var j = 0; j < 6; j++)
        {
            weight[j] = 2 * filter[11 - (2 * j)];
            weight[7 + 1 + j] = 2 * filter[10 - (2 * j)];
        }

        return graph.Constant(TensorData.Of(weight, 2, 1, 7));
    }

    /// <summary>The convolution with stride 2, over two phases: [1, 2, 7].</summary>
    static Tensor Halving(Graph graph, float[] filter)
    {
        var weight = new float[2 * 7];
        for (var phase = 0; phase < 2; phase++)
        {
            for (var d = -Reach; d <= Reach; d++)
            {
                var tap = (2 * d) + phase + 5;
                if (tap is >= 0 and < Taps) weight[(7 * phase) + d + Reach] = filter[tap];
            }
        }

        return graph.Constant(TensorData.Of(weight, 1, 2, 7));
    }
}
