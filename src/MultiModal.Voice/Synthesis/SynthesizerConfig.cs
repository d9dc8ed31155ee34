using System.Globalization;
using MultiModal.Runtime.Weights;

namespace MultiModal.Voice.Synthesis;

/// <summary>The dimensions of a synthesizer, read off its weights where they tell and off its config where they do not.</summary>
public sealed record SynthesizerConfig
{
    /// <summary>Channels of the content units ("ssl_dim").</summary>
    public required int ContentChannels { get; init; }

    /// <summary>The length of the speaker embedding ("gin_channels").</summary>
    public required int SpeakerChannels { get; init; }

    /// <summary>How many speakers there are embeddings for.</summary>
    public required int SpeakerCount { get; init; }

    /// <summary>Channels of the latent.</summary>
    public required int InterChannels { get; init; }

    /// <summary>Channels inside the networks.</summary>
    public required int HiddenChannels { get; init; }

    /// <summary>Channels inside the feed-forward parts.</summary>
    public required int FilterChannels { get; init; }

    /// <summary>Attention heads.</summary>
    public required int Heads { get; init; }

    /// <summary>Layers of the prior.</summary>
    public required int Layers { get; init; }

    /// <summary>The kernel of the feed-forward parts.</summary>
    public required int Kernel { get; init; }

    /// <summary>The farthest relative position the prior's attention has embeddings for, in frames.</summary>
    public required int Window { get; init; }

    /// <summary>Couplings of the flow.</summary>
    public required int FlowLayers { get; init; }

    /// <summary>Layers of the network inside each coupling.</summary>
    public required int FlowNetworkLayers { get; init; }

    /// <summary>Whether the networks inside the couplings are transformers.</summary>
    public required bool TransformerFlow { get; init; }

    /// <summary>Whether all couplings have one network.</summary>
    public required bool SharedFlow { get; init; }

    /// <summary>Whether the gated convolutions are depthwise.</summary>
    public required bool DepthwiseConvolutions { get; init; }

    /// <summary>Whether the volume is an input.</summary>
    public required bool VolumeEmbedding { get; init; }

    /// <summary>Layers of the pitch decoder; 0 where there is none.</summary>
    public required int PitchLayers { get; init; }

    /// <summary>Layers of the posterior; 0 where the checkpoint has none, as released models.</summary>
    public required int PosteriorLayers { get; init; }

    /// <summary>Bins of the spectrogram the posterior takes.</summary>
    public required int SpectrumChannels { get; init; }

    /// <summary>The decoder.</summary>
    public required GeneratorConfig Decoder { get; init; }

    /// <summary>Whether pitch can be predicted.</summary>
    public bool CanPredictPitch => PitchLayers > 0;

    /// <summary>Reads the dimensions.</summary>
    /// <param name="weights">The generator's weights under their names in the checkpoint, weight norms joined.</param>
    /// <param name="config">What config.json says.</param>
    /// <exception cref="InvalidFileException">The weights are not a So-VITS-SVC 4 generator's.</exception>
    public static SynthesizerConfig Read(IWeightSource weights, SvcConfig config)
    {
        ArgumentNullException.ThrowIfNull(weights);
        ArgumentNullException.ThrowIfNull(config);
        var names = new WeightShapes(weights);
        var prenet = names.Shape("pre.weight", 3);
        var speakers = names.Shape("emb_g.weight", 2);
        var feed = names.Shape("enc_p.enc_.ffn_layers.0.conv_1.weight", 3);
        var relative = names.Shape("enc_p.enc_.attn_layers.0.emb_rel_k", 3);
        var transformer = names.Has("flow.flows.0.enc.cond_pre.weight") || names.Has("flow.wn.cond_pre.weight");
        var shared = names.Any("flow.wn.");
        var network = shared ? "flow.wn" : "flow.flows.0.enc";
        return new()
        {
            ContentChannels = prenet[1],
            SpeakerChannels = speakers[1],
            SpeakerCount = speakers[0],
            InterChannels = names.Shape("enc_p.proj.weight", 3)[0] / 2,
            HiddenChannels = prenet[0],
            FilterChannels = feed[0],
            Heads = relative[2] > 0 && prenet[0] % relative[2] == 0 ? prenet[0] / relative[2] : config.Heads,
            Layers = names.Count("enc_p.enc_.attn_layers"),
            Kernel = feed[2],
            Window = relative[1] / 2,
            FlowLayers = names.Count("flow.flows"),
            FlowNetworkLayers = names.Count($"{network}.{(transformer ? "self_attn_layers" : "in_layers")}"),
            TransformerFlow = transformer,
            SharedFlow = shared,
            DepthwiseConvolutions = names.Has($"{network}.in_layers.0.depth_conv.weight") || names.Has("enc_q.enc.in_layers.0.depth_conv.weight"),
            VolumeEmbedding = names.Has("emb_vol.weight"),
            PitchLayers = names.Count("f0_decoder.decoder.self_attn_layers"),
            PosteriorLayers = names.Count("enc_q.enc.in_layers"),
            SpectrumChannels = names.Has("enc_q.pre.weight") ? names.Shape("enc_q.pre.weight", 3)[1] : (config.FilterLength / 2) + 1,
            Decoder = ReadDecoder(names, "dec", config.UpsampleRates, config.ResidualDilations, speakers[1]),
        };
    }

    internal static GeneratorConfig ReadDecoder(
        WeightShapes names, string root, IReadOnlyList<int> rates, IReadOnlyList<IReadOnlyList<int>> dilations, int? speakerChannels)
    {
        var prefix = root.Length == 0 ? "" : root + ".";
        var first = names.Shape($"{prefix}conv_pre.weight", 3);
        var stages = names.Count($"{prefix}ups");
        var blocks = names.Count($"{prefix}resblocks");
        if (stages == 0 || stages != rates.Count || blocks % stages != 0 || blocks / stages != dilations.Count)
        {
            throw names.Error(
                $"the decoder has {stages} stages with {blocks} residual blocks; the config speaks of {rates.Count} stages with {dilations.Count} each.",
                "Take the config.json that belongs to this model.");
        }

        var paired = names.Has($"{prefix}resblocks.0.convs1.0.weight");
        var list = paired ? "convs1" : "convs";
        return new()
        {
            InputChannels = first[1],
            InitialChannels = first[0],
            SpeakerChannels = speakerChannels,
            UpsampleRates = rates,
            UpsampleKernels = [.. Enumerable.Range(0, stages).Select(i => names.Shape($"{prefix}ups.{i}.weight", 3)[2])],
            ResidualKernels = [.. Enumerable.Range(0, blocks / stages).Select(i => names.Shape($"{prefix}resblocks.{i}.{list}.0.weight", 3)[2])],
            // A block has as many steps as the weights show; a config may list more for ResBlock2.
            ResidualDilations = [.. dilations.Select((d, i) => Trim(names, d, $"{prefix}resblocks.{i}.{list}"))],
            PairedResiduals = paired,
            Snake = names.Any($"{prefix}snake_post."),
            Harmonics = names.Shape($"{prefix}m_source.l_linear.weight", 2)[1],
        };
    }

    static IReadOnlyList<int> Trim(WeightShapes names, IReadOnlyList<int> dilations, string list)
    {
        var count = names.Count(list);
        return count <= dilations.Count ? [.. dilations.Take(count)]
            : throw names.Error(string.Create(CultureInfo.InvariantCulture, $"{list} has {count} convolutions; the config has dilations for {dilations.Count}."));
    }
}
