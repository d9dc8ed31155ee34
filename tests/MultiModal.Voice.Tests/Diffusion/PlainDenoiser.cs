using MultiModal.Runtime;
using MultiModal.Voice.Diffusion;

namespace MultiModal.Voice.Tests.Diffusion;

/// <summary>The denoiser in loops, after the paper: what the graph is compared with.</summary>
static class PlainDenoiser
{
    const string Root = "decoder.denoise_fn.";

    public static float[] Run(IReadOnlyDictionary<string, TensorData> weights, MelDiffusionShape shape, float[] spectrogram, float[] condition, float time, int frames)
    {
        var channels = shape.Channels;
        var x = Conv("input_projection", spectrogram, shape.Mels, channels, 1);
        for (var i = 0; i < x.Length; i++) x[i] = Math.Max(0, x[i]);
        var half = channels / 2;
        var embedding = new double[channels];
        for (var i = 0; i < half; i++)
        {
            var angle = time * Math.Exp(-i * Math.Log(10000) / (half - 1));
            (embedding[i], embedding[half + i]) = (Math.Sin(angle), Math.Cos(angle));
        }

        var hidden = Linear("mlp.0", embedding).Select(v => v * Math.Tanh(Math.Log(1 + Math.Exp(v)))).ToArray();
        var step = Linear("mlp.2", hidden);
        var skip = new double[channels * frames];
        for (var layer = 0; layer < shape.Layers; layer++)
        {
            var name = $"residual_layers.{layer}.";
            var added = Linear(name + "diffusion_projection", step);
            var shifted = new double[x.Length];
            for (var c = 0; c < channels; c++)
                for (var t = 0; t < frames; t++) shifted[(c * frames) + t] = x[(c * frames) + t] + added[c];
            var y = Conv(name + "dilated_conv", shifted, channels, 2 * channels, 3);
            var told = Conv(name + "conditioner_projection", condition, shape.Hidden, 2 * channels, 1);
            var gated = new double[x.Length];
            for (var i = 0; i < gated.Length; i++)
                gated[i] = 1 / (1 + Math.Exp(-(y[i] + told[i]))) * Math.Tanh(y[i + gated.Length] + told[i + gated.Length]);
            var z = Conv(name + "output_projection", gated, channels, 2 * channels, 1);
            for (var i = 0; i < x.Length; i++)
            {
                x[i] = (x[i] + z[i]) / Math.Sqrt(2);
                skip[i] += z[i + x.Length];
            }
        }

        for (var i = 0; i < skip.Length; i++) skip[i] /= Math.Sqrt(shape.Layers);
        x = Conv("skip_projection", skip, channels, channels, 1);
        for (var i = 0; i < x.Length; i++) x[i] = Math.Max(0, x[i]);
        return Array.ConvertAll(Conv("output_projection", x, channels, shape.Mels, 1), v => (float)v);

        double[] Conv<T>(string name, T[] values, int inputs, int outputs, int kernel)
            where T : IConvertible
        {
            var (weight, bias) = (weights[$"{Root}{name}.weight"].Floats.ToArray(), weights[$"{Root}{name}.bias"].Floats.ToArray());
            var result = new double[outputs * frames];
            for (var o = 0; o < outputs; o++)
            {
                for (var t = 0; t < frames; t++)
                {
                    double sum = bias[o];
                    for (var i = 0; i < inputs; i++)
                    {
                        for (var k = 0; k < kernel; k++)
                        {
                            var at = t + k - (kernel / 2);
                            if (at >= 0 && at < frames) sum += weight[(((o * inputs) + i) * kernel) + k] * values[(i * frames) + at].ToDouble(null);
                        }
                    }

                    result[(o * frames) + t] = sum;
                }
            }

            return result;
        }

        double[] Linear(string name, double[] values)
        {
            var (weight, bias) = (weights[$"{Root}{name}.weight"].Floats.ToArray(), weights[$"{Root}{name}.bias"].Floats.ToArray());
            return [.. bias.Select((b, o) => b + values.Select((v, i) => v * weight[(o * values.Length) + i]).Sum())];
        }
    }
}
