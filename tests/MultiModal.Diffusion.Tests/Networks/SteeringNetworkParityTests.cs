using MultiModal.Diffusion.Checkpoints;
using MultiModal.Diffusion.Networks;
using MultiModal.Runtime;
using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Graphs.Onnx;
using MultiModal.Runtime.Graphs.Passes;
using MultiModal.Runtime.Sessions;
using MultiModal.Runtime.Weights;
using MultiModal.Testing;

namespace MultiModal.Diffusion.Tests.Networks;

/// <summary>The networks beside UNet, autoencoder and text encoder: ControlNet and the tiny autoencoder.</summary>
[Trait("Category", "Parity")]
public sealed class SteeringNetworkParityTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public Task The_tiny_autoencoders_equal_the_reference(bool passes) => Fixtures.CheckAsync("taesd", async fixture =>
    {
        var folder = fixture.PathIn("model");
        var config = TinyAutoencoderConfig.From(await ConfigFile.LoadAsync(Path.Combine(folder, "config.json"), default));
        using var weights = WeightFiles.Open(Path.Combine(folder, "diffusion_pytorch_model.safetensors"));
        var input = new Dictionary<string, TensorData> { ["latent"] = fixture.Tensors["latent"] };
        var decoded = (await RunAsync(DiffusionGraphs.TinyDecoder(config), weights, input, passes))["image"];
        fixture.Expect("decoded", decoded);

        // The original files number the decoder's layers from 1, without a prefix.
        using var original = new WeightMap().Drop("encoder.{p*}").Apply(weights);
        var renamed = new MemoryWeights(original.Names.Select(n => KeyValuePair.Create(Original(n), original.Get(n).ToFloat32())));
        using var back = TinyAutoencoder.InDiffusersLayout(renamed);
        fixture.Expect("decoded", (await RunAsync(DiffusionGraphs.TinyDecoder(config), back, input, passes))["image"]);

        // Nothing is recorded of the encoder but that it takes its own decoder's pictures.
        var latent = (await RunAsync(DiffusionGraphs.TinyEncoder(config), weights, new() { ["image"] = decoded }, passes))["latent"];
        Assert.Equal(fixture.Tensors["latent"].Dimensions, latent.Dimensions);
        Assert.DoesNotContain(latent.Floats.ToArray(), v => !float.IsFinite(v));
    });

    [Theory]
    [InlineData(true, 1)]
    [InlineData(true, 2)]
    [InlineData(false, 1)]
    public Task ControlNets_and_the_UNets_they_steer_equal_the_reference(bool passes, int threads) => Fixtures.CheckAsync("controlnet", async fixture =>
    {
        var path = fixture.PathIn("controlnet");
        var config = ControlNetConfig.From(await ConfigFile.LoadAsync(Path.Combine(path, "config.json"), default));
        using var weights = WeightFiles.Open(Path.Combine(path, "diffusion_pytorch_model.safetensors"));
        var graph = DiffusionGraphs.ControlNet(config);
        var residuals = await RunAsync(graph, weights, graph.Inputs.ToDictionary(i => i.Name!, i => fixture.Tensors[i.Name!]), passes, threads);
        var scale = fixture["conditioning_scale"].GetSingle();
        var scaled = residuals.ToDictionary(r => r.Key, r => TensorData.Of(Array.ConvertAll(r.Value.Floats.ToArray(), v => v * scale), [.. r.Value.Dimensions]));
        foreach (var (name, value) in scaled) fixture.Expect(name, value);

        var folder = await DiffusersFolder.OpenAsync(fixture.PathIn("model"), null, default);
        using var unetWeights = folder.OpenWeights("unet");
        foreach (var anySize in (bool[])[false, true])
        {
            var unet = DiffusionGraphs.UNet(folder.UNet, anySize, controlled: true);
            var inputs = unet.Inputs.ToDictionary(i => i.Name!, i => scaled.TryGetValue(i.Name!, out var residual) ? residual : fixture.Tensors[i.Name!]);
            fixture.Expect("output", (await RunAsync(unet, unetWeights, inputs, passes, threads))["output"]);
        }
    });

    static string Original(string name)
    {
        var parts = name.Split('.');
        return string.Join('.', [$"{int.Parse(parts[2], System.Globalization.CultureInfo.InvariantCulture) + 1}", .. parts[3..]]);
    }

    static async Task<IReadOnlyDictionary<string, TensorData>> RunAsync(
        Graph graph, IWeightSource weights, Dictionary<string, TensorData> inputs, bool passes, int threads = 1)
    {
        var model = OnnxWriter.Write(graph.Optimise(passes ? null : GraphPasses.None), weights);
        using var session = await NetworkSession.CreateAsync(model, new() { Threads = threads, ShareThreadPool = false });
        return session.Run(inputs);
    }
}
