using MultiModal.Runtime;
using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Sessions;
using MultiModal.Runtime.Weights;

namespace MultiModal.Voice.Pitch;

/// <summary>Pitch by FCPE: as robust as it needs to be, and fast enough for real time. Needs fcpe.pt of So-VITS-SVC 4.1.</summary>
public sealed class FcpePitch : IPitchEstimator, IAsyncDisposable
{
    const int ShortestMilliseconds = 16;

    readonly NetworkSession session;
    readonly FcpeConfig config;
    readonly PitchSalience bins;
    readonly double threshold;

    FcpePitch(NetworkSession session, FcpeConfig config, PitchSalience bins, double threshold) =>
        (this.session, this.config, this.bins, this.threshold) = (session, config, bins, threshold);

    /// <inheritdoc/>
    public string Name => "fcpe";

    /// <summary>Loads the network.</summary>
    /// <param name="path">fcpe.pt or the same tensors as .safetensors.</param>
    /// <param name="threshold">What the strongest bin of a voiced frame surpasses, 0 to 1; 0.05 by default.</param>
    /// <param name="options">Devices and threads.</param>
    /// <param name="cancellationToken">Stops the loading.</param>
    /// <exception cref="InvalidFileException">The file is missing, damaged, or another network's.</exception>
    public static async Task<FcpePitch> LoadAsync(string path, double threshold = 0.05, RuntimeOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var weights = await Task.Run(() => PitchNetworkFile.Open(path, "fcpe.pt of the ms903/Diff-SVC-refactor-pre-trained-model repository"), cancellationToken).ConfigureAwait(false);
        using (weights)
        {
            var config = FcpeConfig.Read(weights);
            var graph = new Graph();
            var mel = graph.Input("mel", DType.Float32, 1, "frames", config.MelBins);
            graph.Output("salience", new FcpeNetwork(graph.Root, config).Forward(mel));
            var session = await PitchNetworkFile.CompileAsync(graph, weights, "fcpe", options, cancellationToken).ConfigureAwait(false);
            return new(session, config, Bins(weights, config), threshold);
        }
    }

    /// <inheritdoc/>
    public PitchCurve Estimate(ReadOnlySpan<float> samples, PitchRequest request)
    {
        var wanted = request.FramesFor(samples.Length);
        if (wanted == 0 || samples.Length < request.SampleRate / 1000 * ShortestMilliseconds) return new(new float[wanted]);
        var (mel, frames) = PitchInput.Fcpe(samples, request.SampleRate);
        var byFrame = new float[mel.Length];
        for (var t = 0; t < frames; t++)
            for (var bin = 0; bin < config.MelBins; bin++) byFrame[(t * config.MelBins) + bin] = mel[(bin * frames) + t];
        return new(PitchResize.Nearest(Hertz(byFrame, frames), wanted));
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => session.DisposeAsync();

    /// <summary>The network and its decoding: [frames, mel bins] to Hz for each frame, 0 where it is unvoiced.</summary>
    internal float[] Hertz(float[] mel, int frames)
    {
        var result = session.Run(new Dictionary<string, TensorData> { ["mel"] = TensorData.Of(mel, 1, frames, config.MelBins) });
        return PitchSalience.ToHertz(bins.LocalAverage(result["salience"].Floats, threshold, repeatEdges: true));
    }

    /// <summary>The checkpoint holds the cents of its bins, evenly spaced.</summary>
    static PitchSalience Bins(IWeightSource weights, FcpeConfig config)
    {
        if (weights.Find("cent_table") is not { } table || table.Length != config.Bins) return PitchSalience.Between(config.Bins, 32.70, 1975.5);
        var cents = table.ToFloat32().Floats;
        return PitchSalience.Between(config.Bins, PitchSalience.ToHertz(cents[0]), PitchSalience.ToHertz(cents[^1]));
    }
}
