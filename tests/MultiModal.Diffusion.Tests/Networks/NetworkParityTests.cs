using MultiModal.Diffusion.Checkpoints;
using MultiModal.Diffusion.Networks;
using MultiModal.Diffusion.Text;
using MultiModal.Runtime;
using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Graphs.Onnx;
using MultiModal.Runtime.Graphs.Passes;
using MultiModal.Runtime.Sessions;
using MultiModal.Testing;

namespace MultiModal.Diffusion.Tests.Networks;

[Trait("Category", "Parity")]
public sealed class NetworkParityTests
{
    /// <summary>Passes on and off, one thread and two: all must give the reference's numbers.</summary>
    public static TheoryData<bool, int> Ways => new() { { true, 1 }, { true, 2 }, { false, 1 }, { false, 2 } };

    [Theory]
    [MemberData(nameof(Ways))]
    public Task The_text_encoders_equal_the_reference(bool passes, int threads) => Fixtures.CheckAsync("clip-text", async fixture =>
    {
        var (folder, config) = await OpenAsync(fixture);
        var results = await RunAsync(fixture, folder, DiffusionGraphs.TextEncoder(ClipTextConfig.From(config)), passes, threads);
        foreach (var output in Texts(fixture, "outputs")) fixture.Expect(output, results[output]);
    });

    [Theory]
    [MemberData(nameof(Ways))]
    public Task The_UNets_equal_the_reference(bool passes, int threads) => Fixtures.CheckAsync("unet", async fixture =>
    {
        var (folder, config) = await OpenAsync(fixture);
        foreach (var anySize in (bool[])[false, true])
        {
            var results = await RunAsync(fixture, folder, DiffusionGraphs.UNet(UNetConfig.From(config), anySize), passes, threads);
            foreach (var output in Texts(fixture, "outputs")) fixture.Expect(output, results[output]);
        }
    });

    [Theory]
    [MemberData(nameof(Ways))]
    public Task The_autoencoders_equal_the_reference(bool passes, int threads) => Fixtures.CheckAsync("vae", async fixture =>
    {
        var (folder, file) = await OpenAsync(fixture);
        var config = VaeConfig.From(file);
        var encoded = await RunAsync(fixture, folder, DiffusionGraphs.VaeEncoder(config), passes, threads);
        fixture.Expect("mean", encoded["mean"]);
        fixture.Expect("logvar", encoded["logvar"]);
        var decoded = await RunAsync(fixture, folder, DiffusionGraphs.VaeDecoder(config), passes, threads);
        fixture.Expect("decoded", decoded["image"]);
    });

    static IEnumerable<string> Texts(FixtureCase fixture, string key) => fixture[key].EnumerateArray().Select(e => e.GetString()!);

    static async Task<(DiffusersFolder Folder, ConfigFile Config)> OpenAsync(FixtureCase fixture)
    {
        var folder = await DiffusersFolder.OpenAsync(fixture.PathIn("model"), null, default);
        return (folder, await ConfigFile.LoadAsync(Path.Combine(fixture.PathIn("model"), fixture.Text("component"), "config.json"), default));
    }

    static async Task<IReadOnlyDictionary<string, TensorData>> RunAsync(FixtureCase fixture, DiffusersFolder folder, Graph graph, bool passes, int threads)
    {
        using var weights = folder.OpenWeights(fixture.Text("component"));
        var model = OnnxWriter.Write(graph.Optimise(passes ? null : GraphPasses.None), weights);
        using var session = await NetworkSession.CreateAsync(model, new() { Threads = threads, ShareThreadPool = false });
        return session.Run(graph.Inputs.Select(i => i.Name!).ToDictionary(name => name, name => Input(fixture, graph, name)));
    }

    /// <summary>A case's tensor in the type and rank the graph takes: reference pipelines feed a timestep as a number, ids as Int64.</summary>
    static TensorData Input(FixtureCase fixture, Graph graph, string name)
    {
        var given = fixture.Tensors[name];
        var wanted = graph.Inputs.Single(i => i.Name == name);
        if (wanted.Type == DType.Int64) return given.Type == DType.Int64 ? given : TensorData.Of([.. Compare.Widen(given).Select(v => (long)v)], [.. given.Dimensions]);
        var values = Array.ConvertAll(Compare.Widen(given), v => (float)v);
        if (name != "timestep") return TensorData.Of(values, [.. given.Dimensions]);
        var batch = (int)fixture.Tensors["sample"].Dimensions[0];
        return TensorData.Of(values.Length == batch ? values : [.. Enumerable.Repeat(values[0], batch)], batch);
    }
}
