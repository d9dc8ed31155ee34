using MultiModal.Runtime.Weights;
using MultiModal.Voice.Synthesis;

namespace MultiModal.Voice.Content;

/// <summary>The dimensions of a network of the HuBERT family, read off its weights; what they do not tell has the family's values.</summary>
sealed record HubertConfig
{
    public required IReadOnlyList<int> ConvChannels { get; init; }

    public required IReadOnlyList<int> ConvKernels { get; init; }

    public required IReadOnlyList<int> ConvStrides { get; init; }

    public required bool ConvBias { get; init; }

    /// <summary>Whether every convolution is followed by a layer norm (large models), or only the first by a norm over time.</summary>
    public required bool LayerNormFeatures { get; init; }

    public required int Hidden { get; init; }

    public required int Intermediate { get; init; }

    public required int Heads { get; init; }

    public required int Layers { get; init; }

    public required int PositionKernel { get; init; }

    public required int PositionGroups { get; init; }

    /// <summary>Whether layers normalise before their parts (large models), or after.</summary>
    public required bool NormFirst { get; init; }

    /// <summary>The length of a unit after the final projection; null where there is none.</summary>
    public int? Projection { get; init; }

    /// <summary>WavLM's buckets of relative positions; 0 for the others.</summary>
    public int Buckets { get; init; }

    public int MaxDistance { get; init; } = 800;

    public float Epsilon { get; init; } = 1e-5f;

    /// <summary>Samples a unit needs: all that one frame of the convolutions sees.</summary>
    public int Reach
    {
        get
        {
            var reach = 1;
            for (var i = ConvKernels.Count - 1; i >= 0; i--) reach = ((reach - 1) * ConvStrides[i]) + ConvKernels[i];
            return reach;
        }
    }

    /// <summary>Reads the dimensions.</summary>
    /// <param name="weights">Under the names of Hugging Face's models.</param>
    /// <param name="settings">config.json where there is one, or what a fairseq checkpoint holds in its place.</param>
    public static HubertConfig Read(IWeightSource weights, HubertSettings settings)
    {
        var names = new WeightShapes(weights);
        var convs = names.Count("feature_extractor.conv_layers");
        var shapes = Enumerable.Range(0, convs).Select(i => names.Shape($"feature_extractor.conv_layers.{i}.conv.weight", 3)).ToList();
        var position = names.Shape("encoder.pos_conv_embed.conv.weight", 3);
        var hidden = position[0];
        int[] strides = settings.ConvStrides is { } given ? [.. given] : [5, 2, 2, 2, 2, 2, 2];
        if (convs == 0 || strides.Length != convs) throw names.Error($"the network has {convs} convolutions, and {strides.Length} strides are known for them.");
        var heads = settings.Heads ?? Math.Max(1, hidden / 64);
        if (heads < 1 || hidden % heads != 0) throw names.Error($"{hidden} channels do not fall into {heads} heads.");
        var layerNorm = names.Has("feature_extractor.conv_layers.1.layer_norm.weight");
        return new()
        {
            ConvChannels = [.. shapes.Select(s => s[0])],
            ConvKernels = [.. shapes.Select(s => s[2])],
            ConvStrides = strides,
            ConvBias = names.Has("feature_extractor.conv_layers.0.conv.bias"),
            LayerNormFeatures = layerNorm,
            Hidden = hidden,
            Intermediate = names.Shape("encoder.layers.0.feed_forward.intermediate_dense.weight", 2)[0],
            Heads = heads,
            Layers = names.Count("encoder.layers"),
            PositionKernel = position[2],
            PositionGroups = hidden / position[1],
            // The two choices of the large models come together in every checkpoint known; a config says so for itself.
            NormFirst = settings.NormFirst ?? layerNorm,
            Projection = names.Has("final_proj.weight") ? names.Shape("final_proj.weight", 2)[0] : null,
            Buckets = names.Has("encoder.layers.0.attention.rel_attn_embed.weight") ? names.Shape("encoder.layers.0.attention.rel_attn_embed.weight", 2)[0] : 0,
            MaxDistance = settings.MaxDistance ?? 800,
            Epsilon = settings.Epsilon ?? 1e-5f,
        };
    }
}
