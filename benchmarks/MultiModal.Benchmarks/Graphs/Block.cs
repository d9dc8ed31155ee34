using MultiModal.Runtime;
using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Layers;

namespace MultiModal.Benchmarks.Graphs;

/// <summary>A part of a network at its true size.</summary>
/// <param name="Name">What the table calls it.</param>
/// <param name="Sizes">The lengths of its inputs' symbols.</param>
/// <param name="Build">Appends it to a graph.</param>
sealed record Block(string Name, Dictionary<string, long> Sizes, Action<Graph> Build)
{
    public static IReadOnlyList<Block> All { get; } =
    [
        new("transformer block, 4096 x 320", new() { ["t"] = 4096 }, Transformer),
        new("CLIP layer, 77 x 768", new() { ["t"] = 77 }, TextLayer),
        new("residual block, 320 x 64 x 64", new() { ["h"] = 64, ["w"] = 64 }, Residual),
        new("upsampler, 256 x 128 x 128", new() { ["h"] = 128, ["w"] = 128 }, Upsampler),
        new("vocoder stage, 128 x 8000", new() { ["t"] = 8000 }, Vocoder),
    ];

    static void Transformer(Graph graph)
    {
        var (root, x, context) = (graph.Root, graph.Input("x", DType.Float32, 1, "t", 320), graph.Input("context", DType.Float32, 1, 77, 768));
        var normal = new LayerNorm(root["norm1"], 320).Forward(x);
        x += Attention(root["self"], normal, normal, 320, 8, null);
        x += Attention(root["cross"], new LayerNorm(root["norm2"], 320).Forward(x), context, 320, 8, null);
        var parts = Ops.Chunk(new Linear(root["wide"], 320, 2560).Forward(new LayerNorm(root["norm3"], 320).Forward(x)), 2, -1);
        graph.Output("y", x + new Linear(root["narrow"], 1280, 320).Forward(parts[0] * Ops.Gelu(parts[1])));
    }

    static void TextLayer(Graph graph)
    {
        var (root, x, mask) = (graph.Root, graph.Input("x", DType.Float32, 1, "t", 768), graph.Input("mask", DType.Float32, 1, 1, "t", "t"));
        var normal = new LayerNorm(root["norm1"], 768).Forward(x);
        x += Attention(root["self"], normal, normal, 768, 12, mask);
        var wide = new Linear(root["wide"], 768, 3072).Forward(new LayerNorm(root["norm2"], 768).Forward(x));
        graph.Output("y", x + new Linear(root["narrow"], 3072, 768).Forward(Ops.QuickGelu(wide)));
    }

    static void Residual(Graph graph)
    {
        var (root, x) = (graph.Root, graph.Input("x", DType.Float32, 1, 320, "h", "w"));
        var y = Conv.TwoD(root["conv1"], 320, 320, 3, padding: 1).Forward(Ops.Silu(new GroupNorm(root["norm1"], 32, 320).Forward(x)));
        y = Conv.TwoD(root["conv2"], 320, 320, 3, padding: 1).Forward(Ops.Silu(new GroupNorm(root["norm2"], 32, 320).Forward(y)));
        graph.Output("y", x + y);
    }

    static void Upsampler(Graph graph)
    {
        var x = graph.Input("x", DType.Float32, 1, 256, "h", "w");
        graph.Output("y", Conv.TwoD(graph.Root["conv"], 256, 256, 3, padding: 1).Forward(Ops.Resize(x, [x.Shape[2] * 2, x.Shape[3] * 2])));
    }

    static void Vocoder(Graph graph)
    {
        var (root, x) = (graph.Root, graph.Input("x", DType.Float32, 1, 128, "t"));
        foreach (var dilation in (int[])[1, 3, 5])
        {
            var y = Conv.OneD(root["first"][dilation], 128, 128, 3, padding: dilation, dilation: dilation).Forward(Ops.LeakyRelu(x, 0.1f));
            x += Conv.OneD(root["second"][dilation], 128, 128, 3, padding: 1).Forward(Ops.LeakyRelu(y, 0.1f));
        }

        graph.Output("y", x);
    }

    static Tensor Attention(Scope scope, Tensor x, Tensor other, int features, int heads, Tensor? mask)
    {
        var inputs = (int)other.Shape[2].Value;
        return new Linear(scope["out"], features, features).Forward(Heads.Join(Ops.Attention(
            Heads.Split(new Linear(scope["q"], features, features).Forward(x), heads),
            Heads.Split(new Linear(scope["k"], inputs, features).Forward(other), heads),
            Heads.Split(new Linear(scope["v"], inputs, features).Forward(other), heads), mask)));
    }
}
