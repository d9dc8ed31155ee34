using MultiModal.Runtime;
using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Layers;

namespace MultiModal.Diffusion.Networks;

/// <summary>Two linear layers over sinusoids of a number. Parameters: linear_1, linear_2, and cond_proj where guidance is embedded.</summary>
sealed class TimestepEmbedding(Scope scope, int inputs, int features, int? conditionFeatures = null)
{
    readonly Linear first = new(scope["linear_1"], inputs, features);
    readonly Linear second = new(scope["linear_2"], features, features);
    readonly Linear? condition = conditionFeatures is { } size ? new(scope["cond_proj"], size, inputs, bias: false) : null;

    public Tensor Forward(Tensor x, Tensor? guidance = null)
    {
        if (condition is not null && guidance is not null) x += condition.Forward(guidance);
        return second.Forward(Ops.Silu(first.Forward(x)));
    }

    /// <summary>Sines and cosines of a number at geometrically falling frequencies (Ho et al. 2020): [n] to [n, features].</summary>
    public static Tensor Sinusoids(Tensor numbers, int features, bool cosineFirst, float shift)
    {
        var half = features / 2;
        var frequencies = new float[half];
        for (var i = 0; i < half; i++) frequencies[i] = MathF.Exp(-MathF.Log(10000) * i / (half - shift));
        var angles = Ops.Unsqueeze(numbers, 1) * numbers.Graph.Constant(TensorData.Of(frequencies, 1, half));
        return cosineFirst ? Ops.Concat(1, Ops.Cos(angles), Ops.Sin(angles)) : Ops.Concat(1, Ops.Sin(angles), Ops.Cos(angles));
    }
}
