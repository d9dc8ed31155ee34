using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Layers;

namespace MultiModal.Runtime.Tests.Graphs.Passes;

/// <summary>Draws a small network: layers, blocks and loose operations in a random order, some of them read twice, some intermediates given out.</summary>
sealed class RandomGraph(Graph graph, int seed)
{
    readonly System.Random random = new(seed);
    int layers;

    public void Build()
    {
        var tokens = new List<Tensor> { graph.Input("tokens", DType.Float32, "b", "t", 8), graph.Input("others", DType.Float32, "b", 5, 8) };
        var pictures = new List<Tensor> { graph.Input("picture", DType.Float32, "b", 4, "h", "w") };
        for (var i = 0; i < 10; i++)
        {
            if (random.Next(3) == 0) pictures.Add(Picture(Pick(pictures)));
            else tokens.Add(Sequence(Pick(tokens), tokens));
        }

        graph.Output("sequence", tokens[^1]);
        graph.Output("image", pictures[^1]);
        graph.Output("between", Pick(tokens));
        graph.Output("mean", Ops.Mean(Pick(pictures), [2, 3]));
    }

    Tensor Sequence(Tensor x, List<Tensor> pool)
    {
        switch (random.Next(14))
        {
            case 0: return new Linear(Next(), 8, 8, random.Next(2) == 0).Forward(x);
            case 1: return new LayerNorm(Next(), 8, 1e-3f).Forward(x);
            case 2: return Ops.LayerNorm(x, Next().Parameter("scale", 8), null, 1e-3f);
            case 3: return Bounded(Ops.Silu(x));
            case 4: return Bounded(random.Next(2) == 0 ? Ops.Gelu(x) : Ops.GeluTanh(x));
            case 5: return Bounded(Ops.QuickGelu(x));
            case 6:
                var other = Pick(pool);
                var mask = random.Next(2) == 0 ? null : Ops.Reshape(Ops.Mean(Pick(pool.Where(p => p.Shape[1] == other.Shape[1])), [-1]), "b", 1, 1, -1);
                return x + Heads.Join(Ops.Attention(Heads.Split(new Linear(Next(), 8, 8).Forward(x), 2), Heads.Split(other, 2), Heads.Split(new Linear(Next(), 8, 8).Forward(other), 2), mask));
            case 7:
                var gate = Ops.Sigmoid(x);
                return (x * gate) + gate;
            case 8: return Bounded(x + Pick(pool.Where(p => p.Shape.Equals(x.Shape))));
            case 9: return Bounded(x * Pick(pool.Where(p => p.Shape.Equals(x.Shape))));
            case 10: return Ops.Transpose(Ops.Tanh(Ops.Transpose(x, 0, 2, 1)), 0, 2, 1);
            case 11: return Ops.Reshape(Ops.Softmax(Ops.Reshape(x, -1, 8)), [.. x.Shape]);
            case 12: return Ops.StopGradient((x * 1f) + 0f) - Ops.Mean(x, [-1], keep: true);
            default:
                var cut = Ops.Concat(-1, [.. Ops.Split(x, -1, 3, 5).Reverse()]);
                return cut + graph.Constant(Nd.Random(layers, 8).ToTensor()) * (graph.Constant(0.5f) + graph.Constant(0.25f));
        }
    }

    Tensor Picture(Tensor x)
    {
        switch (random.Next(8))
        {
            case 0: return Ops.LeakyRelu(Conv.TwoD(Next(), 4, 4, 3, padding: 1).Forward(x), 0.1f);
            case 1: return new GroupNorm(Next(), 2, 4, 1e-3f).Forward(x);
            case 2: return Bounded(Ops.Silu(new GroupNorm(Next(), 4, 4, 1e-3f).Forward(x)));
            case 3 when x.Shape[2].ToString().Length < 4:
                return Ops.Tanh(Conv.TwoD(Next(), 4, 4, 3, padding: 1, bias: random.Next(2) == 0).Forward(Ops.Resize(x, [x.Shape[2] * 2, x.Shape[3] * 2])));
            case 4: return Ops.Relu(Conv.TwoD(Next(), 4, 4, 1, groups: 2).Forward(x)) - x;
            case 5: return Ops.InstanceNorm(x, null, null, 1e-3f);
            case 6: return Ops.PixelShuffle(Conv.TwoD(Next(), 4, 16, 3, stride: 2, padding: 1).Forward(Ops.Concat(2, x, x)), 2);
            default: return Conv.TwoD(Next(), 4, 4, 3, padding: 1).Forward(x) + x;
        }
    }

    /// <summary>What could grow from layer to layer is kept small, so that errors stay comparable.</summary>
    Tensor Bounded(Tensor x) => random.Next(3) == 0 ? Ops.Tanh(x) : x * 0.5f;

    Scope Next() => graph.Root["layer"][layers++];

    T Pick<T>(IEnumerable<T> from) => from.ElementAt(random.Next(from.Count()));
}
