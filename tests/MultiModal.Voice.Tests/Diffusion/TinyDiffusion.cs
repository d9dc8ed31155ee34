using MultiModal.Runtime;
using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Random;
using MultiModal.Runtime.Weights;
using MultiModal.Voice.Diffusion;
using MultiModal.Voice.Synthesis;

namespace MultiModal.Voice.Tests.Diffusion;

/// <summary>Small diffusion models and vocoders with random weights, in the files, names and layouts their users have.</summary>
static class TinyDiffusion
{
    public const int Mels = 20;

    public static MelDiffusionShape Shape { get; } = new() { ContentChannels = 32, Hidden = 12, Channels = 16, Layers = 3, Mels = Mels, SpeakerCount = 3 };

    static GeneratorConfig Vocoder { get; } = new()
    {
        InputChannels = Mels, InitialChannels = 32, UpsampleRates = [8, 8, 2, 2, 2], UpsampleKernels = [16, 16, 4, 4, 4],
        ResidualKernels = [3, 7, 11], ResidualDilations = [[1, 3, 5], [1, 3, 5], [1, 3, 5]],
    };

    /// <summary>model_100.pt with its config.yaml.</summary>
    public static string WriteModel(string folder, int kStepMax = 0, string method = "dpm-solver++", int timesteps = 1000)
    {
        Directory.CreateDirectory(folder);
        var tensors = new Dictionary<string, object>(StringComparer.Ordinal);
        foreach (var graph in (Graph[])[MelDiffusionGraphs.Condition(Shape, false), MelDiffusionGraphs.Denoiser(Shape)])
            foreach (var (name, tensor) in graph.Parameters) tensors[name] = Weights(name, tensor.Shape.ToLongs());
        tensors["aug_shift_embed.weight"] = Weights("aug_shift_embed.weight", [Shape.Hidden, 1]);
        var betas = TensorData.Zeros(DType.Float32, timesteps);
        for (var t = 0; t < timesteps; t++) betas.Floats[t] = (float)(1e-4 + ((0.02 - 1e-4) * t / (timesteps - 1)));
        tensors["decoder.betas"] = betas;
        tensors["decoder.spec_min"] = TensorData.Of([-12f], 1, 1, 1);
        tensors["decoder.spec_max"] = TensorData.Of([2f], 1, 1, 1);
        var path = Path.Combine(folder, "model_100.pt");
        TorchWriter.Write(path, new Dictionary<string, object> { ["global_step"] = 100L, ["model"] = tensors });
        File.WriteAllText(Path.Combine(folder, "config.yaml"), $"""
            data:
              sampling_rate: 44100
              block_size: 512 # Equal to hop_length
              encoder: 'vec768l12' # 'hubertsoft', 'vec256l9', 'vec768l12'
              encoder_out_channels: 32
              extensions: # List of extension included in the data collection
                - wav
              unit_interpolate_mode: "nearest"
            model:
              type: 'Diffusion'
              timesteps : {timesteps}
              k_step_max: {kStepMax} # must <= timesteps, If it is 0, train all
              n_spk: 3
            device: cuda
            vocoder:
              type: 'nsf-hifigan'
              ckpt: 'pretrain/nsf_hifigan/model'
            infer:
              speedup: 10
              method: '{method}'
            spk:
              'alice': 0
              bob: 1
              carol: 2
            """);
        return path;
    }

    /// <summary>nsf_hifigan/model with its config.json, weight norms apart as in the release.</summary>
    public static string WriteVocoder(string folder)
    {
        var place = Path.Combine(folder, "nsf_hifigan");
        Directory.CreateDirectory(place);
        var tensors = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["m_source.l_linear.weight"] = Weights("m_source.l_linear.weight", [1, 9]), ["m_source.l_linear.bias"] = Weights("m_source.l_linear.bias", [1]),
        };
        foreach (var (name, tensor) in NsfHifiGan.Build(Vocoder).Parameters)
        {
            var shape = tensor.Shape.ToLongs();
            var weights = Weights(name, shape);
            if (shape.Length < 3 || name.StartsWith("noise_convs", StringComparison.Ordinal))
            {
                tensors[name] = weights;
                continue;
            }

            tensors[name + "_v"] = weights;
            tensors[name + "_g"] = Norms(weights);
        }

        TorchWriter.Write(Path.Combine(place, "model"), new Dictionary<string, object> { ["generator"] = tensors });
        File.WriteAllText(Path.Combine(place, "config.json"), $$"""
            { "resblock": "1", "num_gpus": 4, "upsample_rates": [ 8, 8, 2, 2, 2 ], "upsample_kernel_sizes": [ 16, 16, 4, 4, 4 ], "upsample_initial_channel": 32,
              "resblock_kernel_sizes": [ 3, 7, 11 ], "resblock_dilation_sizes": [[1, 3, 5], [1, 3, 5], [1, 3, 5]], "discriminator_periods": [ 3, 5, 7 ],
              "num_mels": {{Mels}}, "n_fft": 2048, "hop_size": 512, "win_size": 2048, "sampling_rate": 44100, "fmin": 40, "fmax": 16000 }
            """);
        return Path.Combine(place, "model");
    }

    /// <summary>Weights from the name, of a size that lets signals neither vanish nor grow.</summary>
    public static TensorData Weights(string name, long[] shape)
    {
        var seed = name.Aggregate(17UL, (hash, c) => (hash * 31) + c);
        var tensor = TensorData.Zeros(DType.Float32, shape);
        new TorchRandom(seed).Normal(tensor.Floats, 0, shape.Length > 1 ? Math.Sqrt(1.0 / (tensor.Length / shape[0])) : 0.05);
        return tensor;
    }

    static TensorData Norms(TensorData weights)
    {
        var rows = (int)weights.Dimensions[0];
        var norms = TensorData.Zeros(DType.Float32, rows, 1, 1);
        var length = (int)(weights.Length / rows);
        for (var i = 0; i < rows; i++)
            norms.Floats[i] = MathF.Sqrt(System.Numerics.Tensors.TensorPrimitives.SumOfSquares<float>(weights.Floats.Slice(i * length, length)));
        return norms;
    }
}
