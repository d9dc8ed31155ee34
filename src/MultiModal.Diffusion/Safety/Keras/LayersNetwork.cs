using System.Text.Json.Nodes;
using MultiModal.Runtime;
using MultiModal.Runtime.Graphs;

namespace MultiModal.Diffusion.Safety.Keras;

/// <summary>Builds the graph of a <see cref="LayersModel"/>: the layers of convolutional classifiers, channels last as Keras has them, computed channels first.</summary>
sealed class LayersNetwork
{
    readonly LayersModel model;
    readonly Dictionary<string, Tensor> values = new(StringComparer.Ordinal);

    LayersNetwork(LayersModel model) => this.model = model;

    /// <summary>The graph: "pixels" [batch, height, width, 3] in 0..1 to "probabilities" [batch, classes].</summary>
    /// <exception cref="InvalidFileException">A layer is of a kind or a setting that is not known here, or a weight is missing or of another shape.</exception>
    public static (Graph Graph, int Height, int Width, int Classes) Build(LayersModel model)
    {
        var network = new LayersNetwork(model);
        var graph = new Graph();
        var (height, width) = (0, 0);
        Tensor? last = null;
        foreach (var layer in model.Layers)
        {
            var (name, kind, config) = (layer["name"]!.GetValue<string>(), layer["class_name"]!.GetValue<string>(), layer["config"]!.AsObject());
            try
            {
                if (kind == "InputLayer")
                {
                    var shape = config["batch_input_shape"]!.AsArray();
                    if (height != 0 || shape.Count != 4 || Whole(shape[3]) != 3) throw network.Bad(name, "one input of [height, width, 3] is expected");
                    (height, width) = (Whole(shape[1]), Whole(shape[2]));
                    if (height is < 1 or > 4096 || width is < 1 or > 4096) throw network.Bad(name, "pictures of 1 to 4096 pixels are expected");
                    network.values[name] = last = Ops.Transpose(graph.Input("pixels", DType.Float32, "batch", height, width, 3), 0, 3, 1, 2);
                    continue;
                }

                network.values[name] = last = network.Layer(name, kind, config, [.. layer["inbound_nodes"]!.AsArray().Single()!.AsArray().Select(n => network.values[n!.AsArray()[0]!.GetValue<string>()])]);
            }
            catch (GraphException error)
            {
                throw new InvalidFileException(model.File, "the layer does not fit what it is applied to.", $"layer {name}", innerException: error);
            }
        }

        if (last is not { Rank: 2 } || !last.Shape[1].IsKnown) throw new InvalidFileException(model.File, "the last layer does not give one row of probabilities.");
        graph.Output("probabilities", last);
        return (graph, height, width, (int)last.Shape[1].Value);
    }

    Tensor Layer(string name, string kind, JsonObject config, Tensor[] inputs)
    {
        var x = inputs[0];
        return kind switch
        {
            "Conv2D" => Activated(name, config, Conv(name, config, x, depthwise: false)),
            "DepthwiseConv2D" => Activated(name, config, Conv(name, config, x, depthwise: true)),
            "Dense" => Activated(name, config, Dense(name, config, x)),
            "BatchNormalization" => BatchNorm(name, config, x),
            "ZeroPadding2D" => Padded(name, config, x),
            "ReLU" => Relu(name, config, x),
            "Activation" => Activated(name, config, x),
            "Add" => inputs.Aggregate((a, b) => a + b),
            "AveragePooling2D" => Pool(name, config, x),
            "GlobalAveragePooling2D" => Ops.Mean(x, [2, 3], keep: false),
            "Flatten" => Flat(x),
            "Dropout" => x,
            _ => throw Bad(name, $"layers of the kind {kind} are not known here"),
        };
    }

    Tensor Conv(string name, JsonObject config, Tensor x, bool depthwise)
    {
        // Keras keeps kernels as [height, width, in, out], of depthwise ones as [height, width, in, multiplier].
        var kernel = Weight(name, depthwise ? "depthwise_kernel" : "kernel", 4);
        var (kh, kw, channels, outputs) = ((int)kernel.Dimensions[0], (int)kernel.Dimensions[1], (int)kernel.Dimensions[2], (int)kernel.Dimensions[3]);
        var values = new float[kernel.Length];
        var source = kernel.Floats;
        for (var c = 0; c < channels; c++)
            for (var o = 0; o < outputs; o++)
                for (var p = 0; p < kh * kw; p++)
                    values[((depthwise ? (c * outputs) + o : (o * channels) + c) * kh * kw) + p] = source[(((p * channels) + c) * outputs) + o];
        var weight = x.Graph.Constant(depthwise ? TensorData.Of(values, channels * outputs, 1, kh, kw) : TensorData.Of(values, outputs, channels, kh, kw));
        var bias = Flag(config, "use_bias") ? x.Graph.Constant(Weight(name, "bias", 1)) : null;
        var (strides, dilation) = (Pair(name, config["strides"]!), Pair(name, config["dilation_rate"]!));
        return Ops.Conv(x, weight, bias, strides, Padding(name, config, x, [kh, kw], strides, dilation), dilation, depthwise ? channels : 1);
    }

    Tensor Dense(string name, JsonObject config, Tensor x)
    {
        var y = Ops.MatMul(x, x.Graph.Constant(Weight(name, "kernel", 2)));
        return Flag(config, "use_bias") ? y + x.Graph.Constant(Weight(name, "bias", 1)) : y;
    }

    /// <summary>At inference a scale and an offset for each channel.</summary>
    Tensor BatchNorm(string name, JsonObject config, Tensor x)
    {
        var mean = Weight(name, "moving_mean", 1).Floats;
        var variance = Weight(name, "moving_variance", 1).Floats;
        var (scale, offset, epsilon) = (new float[mean.Length], new float[mean.Length], config["epsilon"]!.GetValue<double>());
        var gamma = Flag(config, "scale") ? Weight(name, "gamma", 1).Floats.ToArray() : null;
        var beta = Flag(config, "center") ? Weight(name, "beta", 1).Floats.ToArray() : null;
        if (variance.Length != mean.Length || (gamma ?? scale).Length != mean.Length || (beta ?? scale).Length != mean.Length) throw Bad(name, "its weights differ in length");
        for (var i = 0; i < scale.Length; i++)
        {
            scale[i] = (float)((gamma?[i] ?? 1) / Math.Sqrt(variance[i] + epsilon));
            offset[i] = (beta?[i] ?? 0) - (mean[i] * scale[i]);
        }

        long[] shape = x.Rank == 4 ? [1, scale.Length, 1, 1] : [1, scale.Length];
        return (x * x.Graph.Constant(TensorData.Of(scale, shape))) + x.Graph.Constant(TensorData.Of(offset, shape));
    }

    Tensor Relu(string name, JsonObject config, Tensor x)
    {
        if (Number(config, "negative_slope") != 0 || Number(config, "threshold") != 0) throw Bad(name, "only plain and bounded ReLU are known here");
        return config["max_value"] is { } bound ? Ops.Clip(x, 0, (float)bound.GetValue<double>()) : Ops.Relu(x);
    }

    Tensor Pool(string name, JsonObject config, Tensor x)
    {
        int[] size = Pair(name, config["pool_size"]!), strides = Pair(name, config["strides"]!);
        return Ops.AveragePool(x, size, strides, Padding(name, config, x, size, strides, [1, 1]));
    }

    Tensor Activated(string name, JsonObject config, Tensor x) => config["activation"]?.GetValue<string>() switch
    {
        null or "linear" => x,
        "relu" => Ops.Relu(x),
        "relu6" => Ops.Clip(x, 0, 6),
        "softmax" => Ops.Softmax(x, -1),
        "sigmoid" => Ops.Sigmoid(x),
        var other => throw Bad(name, $"the activation {other} is not known here"),
    };

    /// <summary>Rows as Keras flattens them: channels last.</summary>
    static Tensor Flat(Tensor x) => Ops.Reshape(x.Rank == 4 ? Ops.Transpose(x, 0, 2, 3, 1) : x, x.Shape[0], x.Shape.Skip(1).Aggregate((Dim)1, (a, b) => a * b));

    Tensor Padded(string name, JsonObject config, Tensor x)
    {
        var sides = config["padding"]!.AsArray();
        int[] rows = Pair(name, sides[0]!, least: 0), columns = Pair(name, sides[1]!, least: 0);
        return Ops.Pad(x, [0, 0, rows[0], columns[0]], [0, 0, rows[1], columns[1]]);
    }

    /// <summary>TensorFlow's "same": as many results as steps fit, the odd zero at the end.</summary>
    int[] Padding(string name, JsonObject config, Tensor x, int[] kernel, int[] strides, int[] dilation)
    {
        if (config["data_format"] is { } format && format.GetValue<string>() != "channels_last") throw Bad(name, "channels come last in the layouts known here");
        var kind = config["padding"]!.GetValue<string>();
        if (kind == "valid") return [0, 0, 0, 0];
        if (kind != "same") throw Bad(name, $"padding {kind} is not known here");
        var result = new int[4];
        for (var axis = 0; axis < 2; axis++)
        {
            var length = (int)x.Shape[axis + 2].Value;
            var span = ((kernel[axis] - 1) * dilation[axis]) + 1;
            var total = Math.Max(0, ((((length + strides[axis] - 1) / strides[axis]) - 1) * strides[axis]) + span - length);
            (result[axis], result[axis + 2]) = (total / 2, total - (total / 2));
        }

        return result;
    }

    TensorData Weight(string layer, string name, int rank) =>
        model.Weights.TryGetValue($"{layer}/{name}", out var weight) && weight.Dimensions.Count == rank ? weight
            : throw Bad(layer, weight is null ? $"its weight '{name}' is missing" : $"its weight '{name}' has {weight.Dimensions.Count} axes instead of {rank}");

    int[] Pair(string layer, JsonNode node, int least = 1)
    {
        int[] pair = [.. node.AsArray().Select(Whole)];
        return pair.Length == 2 && pair.All(p => p >= least && p <= 1024) ? pair : throw Bad(layer, $"two lengths of {least} to 1024 are expected");
    }

    static int Whole(JsonNode? node) => checked((int)node!.GetValue<double>());

    static bool Flag(JsonObject config, string name) => config[name]?.GetValue<bool>() ?? true;

    static double Number(JsonObject config, string name) => config[name]?.GetValue<double>() ?? 0;

    InvalidFileException Bad(string layer, string problem) => new(model.File, $"{problem}.", $"layer {layer}");
}
