using MultiModal.Runtime;
using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Sessions;

namespace MultiModal.Voice.Pitch;

/// <summary>Pitch by RMVPE: robust to noise, reverberation and accompaniment. Needs rmvpe.pt, in the layout of So-VITS-SVC or of RVC.</summary>
public sealed class RmvpePitch : IPitchEstimator, IAsyncDisposable
{
    // What is shorter than a quarter of the spectrogram's window has no pitch to speak of.
    const int ShortestMilliseconds = 16;

    readonly NetworkSession session;
    readonly RmvpeConfig config;
    readonly double threshold;

    RmvpePitch(NetworkSession session, RmvpeConfig config, double threshold) => (this.session, this.config, this.threshold) = (session, config, threshold);

    /// <inheritdoc/>
    public string Name => "rmvpe";

    /// <summary>Loads the network.</summary>
    /// <param name="path">rmvpe.pt or the same tensors as .safetensors.</param>
    /// <param name="threshold">What the strongest bin of a voiced frame surpasses, 0 to 1; 0.05 by default.</param>
    /// <param name="options">Devices and threads.</param>
    /// <param name="cancellationToken">Stops the loading.</param>
    /// <exception cref="InvalidFileException">The file is missing, damaged, or another network's.</exception>
    public static async Task<RmvpePitch> LoadAsync(string path, double threshold = 0.05, RuntimeOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var weights = await Task.Run(() => PitchNetworkFile.Open(path, "rmvpe.pt of github.com/yxlllc/RMVPE (release 230917) or of RVC"), cancellationToken).ConfigureAwait(false);
        using (weights)
        {
            var config = RmvpeConfig.Read(weights);
            var graph = new Graph();
            // The U-Net halves time as often as it has stages.
            var mel = graph.Input("mel", DType.Float32, 1, config.MelBins, Dim.Symbol("blocks") * (1 << config.Stages));
            graph.Output("salience", new RmvpeNetwork(graph.Root, config).Forward(mel));
            return new(await PitchNetworkFile.CompileAsync(graph, weights, "rmvpe", options, cancellationToken).ConfigureAwait(false), config, threshold);
        }
    }

    /// <inheritdoc/>
    public PitchCurve Estimate(ReadOnlySpan<float> samples, PitchRequest request)
    {
        var wanted = request.FramesFor(samples.Length);
        if (wanted == 0 || samples.Length < request.SampleRate / 1000 * ShortestMilliseconds) return new(new float[wanted]);
        var (mel, frames) = PitchInput.Rmvpe(samples, request.SampleRate);
        var hertz = PitchSalience.ToHertz(PitchSalience.Crepe.LocalAverage(Salience(mel, frames), threshold));
        return new(PitchResize.Nearest(hertz, wanted));
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => session.DisposeAsync();

    /// <summary>The network alone: [mel bins, frames] to [frames, bins].</summary>
    internal float[] Salience(ReadOnlySpan<float> mel, int frames)
    {
        // Filled with zeros to a multiple of 32 whatever the network: its recurrent layer hears them.
        var multiple = Math.Max(32, 1 << config.Stages);
        var padded = (frames + multiple - 1) / multiple * multiple;
        var input = TensorData.Zeros(DType.Float32, 1, config.MelBins, padded);
        for (var bin = 0; bin < config.MelBins; bin++) mel.Slice(bin * frames, frames).CopyTo(input.Floats[(bin * padded)..]);
        var result = session.Run(new Dictionary<string, TensorData> { ["mel"] = input });
        return result["salience"].Floats[..(frames * config.Bins)].ToArray();
    }
}
