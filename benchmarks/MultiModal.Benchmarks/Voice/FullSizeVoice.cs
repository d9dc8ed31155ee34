using System.Runtime.InteropServices;
using System.Text;
using MultiModal.Runtime;
using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Weights;
using MultiModal.Voice.Content;
using MultiModal.Voice.Synthesis;

namespace MultiModal.Benchmarks.Voice;

/// <summary>Writes a So-VITS-SVC 4.1 model and a ContentVec of full size with generated weights, in layouts their users have.</summary>
static class FullSizeVoice
{
    /// <summary>The dimensions of the published template.</summary>
    public static SynthesizerConfig Config { get; } = new()
    {
        ContentChannels = 768, SpeakerChannels = 768, SpeakerCount = 1, InterChannels = 192, HiddenChannels = 192, FilterChannels = 768, Heads = 2, Layers = 6,
        Kernel = 3, Window = 4, FlowLayers = 4, FlowNetworkLayers = 4, TransformerFlow = false, SharedFlow = false, DepthwiseConvolutions = false,
        VolumeEmbedding = true, PitchLayers = 6, PosteriorLayers = 0, SpectrumChannels = 1025,
        Decoder = new()
        {
            InputChannels = 192, InitialChannels = 512, SpeakerChannels = 768, UpsampleRates = [8, 8, 2, 2, 2], UpsampleKernels = [16, 16, 4, 4, 4],
            ResidualKernels = [3, 7, 11], ResidualDilations = [[1, 3, 5], [1, 3, 5], [1, 3, 5]],
        },
    };

    /// <summary>The generator's file in a folder.</summary>
    public static string Generator(string folder) => Path.Combine(folder, "G_0.safetensors");

    /// <summary>Writes the folder, unless it is there.</summary>
    public static void Write(string folder)
    {
        if (File.Exists(Path.Combine(folder, "config.json"))) return;
        Directory.CreateDirectory(Path.Combine(folder, "content-vec-best"));
        var parameters = new Dictionary<string, long[]>
        {
            ["emb_g.weight"] = [1, 768], ["dec.m_source.l_linear.weight"] = [1, 9], ["dec.m_source.l_linear.bias"] = [1],
        };
        foreach (var graph in (Graph[])[SynthesizerGraphs.Prior(Config, false, true), SynthesizerGraphs.Pitch(Config, false, true), SynthesizerGraphs.Decoder(Config, false)])
            foreach (var (name, tensor) in graph.Parameters) parameters[name] = tensor.Shape.ToLongs();
        Save(Generator(folder), parameters);

        var encoder = new Graph();
        var network = new HubertNetwork(encoder.Root, Hubert, Hubert.Layers);
        network.Forward(encoder.Input("wave", DType.Float32, 1, "samples"));
        Save(Path.Combine(folder, "content-vec-best", "model.safetensors"), encoder.Parameters.ToDictionary(p => p.Key, p => p.Value.Shape.ToLongs()));
        // Last: its presence says that the folder is whole.
        File.WriteAllText(Path.Combine(folder, "config.json"), """
            { "data": { "sampling_rate": 44100, "hop_length": 512, "filter_length": 2048, "unit_interpolate_mode": "nearest" },
              "model": { "speech_encoder": "vec768l12", "vocoder_name": "nsf-hifigan", "vol_embedding": true }, "spk": { "generated": 0 } }
            """);
    }

    static HubertConfig Hubert { get; } = new()
    {
        ConvChannels = [512, 512, 512, 512, 512, 512, 512], ConvKernels = [10, 3, 3, 3, 3, 2, 2], ConvStrides = [5, 2, 2, 2, 2, 2, 2], ConvBias = false,
        LayerNormFeatures = false, Hidden = 768, Intermediate = 3072, Heads = 12, Layers = 12, PositionKernel = 128, PositionGroups = 16, NormFirst = false,
    };

    static void Save(string path, IReadOnlyDictionary<string, long[]> parameters)
    {
        Console.WriteLine($"writing {Path.GetFileName(path)}: {parameters.Values.Sum(s => TensorData.ElementCount(s)) / 1e6:F0} M parameters");
        SafetensorsWriter.Write(path, parameters.Select(p => KeyValuePair.Create<string, WeightTensor>(p.Key, new Generated(p.Key, p.Value))));
    }

    /// <summary>Weights made from the parameter's name, so that every machine has the same; activations neither vanish nor grow.</summary>
    sealed class Generated(string name, long[] shape) : WeightTensor(name, DType.Float32, shape)
    {
        public override void CopyTo(Span<byte> destination)
        {
            var values = MemoryMarshal.Cast<byte, float>(destination);
            var fan = Dimensions.Count > 1 ? Length / Dimensions[0] : 1;
            var scale = Dimensions.Count > 1 ? MathF.Sqrt(1.5f / fan) : 0.05f;
            var offset = Dimensions.Count == 1 && (Name.EndsWith("norm.weight", StringComparison.Ordinal) || Name.EndsWith("gamma", StringComparison.Ordinal)) ? 1f : 0f;
            var state = 2166136261u;
            foreach (var letter in Encoding.UTF8.GetBytes(Name)) state = (state ^ letter) * 16777619;
            state |= 1;
            for (var i = 0; i < Length; i++)
            {
                state ^= state << 13;
                state ^= state >> 17;
                state ^= state << 5;
                values[i] = offset + ((int)state * (scale / 2147483648f));
            }
        }
    }
}
