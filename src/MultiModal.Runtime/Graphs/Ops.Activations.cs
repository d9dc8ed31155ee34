namespace MultiModal.Runtime.Graphs;

public static partial class Ops
{
    /// <summary>1 / (1 + e^-x).</summary>
    public static Tensor Sigmoid(Tensor x) => Unary("Sigmoid", x);

    /// <summary>max(x, 0).</summary>
    public static Tensor Relu(Tensor x) => Unary("Relu", x);

    /// <summary>x where positive, slope * x elsewhere.</summary>
    public static Tensor LeakyRelu(Tensor x, float slope = 0.01f) => Unary("LeakyRelu", x, NodeAttributes.Of(("alpha", slope)));

    /// <summary>x where positive, alpha * (e^x - 1) elsewhere.</summary>
    public static Tensor Elu(Tensor x, float alpha = 1f) => Unary("Elu", x, NodeAttributes.Of(("alpha", alpha)));

    /// <summary>log(1 + e^x).</summary>
    public static Tensor Softplus(Tensor x) => Unary("Softplus", x);

    /// <summary>x * sigmoid(x), also called swish.</summary>
    public static Tensor Silu(Tensor x) => x * Sigmoid(x);

    /// <summary>x * sigmoid(1.702 x): CLIP's approximation of GELU.</summary>
    public static Tensor QuickGelu(Tensor x) => x * Sigmoid(x * 1.702f);

    /// <summary>x * (1 + erf(x / sqrt 2)) / 2 (Hendrycks and Gimpel 2016).</summary>
    public static Tensor Gelu(Tensor x) => x * (Erf(x * 0.70710678118654752f) + 1f) * 0.5f;

    /// <summary>GELU by its tanh approximation.</summary>
    public static Tensor GeluTanh(Tensor x) => x * (Tanh((x + x * x * x * 0.044715f) * 0.79788456080286536f) + 1f) * 0.5f;

    /// <summary>x * tanh(softplus(x)).</summary>
    public static Tensor Mish(Tensor x) => x * Tanh(Softplus(x));

    /// <summary>e^x over its sum along an axis.</summary>
    public static Tensor Softmax(Tensor x, int axis = -1) => Unary("Softmax", x, NodeAttributes.Of(("axis", x.Axis(axis, "Softmax"))));

    /// <summary>The logarithm of the softmax along an axis.</summary>
    public static Tensor LogSoftmax(Tensor x, int axis = -1) => Unary("LogSoftmax", x, NodeAttributes.Of(("axis", x.Axis(axis, "LogSoftmax"))));
}
