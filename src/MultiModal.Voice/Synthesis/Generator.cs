using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Layers;

namespace MultiModal.Voice.Synthesis;

/// <summary>
/// The decoder ("dec"): a HiFi-GAN generator (Kong et al. 2020) to which a harmonic source is added after every upsampling, as in neural
/// source-filter models (Wang et al. 2019). The source comes from outside, see <see cref="HarmonicSource"/>.
/// </summary>
sealed class Generator
{
    /// <summary>The slope of the leaky rectifiers, but the last.</summary>
    internal const float Slope = 0.1f;

    // The last one is written without its slope in every descendant of HiFi-GAN, and so has PyTorch's default.
    const float LastSlope = 0.01f;

    readonly List<Stage> stages = [];
    readonly RowConv pre, post;
    readonly RowConv? condition;
    readonly Func<Tensor, Tensor> last;
    readonly GeneratorConfig config;

    /// <summary>Declares its parameters.</summary>
    /// <param name="scope">Where they are.</param>
    /// <param name="config">The dimensions.</param>
    public Generator(Scope scope, GeneratorConfig config)
    {
        this.config = config;
        pre = new(scope["conv_pre"], config.InputChannels, config.InitialChannels, 7, padding: 3);
        if (config.SpeakerChannels is { } features) condition = new(scope["cond"], features, config.InitialChannels, 1);
        var channels = config.InitialChannels;
        for (var i = 0; i < config.UpsampleRates.Count; i++)
        {
            stages.Add(new(scope, config, i, channels));
            channels /= 2;
        }

        last = config.Snake ? new SnakeActivation(scope["snake_post"], channels).Forward : x => Ops.LeakyRelu(x, LastSlope);
        post = new(scope["conv_post"], channels, 1, 7, padding: 3);
    }

    /// <summary>Applies it.</summary>
    /// <param name="z">The latent, or a mel spectrogram: [batch, input, frames].</param>
    /// <param name="source">[batch, 1, frames * hop]</param>
    /// <param name="speaker">[batch, features, 1 or frames]; null for a vocoder that has no speakers.</param>
    /// <param name="plan">How it is laid out for inference; null, the default, as the paper has it.</param>
    /// <returns>Sound: [batch, 1, frames * hop].</returns>
    public Tensor Forward(Tensor z, Tensor source, Tensor? speaker, GeneratorPlan? plan = null)
    {
        var x = pre.Forward(Ops.Unsqueeze(z, 2));
        if (condition is not null) x += condition.Forward(Ops.Unsqueeze(speaker!, 2));
        source = Ops.Unsqueeze(source, 2);
        SignalParts? parts = null;
        for (var i = 0; i < stages.Count; i++)
        {
            if (plan is { Parts: > 1 } && plan.FirstStage == i)
            {
                parts = new(plan, x.Shape[0], x.Shape[3]);
                (x, source) = (parts.Split(x, 1), parts.Split(source, stages.Skip(i).Aggregate(1, (product, stage) => product * stage.Rate)));
            }

            x = stages[i].Forward(x, source, blocked: plan is not null && !config.Snake);
        }

        x = Ops.Tanh(post.Forward(last(x)));
        if (parts is not null) x = parts.Join(x, stages.Skip(plan!.FirstStage).Aggregate(1, (product, stage) => product * stage.Rate));
        return Ops.Squeeze(x, 2);
    }

    sealed class Stage
    {
        readonly Func<Tensor, Tensor> activation;
        readonly RowConvTranspose up;
        readonly RowConv noise;
        readonly List<ResidualBlock> blocks = [];

        /// <summary>By how much it upsamples.</summary>
        public int Rate { get; }

        public Stage(Scope scope, GeneratorConfig config, int index, int channels)
        {
            var (rate, kernel) = (config.UpsampleRates[index], config.UpsampleKernels[index]);
            Rate = rate;
            activation = config.Snake ? new SnakeActivation(scope["snakes"][index], channels).Forward : x => Ops.LeakyRelu(x, Slope);
            up = new(scope["ups"][index], channels, channels / 2, kernel, rate, (kernel - rate + 1) / 2);
            // The source is brought to this stage's rate by a strided convolution over two periods of it.
            var rest = config.UpsampleRates.Skip(index + 1).Aggregate(1, (product, r) => product * r);
            noise = index + 1 < config.UpsampleRates.Count
                ? new(scope["noise_convs"][index], 1, channels / 2, 2 * rest, rest, (rest + 1) / 2)
                : new(scope["noise_convs"][index], 1, channels / 2, 1);
            for (var j = 0; j < config.ResidualKernels.Count; j++)
            {
                blocks.Add(new(
                    scope["resblocks"][(index * config.ResidualKernels.Count) + j], channels / 2, config.ResidualKernels[j],
                    config.ResidualDilations[j], config.PairedResiduals, config.Snake));
            }
        }

        public Tensor Forward(Tensor x, Tensor source, bool blocked)
        {
            x = up.Forward(activation(x)) + noise.Forward(source);
            if (blocked) x = BlockedLayout.Enter(x);
            return blocks.Select(block => block.Forward(x, blocked)).Aggregate((a, b) => a + b) / blocks.Count;
        }
    }
}
