using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Layers;
using MultiModal.Voice.Synthesis;

namespace MultiModal.Voice.Training.Networks;

/// <summary>Convolutions over every period-th sample ("DiscriminatorP"; Kong et al. 2020, "HiFi-GAN", section 2.3).</summary>
sealed class PeriodDiscriminator
{
    const int Kernel = 5;

    readonly List<(Tensor Weight, Tensor Bias, int Stride, int Padding)> convs = [];
    readonly int period;

    public PeriodDiscriminator(Scope scope, int period, DiscriminatorConfig config)
    {
        this.period = period;
        ReadOnlySpan<(int Channels, int Stride)> layers = [(32, 3), (128, 3), (512, 3), (1024, 3), (1024, 1)];
        var inputs = 1;
        foreach (var (original, stride) in layers)
        {
            var channels = config.Channels(original);
            var place = scope["convs"][convs.Count];
            convs.Add((place.Parameter("weight", channels, inputs, Kernel, 1), place.Parameter("bias", channels), stride, Kernel / 2));
            inputs = channels;
        }

        var post = scope["conv_post"];
        convs.Add((post.Parameter("weight", 1, inputs, 3, 1), post.Parameter("bias", 1), 1, 1));
    }

    /// <summary>[batch, 1, samples], of a length that is known, to the scores and the features of each layer.</summary>
    public (Tensor Score, IReadOnlyList<Tensor> Features) Forward(Tensor x)
    {
        var rest = (int)(x.Shape[2].Value % period);
        if (rest > 0) x = Ops.Pad(x, [0, 0, 0], [0, 0, period - rest], PadMode.Reflect);
        x = Ops.Reshape(x, x.Shape[0], 1, x.Shape[2] / period, period);
        var features = new List<Tensor>();
        for (var i = 0; i < convs.Count; i++)
        {
            var (weight, bias, stride, padding) = convs[i];
            x = Ops.Conv(x, weight, bias, [stride, 1], [padding, 0]);
            if (i < convs.Count - 1) x = Ops.LeakyRelu(x, Generator.Slope);
            features.Add(x);
        }

        return (x, features);
    }
}
