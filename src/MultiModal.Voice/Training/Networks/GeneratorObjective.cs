using MultiModal.Runtime;
using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Layers;
using MultiModal.Voice.Synthesis;

namespace MultiModal.Voice.Training.Networks;

/// <summary>
/// What the generator minimises in a step, as a graph. With batch B, frames T, segment S (frames of which sound is made) and hop H, its inputs are:
/// content [B, content, T], coarse and voiced int64 [B, T], pitch in Hz [B, 1, T], factor [B, 1, 1] (by which the pitch decoder's input varies),
/// volume [B, T], mask [B, 1, T], speaker int64 [B], spectrum [B, bins, T], noise [B, inter, T], selection [B, T, S] (a column has its 1 at
/// the frame it takes), harmonics [B, S H, harmonics], sound [B, 1, S H] and mel [B, mels, S]; only those that the stage uses.
/// </summary>
sealed class GeneratorObjective
{
    readonly SynthesizerConfig config;
    readonly ObjectiveOptions options;
    readonly List<(string Name, Tensor Value)> terms = [];
    readonly Tensor mask, speaker;

    /// <summary>Appends networks, losses and their sum to a graph, and declares each term ("loss_mel" ...), "audio" and "audio_mel" as its outputs.</summary>
    public GeneratorObjective(Graph graph, SynthesizerConfig config, ObjectiveOptions options)
    {
        Graph = graph;
        this.config = config;
        this.options = options;
        mask = Input("mask", 1, options.Frames);
        speaker = Ops.Unsqueeze(
            new Embedding(graph.Root["emb_g"], config.SpeakerCount, config.SpeakerChannels).Forward(graph.Input("speaker", DType.Int64, options.Batch)), 2);
        var latent = options.Stage == TrainingStage.Direct ? Converted() : Posterior();
        if (options.Stage != TrainingStage.Prior) Sound(latent);
        Loss = terms.Select(t => t.Value * Weight(t.Name)).Aggregate((a, b) => a + b);
        foreach (var (name, value) in terms) graph.Output($"loss_{name}", value);
    }

    public Graph Graph { get; }

    /// <summary>The weighted sum.</summary>
    public Tensor Loss { get; }

    /// <summary>The parameters this stage trains, by name.</summary>
    public IReadOnlyList<Tensor> Trained => Gradients(p => options.Stage switch
    {
        TrainingStage.Decoder => In(p, "dec.") || In(p, "enc_q.") || In(p, "emb_g."),
        TrainingStage.Prior => !In(p, "dec.") && !In(p, "enc_q.") && !In(p, "emb_g."),
        _ => true,
    });

    /// <summary>The latent of the posterior, and the prior drawn to it.</summary>
    Tensor Posterior()
    {
        var spectrum = Input("spectrum", config.SpectrumChannels, options.Frames);
        var (mean, logDeviation) = new PosteriorEncoder(Graph.Root["enc_q"], config).Forward(spectrum, mask, speaker);
        var latent = FrameMask.Apply(mean + Noise() * Ops.Exp(logDeviation), mask);
        if (options.Stage == TrainingStage.Decoder)
        {
            // A standard normal in the place of the prior keeps the latent within the range the prior will have to reach.
            var zero = mean * 0f;
            terms.Add(("kl", VoiceLosses.Divergence(latent, logDeviation, zero, zero, mask)));
            return latent;
        }

        var (priorMean, priorLogDeviation) = Prior();
        if (options.Stage == TrainingStage.Prior) (latent, logDeviation) = (Ops.StopGradient(latent), Ops.StopGradient(logDeviation));
        var sample = new CouplingBlock(Graph.Root["flow"], config).Forward(latent, mask, speaker);
        terms.Add(("kl", VoiceLosses.Divergence(sample, logDeviation, priorMean, priorLogDeviation, mask)));
        return latent;
    }

    /// <summary>The latent as conversion computes it.</summary>
    Tensor Converted()
    {
        var (mean, logDeviation) = Prior();
        var sample = FrameMask.Apply(mean + Noise() * Ops.Exp(logDeviation) * options.NoiseScale, mask);
        return new CouplingBlock(Graph.Root["flow"], config).Reverse(sample, mask, speaker);
    }

    (Tensor Mean, Tensor LogDeviation) Prior()
    {
        var voiced = Graph.Input("voiced", DType.Int64, options.Batch, options.Frames);
        var volume = config.VolumeEmbedding ? Input("volume", options.Frames) : null;
        var x = new ContentPrenet(Graph.Root, config).Forward(Input("content", config.ContentChannels, options.Frames), voiced, volume, mask);
        if (config.CanPredictPitch)
        {
            var scaled = PitchDecoder.ToScale(Input("pitch", 1, options.Frames));
            var normal = PitchDecoder.Normalise(scaled, Ops.Cast(voiced, DType.Float32), mask, Input("factor", 1, 1));
            terms.Add(("lf0", VoiceLosses.Pitch(new PitchDecoder(Graph.Root["f0_decoder"], config).Forward(x, normal, mask, speaker), scaled)));
        }

        var coarse = Graph.Input("coarse", DType.Int64, options.Batch, options.Frames);
        return new TextEncoder(Graph.Root["enc_p"], config).Forward(x, coarse, mask);
    }

    /// <summary>A segment of sound, compared with the real one.</summary>
    void Sound(Tensor latent)
    {
        var samples = options.SegmentFrames * config.Decoder.Hop;
        var segment = Ops.MatMul(latent, Input("selection", options.Frames, options.SegmentFrames));
        var source = new Linear(Graph.Root["dec.m_source.l_linear"], config.Decoder.Harmonics, 1).Forward(Input("harmonics", samples, config.Decoder.Harmonics));
        var audio = new Generator(Graph.Root["dec"], config.Decoder).Forward(segment, Ops.SwapAxes(Ops.Tanh(source), 1, 2), speaker);
        Graph.Output("audio", audio);
        var mel = new MelLayer(options.Mel).Forward(audio);
        Graph.Output("audio_mel", mel);
        terms.Add(("mel", VoiceLosses.Distance(Input("mel", options.Mel.Mels, options.SegmentFrames), mel)));
        if (options.Discriminator is not { } judged) return;
        // What the discriminators have learned stays: only the generator moves in this step.
        var discriminator = new MultiPeriodDiscriminator(Graph.Root, judged);
        var made = discriminator.Forward(audio);
        var real = discriminator.Forward(Input("sound", 1, samples));
        terms.Add(("fm", VoiceLosses.FeatureMatching(real.Select(r => r.Features), made.Select(m => m.Features))));
        terms.Add(("gen", VoiceLosses.Adversarial(made.Select(m => m.Score))));
    }

    Tensor Noise() => Input("noise", config.InterChannels, options.Frames);

    Tensor Input(string name, params ReadOnlySpan<Dim> shape) => Graph.Input(name, DType.Float32, [options.Batch, .. shape]);

    float Weight(string term) => term switch
    {
        "mel" => options.MelWeight,
        "kl" => options.DivergenceWeight,
        _ => 1,
    };

    IReadOnlyList<Tensor> Gradients(Func<string, bool> wanted) =>
        Runtime.Training.Gradients.Reached(Loss, Graph.Parameters.Values.Where(p => !In(p.Name!, "discriminators.") && wanted(p.Name!)));

    static bool In(string name, string part) => name.StartsWith(part, StringComparison.Ordinal);
}
