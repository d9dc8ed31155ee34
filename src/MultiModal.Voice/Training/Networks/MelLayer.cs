using MultiModal.Runtime;
using MultiModal.Runtime.Graphs;
using MultiModal.Voice.Signal;

namespace MultiModal.Voice.Training.Networks;

/// <summary>
/// A mel spectrogram inside a graph, so that gradients go through it. The Fourier transform is a product with a matrix: the frames of a training
/// segment are few.
/// </summary>
/// <param name="options">What it is made of; a Hann window of the frame's length and mirrored ends.</param>
sealed class MelLayer(MelSpectrogramOptions options)
{
    /// <summary>[batch, 1, samples], of a length that is known, to [batch, mels, samples / hop]: ln(max(clamp, filters * magnitudes)).</summary>
    public Tensor Forward(Tensor sound)
    {
        var graph = sound.Graph;
        var (size, hop, bins) = (options.FftSize, options.Hop, (options.FftSize / 2) + 1);
        var padding = StftPadding.Vits(size, hop);
        var padded = Ops.Pad(Ops.Reshape(sound, sound.Shape[0], sound.Shape[2]), [0, padding.Left], [0, padding.Right], PadMode.Reflect);
        var spectrum = Ops.MatMul(Frames(padded), graph.Constant(Transform(size, options.WindowLength ?? size)));
        var parts = Ops.Split(spectrum, 2, bins, bins);
        var magnitudes = Ops.Sqrt(parts[0] * parts[0] + parts[1] * parts[1] + (float)options.Epsilon);
        var filters = new MelFilterBank(options.SampleRate, size, options.Mels, options.Lowest, options.Highest, options.Scale).ToMatrix();
        var mels = Ops.MatMul(magnitudes, Ops.Transpose(graph.Constant(TensorData.Of(filters, options.Mels, bins)), 1, 0));
        return Ops.SwapAxes(Ops.Log(Ops.Max(mels, graph.Constant((float)options.Clamp))), 1, 2);
    }

    /// <summary>[batch, samples] to overlapping frames [batch, frames, size]: pieces of a hop, side by side with the pieces that follow.</summary>
    Tensor Frames(Tensor padded)
    {
        var (size, hop) = (options.FftSize, options.Hop);
        if (size % hop != 0) throw new ArgumentException($"The frame's length ({size}) is no multiple of the hop ({hop}).");
        var frames = ((padded.Shape[1] - size) / hop) + 1;
        var overlap = size / hop;
        var pieces = Ops.Reshape(Ops.Slice(padded, 1, 0, (frames + overlap - 1) * hop), padded.Shape[0], frames + overlap - 1, hop);
        return Ops.Concat(2, [.. Enumerable.Range(0, overlap).Select(i => Ops.Slice(pieces, 1, i, frames + i))]);
    }

    /// <summary>The window times the cosines, then times the sines: [size, 2 bins].</summary>
    static TensorData Transform(int size, int window)
    {
        var bins = (size / 2) + 1;
        var matrix = new float[size * 2 * bins];
        var left = (size - window) / 2;
        for (var n = 0; n < size; n++)
        {
            var weight = n < left || n >= left + window ? 0 : 0.5 - (0.5 * Math.Cos(2 * Math.PI * (n - left) / window));
            for (var k = 0; k < bins; k++)
            {
                var (sin, cos) = Math.SinCos(2 * Math.PI * ((long)n * k % size) / size);
                matrix[(n * 2 * bins) + k] = (float)(weight * cos);
                matrix[(n * 2 * bins) + bins + k] = (float)(-weight * sin);
            }
        }

        return TensorData.Of(matrix, size, 2 * bins);
    }
}
