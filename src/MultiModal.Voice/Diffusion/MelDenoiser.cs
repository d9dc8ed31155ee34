using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Layers;
using MultiModal.Voice.Synthesis;

namespace MultiModal.Voice.Diffusion;

/// <summary>
/// The network that finds the noise in a mel spectrogram: gated convolutions with residual and skip connections (DiffSinger's denoiser, after Kong et
/// al. 2020, "DiffWave", figure 2a), named "decoder.denoise_fn" in checkpoints.
/// </summary>
/// <param name="scope">Where its parameters are.</param>
/// <param name="shape">The dimensions.</param>
sealed class MelDenoiser(Scope scope, MelDiffusionShape shape)
{
    readonly RowConv input = new(scope["input_projection"], shape.Mels, shape.Channels, 1);
    readonly Linear first = new(scope["mlp"]["0"], shape.Channels, 4 * shape.Channels);
    readonly Linear second = new(scope["mlp"]["2"], 4 * shape.Channels, shape.Channels);
    readonly List<Layer> layers = [.. Enumerable.Range(0, shape.Layers).Select(i => new Layer(scope["residual_layers"][i], shape))];
    readonly RowConv skip = new(scope["skip_projection"], shape.Channels, shape.Channels, 1);
    readonly RowConv output = new(scope["output_projection"], shape.Channels, shape.Mels, 1);

    /// <summary>Applies it.</summary>
    /// <param name="x">The spectrogram with its noise, -1 to 1 without it: [batch, mels, frames].</param>
    /// <param name="time">The step: [batch].</param>
    /// <param name="condition">What is said, at what pitch, by whom: [batch, hidden, frames].</param>
    /// <returns>The noise: [batch, mels, frames].</returns>
    public Tensor Forward(Tensor x, Tensor time, Tensor condition)
    {
        x = Ops.Relu(input.Forward(Ops.Unsqueeze(x, 2)));
        condition = Ops.Unsqueeze(condition, 2);
        var step = second.Forward(Ops.Mish(first.Forward(Embed(time))));
        Tensor? sum = null;
        foreach (var layer in layers)
        {
            (x, var passed) = layer.Forward(x, condition, step);
            sum = sum is null ? passed : sum + passed;
        }

        x = Ops.Relu(skip.Forward(sum! * (1 / MathF.Sqrt(layers.Count))));
        return Ops.Squeeze(output.Forward(x), 2);
    }

    /// <summary>Sines and cosines of the step at frequencies from 1 to 1 / 10000: [batch, channels].</summary>
    Tensor Embed(Tensor time)
    {
        var half = shape.Channels / 2;
        var frequencies = new float[half];
        for (var i = 0; i < half; i++) frequencies[i] = MathF.Exp(i * (float)(-Math.Log(10000) / (half - 1)));
        var angles = Ops.Unsqueeze(time, 1) * time.Graph.Constant(Runtime.TensorData.Of(frequencies, 1, half));
        return Ops.Concat(1, Ops.Sin(angles), Ops.Cos(angles));
    }

    sealed class Layer(Scope scope, MelDiffusionShape shape)
    {
        readonly RowConv convolution = new(scope["dilated_conv"], shape.Channels, 2 * shape.Channels, 3, padding: 1);
        readonly Linear step = new(scope["diffusion_projection"], shape.Channels, shape.Channels);
        readonly RowConv condition = new(scope["conditioner_projection"], shape.Hidden, 2 * shape.Channels, 1);
        readonly RowConv output = new(scope["output_projection"], shape.Channels, 2 * shape.Channels, 1);

        public (Tensor X, Tensor Skip) Forward(Tensor x, Tensor conditions, Tensor time)
        {
            var y = convolution.Forward(x + Ops.Unsqueeze(step.Forward(time), 2, 3)) + condition.Forward(conditions);
            var parts = Ops.Split(y, 1, shape.Channels, shape.Channels);
            parts = Ops.Split(output.Forward(Ops.Sigmoid(parts[0]) * Ops.Tanh(parts[1])), 1, shape.Channels, shape.Channels);
            return ((x + parts[0]) * MathF.Sqrt(0.5f), parts[1]);
        }
    }
}
