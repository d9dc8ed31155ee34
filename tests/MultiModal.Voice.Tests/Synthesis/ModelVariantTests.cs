using MultiModal.Runtime;
using MultiModal.Runtime.Weights;
using MultiModal.Testing;
using MultiModal.Voice.Content;
using MultiModal.Voice.Synthesis;
using MultiModal.Voice.Tests.Diffusion;

namespace MultiModal.Voice.Tests.Synthesis;

/// <summary>Generators as they are passed around: compressed, in half precision, as .safetensors, with shared flows, by forks.</summary>
public sealed class ModelVariantTests : IDisposable
{
    static readonly string Original = RepositoryFolder.PathOf("tests/Fixtures/voice/models/tiny-svc-4.1");
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_compressed_release_sounds_as_the_whole()
    {
        // compress_model.py drops the posterior and leaves an empty optimizer.
        var path = folder.File("G_release.pth");
        TorchWriter.Write(path, new Dictionary<string, object>
        {
            ["model"] = Tensors().Where(t => !t.Key.Contains("enc_q", StringComparison.Ordinal)).ToDictionary(t => t.Key, t => (object)t.Value),
            ["iteration"] = 0L,
            ["optimizer"] = new Dictionary<string, object> { ["state"] = new Dictionary<string, object>(), ["param_groups"] = new List<object>() },
            ["learning_rate"] = 1e-4,
        });
        var (config, sound) = await RunAsync(path);
        Assert.Equal(0, config.PosteriorLayers);
        Compare.Close((await RunAsync(Path.Combine(Original, "G_800.pth"))).Sound, sound, 1e-6, "release");
    }

    [Theory]
    [InlineData(DType.Float16, 3e-2)]
    [InlineData(DType.BFloat16, 0.3)]
    public async Task Half_precision_is_close_to_the_whole(DType type, double tolerance)
    {
        var path = folder.File("G_half.pth");
        TorchWriter.Write(path, new Dictionary<string, object> { ["model"] = Tensors().ToDictionary(t => t.Key, t => (object)Narrow(t.Value, type)), ["iteration"] = 0L });
        var (whole, half) = (await RunAsync(Path.Combine(Original, "G_800.pth")), await RunAsync(path));
        Compare.Close(whole.Sound, half.Sound, tolerance, type.ToString());
    }

    [Fact]
    public async Task Safetensors_of_the_same_names_are_the_same_model()
    {
        var path = folder.File("G_800.safetensors");
        SafetensorsWriter.Write(path, Tensors());
        Assert.Equal((await RunAsync(Path.Combine(Original, "G_800.pth"))).Sound, (await RunAsync(path)).Sound);
        // And under the prefix that distributed training leaves.
        SafetensorsWriter.Write(path, Tensors().Select(t => KeyValuePair.Create("module." + t.Key, t.Value)));
        Assert.Equal((await RunAsync(Path.Combine(Original, "G_800.pth"))).Sound, (await RunAsync(path)).Sound);
    }

    [Fact]
    public async Task A_shared_flow_is_one_network_in_every_coupling()
    {
        var tensors = Tensors();
        var first = tensors.Where(t => t.Key.StartsWith("flow.flows.0.enc.", StringComparison.Ordinal)).ToList();
        foreach (var (name, value) in first)
            for (var i = 2; i < 8; i += 2) tensors[name.Replace("flows.0", $"flows.{i}", StringComparison.Ordinal)] = value;
        var repeated = folder.File("G_repeated.safetensors");
        SafetensorsWriter.Write(repeated, tensors);
        foreach (var (name, value) in first) tensors[name.Replace("flow.flows.0.enc.", "flow.wn.", StringComparison.Ordinal)] = value;
        var shared = folder.File("G_shared.safetensors");
        SafetensorsWriter.Write(shared, tensors);
        var (config, sound) = await RunAsync(shared);
        Assert.True(config.SharedFlow);
        Compare.Close((await RunAsync(repeated)).Sound, sound, 1e-6, "shared");
        // Without the repetitions, as .safetensors of such models are saved.
        SafetensorsWriter.Write(shared, tensors.Where(t => !t.Key.Contains(".enc.", StringComparison.Ordinal) || !t.Key.StartsWith("flow.", StringComparison.Ordinal)));
        var (_, once) = await RunAsync(shared);
        Compare.Close(sound, once, 1e-6, "shared, once");
    }

    [Fact]
    public async Task A_model_of_the_fork_is_one_of_version_4_0()
    {
        var place = RepositoryFolder.PathOf("tests/Fixtures/voice/models/tiny-svc-4.0");
        var settings = SvcConfig.Parse("""
            { "train": { "bf16_run": false, "num_workers": 4, "ckpt_name_by_step": true },
              "data": { "sampling_rate": 44100, "hop_length": 512, "filter_length": 2048, "contentvec_final_proj": false },
              "model": { "type_": "hifi-gan", "n_heads": 2, "upsample_rates": [8, 8, 2, 2, 2], "resblock_dilation_sizes": [[1,3,5],[1,3,5],[1,3,5]],
                         "gen_istft_n_fft": 16, "subbands": 4, "pretrained": { "D_0.pth": "https://x" } }, "spk": { "初音": 0, "bob": 1 } }
            """u8.ToArray());
        Assert.Equal((null, false), (settings.SpeechEncoder, settings.ContentFinalProjection));
        Assert.Equal(["初音", "bob"], settings.Speakers.Keys);
        await using var synthesizer = await Synthesizer.LoadAsync(Path.Combine(place, "G_800.pth"), settings);
        Assert.False(synthesizer.Config.VolumeEmbedding);
        Assert.Equal("vec256l9", ContentEncoders.Choose(settings.SpeechEncoder, 256));
    }

    [Fact]
    public async Task Another_networks_file_is_refused_with_what_is_missing()
    {
        var tensors = Tensors();
        tensors.Remove("dec.ups.2.bias");
        tensors.Remove("enc_p.proj.bias");
        var path = folder.File("G_0.safetensors");
        SafetensorsWriter.Write(path, tensors);
        var error = await Assert.ThrowsAsync<WeightMismatchException>(() => RunAsync(path));
        Assert.Contains("enc_p.proj.bias", error.Message, StringComparison.Ordinal);
        SafetensorsWriter.Write(path, new Dictionary<string, TensorData> { ["discriminators.0.convs.0.bias"] = TensorData.Zeros(DType.Float32, 16) });
        Assert.Contains("discriminator", (await Assert.ThrowsAsync<InvalidFileException>(() => RunAsync(path))).Message, StringComparison.Ordinal);
    }

    static TensorData Narrow(TensorData tensor, DType type)
    {
        var result = TensorData.Zeros(type, [.. tensor.Dimensions]);
        for (var i = 0; i < tensor.Length; i++)
        {
            // The upper half of a float32 is a bfloat16, rounded down.
            var bits = type == DType.Float16 ? BitConverter.HalfToUInt16Bits((Half)tensor.Floats[i]) : (ushort)(BitConverter.SingleToUInt32Bits(tensor.Floats[i]) >> 16);
            System.Buffers.Binary.BinaryPrimitives.WriteUInt16LittleEndian(result.Bytes[(2 * i)..], bits);
        }

        return result;
    }

    static Dictionary<string, TensorData> Tensors()
    {
        using var file = WeightFiles.Open(Path.Combine(Original, "G_800.pth"));
        return file.Names.Where(n => n.StartsWith("model.", StringComparison.Ordinal)).ToDictionary(n => n["model.".Length..], n => file.Get(n).ToTensorData());
    }

    static async Task<(SynthesizerConfig Config, float[] Sound)> RunAsync(string path)
    {
        await using var synthesizer = await Synthesizer.LoadAsync(path, await SvcConfig.LoadAsync(Path.Combine(Original, "config.json")));
        const int Frames = 30;
        var result = await synthesizer.RunAsync(new()
        {
            Content = TinyDiffusion.Weights("content", [synthesizer.Config.ContentChannels, Frames]).Floats.ToArray(),
            Pitch = Enumerable.Repeat(200f, Frames).ToArray(),
            Voicing = Enumerable.Repeat(1f, Frames).ToArray(),
            Volume = Enumerable.Repeat(0.1f, Frames).ToArray(),
            SpeakerWeights = new float[] { 1 },
        });
        return (synthesizer.Config, result.Samples);
    }
}
