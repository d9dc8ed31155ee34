using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Layers;

namespace MultiModal.Voice.Synthesis;

/// <summary>A stack of gated convolutions with residual and skip connections, conditioned on the speaker: "WN" in the original.</summary>
sealed class WaveNet
{
    readonly List<(Func<Tensor, Tensor> Input, Conv Output)> layers = [];
    readonly Conv condition;
    readonly int channels;

    /// <summary>Declares its parameters.</summary>
    /// <param name="scope">Where they are.</param>
    /// <param name="channels">Channels in and out.</param>
    /// <param name="kernel">The kernel's length; odd.</param>
    /// <param name="count">How many layers.</param>
    /// <param name="speakerChannels">The length of the speaker embedding.</param>
    /// <param name="depthwise">Whether the convolutions over time are depthwise, with a 1x1 convolution after them.</param>
    public WaveNet(Scope scope, int channels, int kernel, int count, int speakerChannels, bool depthwise)
    {
        this.channels = channels;
        condition = Conv.OneD(scope["cond_layer"], speakerChannels, 2 * channels * count, 1);
        for (var i = 0; i < count; i++)
        {
            // The last layer has nothing to pass on: all of its output is skip.
            layers.Add((
                Input(scope["in_layers"][i], channels, kernel, depthwise),
                Conv.OneD(scope["res_skip_layers"][i], channels, i < count - 1 ? 2 * channels : channels, 1)));
        }
    }

    /// <summary>[batch, channels, frames] and the speaker, [batch, features, 1 or frames], to [batch, channels, frames].</summary>
    public Tensor Forward(Tensor x, Tensor? mask, Tensor speaker)
    {
        var conditions = Ops.Chunk(condition.Forward(speaker), layers.Count, 1);
        Tensor? sum = null;
        for (var i = 0; i < layers.Count; i++)
        {
            var passed = layers[i].Output.Forward(Gate.Apply(layers[i].Input(x), conditions[i], channels));
            if (i < layers.Count - 1)
            {
                var parts = Ops.Split(passed, 1, channels, channels);
                x = FrameMask.Apply(x + parts[0], mask);
                passed = parts[1];
            }

            sum = sum is null ? passed : sum + passed;
        }

        return FrameMask.Apply(sum!, mask);
    }

    static Func<Tensor, Tensor> Input(Scope scope, int channels, int kernel, bool depthwise)
    {
        if (!depthwise) return Conv.OneD(scope, channels, 2 * channels, kernel, padding: kernel / 2).Forward;
        var depth = Conv.OneD(scope["depth_conv"], channels, channels, kernel, padding: kernel / 2, groups: channels);
        var point = Conv.OneD(scope["point_conv"], channels, 2 * channels, 1);
        return x => point.Forward(depth.Forward(x));
    }
}
