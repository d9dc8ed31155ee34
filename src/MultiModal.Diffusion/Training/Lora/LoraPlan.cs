using MultiModal.Diffusion.Checkpoints;
using MultiModal.Runtime;
using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Random;
using MultiModal.Runtime.Training;
using MultiModal.Diffusion.Training.Data;

namespace MultiModal.Diffusion.Training.Lora;

/// <summary>Where a LoRA's matrices go in the networks of a model, and what they begin with.</summary>
sealed class LoraPlan
{
    static readonly string[] attention = ["to_q", "to_k", "to_v", "to_out.0"];
    static readonly string[] linear = [.. attention, "ff.net.0.proj", "ff.net.2", "proj_in", "proj_out"];

    // kohya gives the 1x1 convolutions and the one linear layer of residual blocks the rank of linear layers.
    static readonly string[] pointwise = ["conv_shortcut", "time_emb_proj"];
    static readonly string[] convolutions = ["conv1", "conv2", "downsamplers.0.conv", "upsamplers.0.conv"];
    static readonly string[] textAttention = ["q_proj", "k_proj", "v_proj", "out_proj"];
    static readonly string[] textLinear = [.. textAttention, "fc1", "fc2"];
    readonly List<LoraLayers> layers = [];

    public LoraPlan(LoraTrainingOptions options, ModelFiles model)
    {
        var alpha = options.Alpha ?? options.Rank;
        var all = options.Targets != LoraTargetLayers.Attention;
        if (options.TrainUNet)
        {
            layers.Add(new("unet", all ? linear : attention, options.Rank, alpha, IsPart: true));
            if (options.Targets == LoraTargetLayers.Convolutions)
            {
                var rank = options.ConvolutionRank ?? options.Rank;
                layers.Add(new("unet", pointwise, options.Rank, alpha, IsPart: true));
                layers.Add(new("unet", convolutions, rank, options.ConvolutionAlpha ?? rank, IsPart: true));
            }
        }

        if (options.TrainText)
            layers.AddRange(model.TextEncoders.Select(e => new LoraLayers(e.Component, all ? textLinear : textAttention, options.Rank, alpha, IsPart: true)));
    }

    /// <summary>The graph of a training step with the matrices in it.</summary>
    public Graph Apply(Graph graph)
    {
        var candidates = LowRankAdapters.Candidates(graph);
        foreach (var layer in layers)
        {
            // A small UNet may lack some kinds of layers.
            var present = layer.Targets.Where(t => candidates.Any(c => c.EndsWith($".{t}.weight", StringComparison.Ordinal) && c.StartsWith(layer.Network + ".", StringComparison.Ordinal))).ToList();
            if (present.Count > 0) graph = (layer with { Targets = present }).Apply(graph);
        }

        return graph;
    }

    /// <summary>The parameters that are the LoRA's, with first values: uniform as kohya and PEFT begin (He et al. 2015, a = sqrt 5), and zeros for the second matrix, so that nothing is changed at first.</summary>
    public ParameterSet Begin(Graph graph, ulong seed)
    {
        var set = new ParameterSet();
        foreach (var (name, tensor) in graph.Parameters)
        {
            if (!layers.Any(l => l.Owns(name))) continue;
            var value = TensorData.Zeros(DType.Float32, tensor.Shape.ToLongs());
            if (name.EndsWith(".lora_A.weight", StringComparison.Ordinal))
            {
                var bound = 1 / MathF.Sqrt(value.Length / (float)value.Dimensions[0]);
                new TorchRandom(SampleSeed.Mix(seed, (ulong)set.Count, 0x10AA)).Uniform(value.Floats, -bound, bound);
            }

            set.Add(name, value);
        }

        return set;
    }

    /// <summary>The matrices by layer, for files.</summary>
    /// <param name="graph">The graph with the matrices, which knows the shapes of the weights beside them.</param>
    /// <param name="values">The matrices by parameter name.</param>
    public IReadOnlyList<LoraPair> Pairs(Graph graph, IReadOnlyDictionary<string, TensorData> values)
    {
        const string ending = ".lora_A.weight";
        var pairs = new List<LoraPair>();
        foreach (var (name, down) in values)
        {
            if (!name.EndsWith(ending, StringComparison.Ordinal)) continue;
            var place = name[..^ending.Length];
            var layer = layers.First(l => l.Owns(name) && l.Targets.Any(t => place.EndsWith("." + t, StringComparison.Ordinal)));
            var up = values[place + ".lora_B.weight"];

            // A linear layer that is stored as a 1x1 convolution has a LoRA that is stored likewise.
            var isConvolution = graph.Parameters[place + ".weight"].Rank == 4;
            pairs.Add(new(layer.Network, place[(layer.Network.Length + 1)..], AsStored(down, isConvolution), AsStored(up, isConvolution), layer.Alpha));
        }

        return pairs;
    }

    static TensorData AsStored(TensorData matrix, bool isConvolution) => isConvolution && matrix.Dimensions.Count == 2
        ? TensorData.Of(matrix.Floats.ToArray(), matrix.Dimensions[0], matrix.Dimensions[1], 1, 1) : matrix;
}
