using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Layers;

namespace MultiModal.Voice.Synthesis;

/// <summary>
/// Dilated convolutions around which the signal passes (Kong et al. 2020, "HiFi-GAN", appendix A): "ResBlock1", pairs of a dilated and an
/// undilated convolution, or "ResBlock2", dilated ones alone.
/// </summary>
sealed class ResidualBlock
{
    readonly List<(Func<Tensor, Tensor> Activation, RowConv Conv)[]> steps = [];

    /// <summary>Declares its parameters.</summary>
    /// <param name="scope">Where they are.</param>
    /// <param name="channels">Channels in and out.</param>
    /// <param name="kernel">The kernel's length; odd.</param>
    /// <param name="dilations">The dilation of each step.</param>
    /// <param name="paired">Whether an undilated convolution follows each dilated one.</param>
    /// <param name="snake">Whether the activations are periodic ones with parameters, or leaky rectifiers.</param>
    public ResidualBlock(Scope scope, int channels, int kernel, IReadOnlyList<int> dilations, bool paired, bool snake)
    {
        for (var i = 0; i < dilations.Count; i++)
        {
            var dilated = new RowConv(
                scope[paired ? "convs1" : "convs"][i], channels, channels, kernel, padding: Padding(kernel, dilations[i]), dilation: dilations[i]);
            if (!paired)
            {
                steps.Add([(Activation(scope, channels, i, snake), dilated)]);
                continue;
            }

            var plain = new RowConv(scope["convs2"][i], channels, channels, kernel, padding: Padding(kernel, 1));
            steps.Add([(Activation(scope, channels, 2 * i, snake), dilated), (Activation(scope, channels, (2 * i) + 1, snake), plain)]);
        }
    }

    /// <summary>[batch, channels, 1, samples] to the same.</summary>
    /// <param name="x">The signal.</param>
    /// <param name="blocked">Whether the signal that passes around the convolutions stays in <see cref="BlockedLayout"/>.</param>
    public Tensor Forward(Tensor x, bool blocked)
    {
        foreach (var step in steps)
        {
            var h = blocked ? BlockedLayout.Enter(x) : x;
            x = step.Aggregate(h, (y, part) => part.Conv.Forward(part.Activation(y))) + x;
        }

        return x;
    }

    static int Padding(int kernel, int dilation) => (kernel - 1) * dilation / 2;

    static Func<Tensor, Tensor> Activation(Scope scope, int channels, int index, bool snake) =>
        snake ? new SnakeActivation(scope["activations"][index], channels).Forward : x => Ops.LeakyRelu(x, Generator.Slope);
}
