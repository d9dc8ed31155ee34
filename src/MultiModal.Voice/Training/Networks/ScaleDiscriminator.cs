using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Layers;
using MultiModal.Voice.Synthesis;

namespace MultiModal.Voice.Training.Networks;

/// <summary>Strided convolutions over the sound, in groups ("DiscriminatorS"; Kumar et al. 2019, "MelGAN", section 2.2).</summary>
sealed class ScaleDiscriminator
{
    readonly List<Conv> convs = [];
    readonly Conv post;

    public ScaleDiscriminator(Scope scope, DiscriminatorConfig config)
    {
        ReadOnlySpan<(int Channels, int Kernel, int Stride, int Groups)> layers =
            [(16, 15, 1, 1), (64, 41, 4, 4), (256, 41, 4, 16), (1024, 41, 4, 64), (1024, 41, 4, 256), (1024, 5, 1, 1)];
        var inputs = 1;
        foreach (var (original, kernel, stride, groups) in layers)
        {
            var channels = config.Channels(original);
            convs.Add(Conv.OneD(scope["convs"][convs.Count], inputs, channels, kernel, stride, kernel / 2, groups: Groups(groups, inputs, channels)));
            inputs = channels;
        }

        post = Conv.OneD(scope["conv_post"], inputs, 1, 3, padding: 1);
    }

    /// <summary>[batch, 1, samples] to the scores and the features of each layer.</summary>
    public (Tensor Score, IReadOnlyList<Tensor> Features) Forward(Tensor x)
    {
        var features = new List<Tensor>();
        foreach (var conv in convs)
        {
            x = Ops.LeakyRelu(conv.Forward(x), Generator.Slope);
            features.Add(x);
        }

        x = post.Forward(x);
        features.Add(x);
        return (x, features);
    }

    /// <summary>The original's groups, or as many as smaller layers allow.</summary>
    static int Groups(int groups, int inputs, int outputs)
    {
        while (inputs % groups != 0 || outputs % groups != 0) groups /= 2;
        return groups;
    }
}
