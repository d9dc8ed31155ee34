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
        var path = await WriteAsync(tensors => WithBias(tensors.ToDictionary()));
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
    public async Task WavLM_as_published_is_the_same_as_under_the_other_names()
    {
        var biased = await WriteAsync(tensors => WithBias(tensors.ToDictionary()));
        var expected = await EncodeAsync(biased, 12, false);
        var named = new Dictionary<string, object>();
        using (var file = SafetensorsFile.Open(biased))
            foreach (var name in file.Names) named[FairseqName(name)] = file.Get(name).ToTensorData();
        Dictionary<string, object> Config(bool normalise) => new()
        {
            ["extractor_mode"] = "default", ["encoder_layers"] = 12L, ["encoder_embed_dim"] = 32L, ["encoder_attention_heads"] = 4L, ["layer_norm_first"] = false,
            ["relative_position_embedding"] = true, ["num_buckets"] = 320L, ["max_distance"] = 800L, ["gru_rel_pos"] = true, ["normalize"] = normalise,
        };
        var path = Path.Combine(Directory.CreateDirectory(Path.Combine(folder.FullName, "wavlm")).FullName, "WavLM-Base+.pt");
        TorchWriter.Write(path, new Dictionary<string, object> { ["cfg"] = Config(false), ["model"] = named });
        await using (var encoder = await ContentEncoders.LoadAsync("wavlmbase+", null, [Path.GetDirectoryName(path)!]))
        {
            Assert.Equal(("wavlmbase+", 32), (encoder.Name, encoder.Channels));
            Close(expected, await encoder.EncodeAsync(Wave()));
        }

        // Where the checkpoint says so, the sound's level is of no account.
        TorchWriter.Write(path, new Dictionary<string, object> { ["cfg"] = Config(true), ["model"] = named });
        await using var normalised = await HubertEncoder.LoadAsync(path, null, false);
        var loud = await normalised.EncodeAsync(Array.ConvertAll(Wave(), v => (5 * v) + 0.2f));
        Compare.Close((await normalised.EncodeAsync(Wave())).Values, loud.Values, 2e-3, "units");
    }

    [Fact]
    public async Task Large_models_normalise_first_and_at_the_end()
    {
        // chinese-hubert-large: a bias and a layer norm at every convolution, layers that normalise before their parts.
        var named = new Dictionary<string, object>();
        var random = new Runtime.Random.TorchRandom(3);
        TensorData Random(params long[] shape)
        {
            var tensor = TensorData.Zeros(DType.Float32, shape);
            random.Normal(tensor.Floats, 0, 0.2);
            return tensor;
        }

        int[] kernels = [10, 3, 3, 3, 3, 2, 2];
        for (var i = 0; i < 7; i++)
        {
            named[$"feature_extractor.conv_layers.{i}.0.weight"] = Random(8, i == 0 ? 1 : 8, kernels[i]);
            named[$"feature_extractor.conv_layers.{i}.0.bias"] = Random(8);
            (named[$"feature_extractor.conv_layers.{i}.2.1.weight"], named[$"feature_extractor.conv_layers.{i}.2.1.bias"]) = (Filled(1, 8), Filled(0, 8));
        }

        (named["layer_norm.weight"], named["layer_norm.bias"]) = (Filled(1, 8), Filled(0, 8));
        (named["post_extract_proj.weight"], named["post_extract_proj.bias"], named["mask_emb"]) = (Random(16, 8), Random(16), Random(16));
        (named["encoder.pos_conv.0.bias"], named["encoder.pos_conv.0.weight_g"], named["encoder.pos_conv.0.weight_v"]) = (Random(16), Filled(0.3f, 1, 1, 128), Random(16, 4, 128));
        (named["encoder.layer_norm.weight"], named["encoder.layer_norm.bias"]) = (Filled(1, 16), Filled(0, 16));
        for (var i = 0; i < 3; i++)
        {
            var layer = $"encoder.layers.{i}.";
            foreach (var part in (string[])["k", "v", "q", "out"]) (named[$"{layer}self_attn.{part}_proj.weight"], named[$"{layer}self_attn.{part}_proj.bias"]) = (Random(16, 16), Random(16));
            foreach (var norm in (string[])["self_attn_layer_norm", "final_layer_norm"]) (named[$"{layer}{norm}.weight"], named[$"{layer}{norm}.bias"]) = (Filled(1, 16), Filled(0, 16));
            (named[$"{layer}fc1.weight"], named[$"{layer}fc1.bias"], named[$"{layer}fc2.weight"], named[$"{layer}fc2.bias"]) = (Random(64, 16), Random(64), Random(16, 64), Random(16));
        }

        var path = Path.Combine(folder.FullName, "chinese-hubert-large-fairseq-ckpt.pt");
        TorchWriter.Write(path, new Dictionary<string, object>
        {
            ["args"] = new Dictionary<string, object>(), ["cfg"] = new Dictionary<string, object>
            {
                ["model"] = new Dictionary<string, object> { ["_name"] = "hubert", ["encoder_attention_heads"] = 4L, ["layer_norm_first"] = true, ["extractor_mode"] = "layer_norm", ["conv_bias"] = true },
            },
            ["model"] = named,
        });
        await using var encoder = await ContentEncoders.LoadAsync("cnhubertlarge", null, [folder.FullName]);
        var units = await encoder.EncodeAsync(Wave());
        Assert.Equal((16, 49), (units.Channels, units.Frames));
        for (var t = 0; t < units.Frames; t++)
        {
            // What leaves the last normalisation, whose scale is 1, has mean 0 and variance 1.
            var unit = Enumerable.Range(0, 16).Select(c => units.Values[(c * 49) + t]).ToArray();
            Assert.Equal(0, unit.Average(), 1e-3f);
            Assert.Equal(1, unit.Average(v => v * v), 1e-2f);
        }
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

    static Dictionary<string, TensorData> WithBias(Dictionary<string, TensorData> all)
    {
        all["encoder.layers.0.attention.rel_attn_embed.weight"] = Ramp(320, 4);
        for (var i = 0; i < 12; i++)
        {
            all[$"encoder.layers.{i}.attention.gru_rel_pos_linear.weight"] = Filled(0.3f, 8, 8);
            all[$"encoder.layers.{i}.attention.gru_rel_pos_linear.bias"] = Filled(0.1f, 8);
            all[$"encoder.layers.{i}.attention.gru_rel_pos_const"] = Filled(1, 1, 4, 1, 1);
        }

        return all;
    }

    /// <summary>Hugging Face's name to that of fairseq and WavLM.</summary>
    static string FairseqName(string name)
    {
        (string From, string To)[] rules =
        [
            ("feature_projection.layer_norm.", "layer_norm."), ("feature_projection.projection.", "post_extract_proj."), ("encoder.pos_conv_embed.conv.", "encoder.pos_conv.0."), ("masked_spec_embed", "mask_emb"),
        ];
        foreach (var (from, to) in rules)
            if (name.StartsWith(from, StringComparison.Ordinal)) return to + name[from.Length..];
        if (name.StartsWith("feature_extractor.", StringComparison.Ordinal))
            return name.Replace(".conv.", ".0.", StringComparison.Ordinal).Replace(".layer_norm.", ".2.", StringComparison.Ordinal);
        if (!name.StartsWith("encoder.layers.", StringComparison.Ordinal)) return name;
        return name.Replace(".final_layer_norm.", ".FINAL.", StringComparison.Ordinal).Replace(".layer_norm.", ".self_attn_layer_norm.", StringComparison.Ordinal)
            .Replace(".FINAL.", ".final_layer_norm.", StringComparison.Ordinal)
            .Replace(".attention.gru_rel_pos_linear.", ".self_attn.grep_linear.", StringComparison.Ordinal).Replace(".attention.gru_rel_pos_const", ".self_attn.grep_a", StringComparison.Ordinal)
            .Replace(".attention.rel_attn_embed.", ".self_attn.relative_attention_bias.", StringComparison.Ordinal).Replace(".attention.", ".self_attn.", StringComparison.Ordinal)
            .Replace(".feed_forward.intermediate_dense.", ".fc1.", StringComparison.Ordinal).Replace(".feed_forward.output_dense.", ".fc2.", StringComparison.Ordinal);
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
