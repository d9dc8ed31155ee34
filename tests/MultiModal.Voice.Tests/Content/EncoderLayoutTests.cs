using MultiModal.Runtime;
using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Graphs.Onnx;
using MultiModal.Runtime.Weights;
using MultiModal.Testing;
using MultiModal.Voice.Content;

namespace MultiModal.Voice.Tests.Content;

public sealed class EncoderLayoutTests : IDisposable
{
    static readonly string Tiny = RepositoryFolder.PathOf("tests/Fixtures/voice/models/tiny-contentvec-hf/model.safetensors");
    readonly DirectoryInfo folder = Directory.CreateTempSubdirectory();

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public async Task Weights_under_a_prefix_are_the_same_encoder()
    {
        var path = await WriteAsync(tensors => tensors.Select(t => KeyValuePair.Create("hubert." + t.Key, t.Value)));
        Close(await EncodeAsync(Tiny, 12, false), await EncodeAsync(path, 12, false));
    }

    [Fact]
    public async Task New_names_of_weight_norm_are_the_same_encoder()
    {
        var path = await WriteAsync(tensors => tensors.Select(t => KeyValuePair.Create(
            t.Key.Replace(".weight_g", ".parametrizations.weight.original0", StringComparison.Ordinal).Replace(".weight_v", ".parametrizations.weight.original1", StringComparison.Ordinal), t.Value)));
        Close(await EncodeAsync(Tiny, 12, false), await EncodeAsync(path, 12, false));
    }

    [Fact]
    public async Task WavLM_without_a_bias_is_HuBERT()
    {
        // With a table of zeros the gated bias of positions is nothing, whatever the gates.
        var path = await WriteAsync(tensors =>
        {
            var all = tensors.ToDictionary();
            all["encoder.layers.0.attention.rel_attn_embed.weight"] = TensorData.Zeros(DType.Float32, 320, 4);
            for (var i = 0; i < 12; i++)
            {
                all[$"encoder.layers.{i}.attention.gru_rel_pos_linear.weight"] = Filled(0.3f, 8, 8);
                all[$"encoder.layers.{i}.attention.gru_rel_pos_linear.bias"] = Filled(0.1f, 8);
                all[$"encoder.layers.{i}.attention.gru_rel_pos_const"] = Filled(1, 1, 4, 1, 1);
            }

            return all;
        });
        Close(await EncodeAsync(Tiny, 12, false), await EncodeAsync(path, 12, false));
    }

    [Fact]
    public async Task The_bias_of_WavLM_changes_the_units()
    {
        var path = await WriteAsync(tensors =>
        {
            var all = tensors.ToDictionary();
            all["encoder.layers.0.attention.rel_attn_embed.weight"] = Ramp(320, 4);
            for (var i = 0; i < 12; i++)
            {
                all[$"encoder.layers.{i}.attention.gru_rel_pos_linear.weight"] = Filled(0.3f, 8, 8);
                all[$"encoder.layers.{i}.attention.gru_rel_pos_linear.bias"] = Filled(0.1f, 8);
                all[$"encoder.layers.{i}.attention.gru_rel_pos_const"] = Filled(1, 1, 4, 1, 1);
            }

            return all;
        });
        var (plain, biased) = (await EncodeAsync(Tiny, 12, false), await EncodeAsync(path, 12, false));
        Assert.Equal(plain.Frames, biased.Frames);
        Assert.All(biased.Values, value => Assert.True(float.IsFinite(value)));
        Assert.NotEqual(plain.Values, biased.Values);
    }

    [Fact]
    public async Task Hubert_soft_is_HuBERT_with_40_samples_of_silence_and_its_projection()
    {
        var path = await WriteAsync(tensors =>
        {
            var all = tensors.ToDictionary();
            var soft = new Dictionary<string, TensorData>();
            foreach (var (name, tensor) in all)
                if (SoftName(name) is { } renamed) soft[renamed] = tensor;
            for (var i = 0; i < 12; i++)
            {
                foreach (var part in (string[])["weight", "bias"])
                {
                    var joined = ((string[])["q", "k", "v"]).SelectMany(p => all[$"encoder.layers.{i}.attention.{p}_proj.{part}"].Floats.ToArray()).ToArray();
                    soft[$"encoder.layers.{i}.self_attn.in_proj_{part}"] = part == "weight" ? TensorData.Of(joined, 96, 32) : TensorData.Of(joined, 96);
                }
            }

            return soft;
        });


        await using var encoder = await HubertEncoder.LoadAsync(Tiny, 12, true);
        await using var soft = await HubertEncoder.LoadAsync(path, 12, true);
        var wave = Wave();
        Close(await encoder.EncodeAsync((float[])[.. new float[40], .. wave, .. new float[40]]), await soft.EncodeAsync(wave));
    }

    [Fact]
    public async Task Community_models_in_ONNX_run_as_they_are()
    {
        var graph = new Graph();
        var sound = graph.Input("source", DType.Float32, 1, 1, "samples");
        // The mean of 25 ms every 20 ms, once as it is and once doubled.
        var means = Ops.SwapAxes(Ops.AveragePool(sound, [400], [320]), 1, 2);
        graph.Output("embed", means * graph.Constant(TensorData.Of([1f, 2f], 2)));
        var path = Path.Combine(folder.FullName, "vec-2.onnx");
        await File.WriteAllBytesAsync(path, OnnxWriter.Write(graph).Proto.ToArray());
        await using var encoder = await OnnxContentEncoder.LoadAsync(path);
        Assert.Equal(2, encoder.Channels);
        var units = await encoder.EncodeAsync(Enumerable.Repeat(0.25f, 1040).ToArray());
        Assert.Equal(3, units.Frames);
        Assert.All(units.Values[..3], value => Assert.Equal(0.25f, value, 1e-6f));
        Assert.All(units.Values[3..], value => Assert.Equal(0.5f, value, 1e-6f));
        await File.WriteAllTextAsync(path, "no model");
        await Assert.ThrowsAsync<InvalidFileException>(() => OnnxContentEncoder.LoadAsync(path));
    }

    [Fact]
    public async Task Whisper_gives_a_unit_for_each_20_ms()
    {
        var tensors = new Dictionary<string, TensorData>
        {
            ["encoder.conv1.weight"] = Ramp(64, 80, 3), ["encoder.conv1.bias"] = Filled(0, 64),
            ["encoder.conv2.weight"] = Ramp(64, 64, 3), ["encoder.conv2.bias"] = Filled(0, 64),
            ["encoder.positional_embedding"] = Ramp(1500, 64),
            ["encoder.ln_post.weight"] = Filled(1, 64), ["encoder.ln_post.bias"] = Filled(0, 64),
        };
        var block = "encoder.blocks.0.";
        foreach (var norm in (string[])["attn_ln", "mlp_ln"]) (tensors[$"{block}{norm}.weight"], tensors[$"{block}{norm}.bias"]) = (Filled(1, 64), Filled(0, 64));
        foreach (var part in (string[])["query", "key", "value", "out"]) tensors[$"{block}attn.{part}.weight"] = Ramp(64, 64);
        foreach (var part in (string[])["query", "value", "out"]) tensors[$"{block}attn.{part}.bias"] = Filled(0, 64);
        (tensors[$"{block}mlp.0.weight"], tensors[$"{block}mlp.0.bias"]) = (Ramp(256, 64), Filled(0, 256));
        (tensors[$"{block}mlp.2.weight"], tensors[$"{block}mlp.2.bias"]) = (Ramp(64, 256), Filled(0, 64));
        var path = Path.Combine(folder.FullName, "medium.safetensors");
        SafetensorsWriter.Write(path, tensors.Select(t => KeyValuePair.Create("model_state_dict." + t.Key, t.Value)));
        await using var encoder = await WhisperEncoder.LoadAsync(path);
        var units = await encoder.EncodeAsync(Wave());
        Assert.Equal((64, 50), (units.Channels, units.Frames));
        Assert.All(units.Values, value => Assert.True(float.IsFinite(value)));
    }

    static string? SoftName(string name)
    {
        (string From, string To)[] rules =
        [
            ("feature_extractor.conv_layers.0.layer_norm.", "feature_extractor.norm0."), ("feature_projection.layer_norm.", "feature_projection.norm."),
            ("encoder.pos_conv_embed.conv.", "positional_embedding.conv."), ("encoder.layer_norm.", "norm."), ("final_proj.", "proj."),
        ];
        foreach (var (from, to) in rules)
            if (name.StartsWith(from, StringComparison.Ordinal)) return to + name[from.Length..];
        if (name.StartsWith("feature_extractor.conv_layers.", StringComparison.Ordinal)) return $"feature_extractor.conv{name[30]}.weight";
        if (!name.StartsWith("encoder.layers.", StringComparison.Ordinal)) return name;
        if (name.Contains("_proj.", StringComparison.Ordinal) && !name.Contains("out_proj", StringComparison.Ordinal)) return null;
        return name.Replace(".attention.out_proj", ".self_attn.out_proj", StringComparison.Ordinal)
            .Replace(".final_layer_norm.", ".norm2.", StringComparison.Ordinal).Replace(".layer_norm.", ".norm1.", StringComparison.Ordinal)
            .Replace(".feed_forward.intermediate_dense.", ".linear1.", StringComparison.Ordinal).Replace(".feed_forward.output_dense.", ".linear2.", StringComparison.Ordinal);
    }

    async Task<string> WriteAsync(Func<IEnumerable<KeyValuePair<string, TensorData>>, IEnumerable<KeyValuePair<string, TensorData>>> change)
    {
        using var file = SafetensorsFile.Open(Tiny);
        var tensors = file.Names.Select(name => KeyValuePair.Create(name, file.Get(name).ToTensorData())).ToList();
        var path = Path.Combine(folder.FullName, "model.safetensors");
        SafetensorsWriter.Write(path, change(tensors));
        // Beside it lies what tells of heads.
        await Task.Run(() => File.Copy(Path.Combine(Path.GetDirectoryName(Tiny)!, "config.json"), Path.Combine(folder.FullName, "config.json"), overwrite: true));
        return path;
    }

    static async Task<ContentUnits> EncodeAsync(string path, int layer, bool project)
    {
        await using var encoder = await HubertEncoder.LoadAsync(path, layer, project);
        return await encoder.EncodeAsync(Wave());
    }

    static void Close(ContentUnits expected, ContentUnits actual)
    {
        Assert.Equal((expected.Channels, expected.Frames), (actual.Channels, actual.Frames));
        Compare.Close(expected.Values, actual.Values, 1e-5, "units");
    }

    static float[] Wave() => [.. Enumerable.Range(0, 16000).Select(i => 0.1f * MathF.Sin(i * 0.07f) * MathF.Sin(i * 0.0011f))];

    static TensorData Filled(float value, params long[] shape)
    {
        var tensor = TensorData.Zeros(DType.Float32, shape);
        tensor.Floats.Fill(value);
        return tensor;
    }

    static TensorData Ramp(params long[] shape)
    {
        var tensor = TensorData.Zeros(DType.Float32, shape);
        for (var i = 0; i < tensor.Length; i++) tensor.Floats[i] = ((i * 37 % 101) - 50) * 0.002f;
        return tensor;
    }
}
