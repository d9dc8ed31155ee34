using MultiModal.Runtime;
using MultiModal.Runtime.Graphs.Onnx;
using MultiModal.Runtime.Graphs.Passes;
using MultiModal.Runtime.Sessions;
using MultiModal.Runtime.Weights;
using MultiModal.Voice.Signal;
using MultiModal.Voice.Synthesis;

namespace MultiModal.Voice.Content;

/// <summary>Content units from the encoder of Whisper ("whisper-ppg"). It hears 30 seconds at a time: what is longer is encoded piece by piece.</summary>
public sealed class WhisperEncoder : IContentEncoder
{
    const int Window = 400;
    const int Hop = 160;
    const int SamplesPerUnit = 2 * Hop;
    const int PieceUnits = 1500;

    readonly NetworkSession session;
    readonly int bins;
    readonly MelFilterBank filters;

    WhisperEncoder(string name, NetworkSession session, int bins, int channels)
    {
        (Name, this.session, this.bins, Channels) = (name, session, bins, channels);
        filters = new(16000, Window, bins);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public int Channels { get; }

    /// <summary>Loads a model.</summary>
    /// <param name="path">OpenAI's medium.pt, large-v2.pt and their like.</param>
    /// <param name="name">What So-VITS-SVC calls the encoder; null for the file's name.</param>
    /// <param name="options">Devices and threads.</param>
    /// <param name="cancellationToken">Stops the loading.</param>
    /// <exception cref="InvalidFileException">The file is damaged, or no Whisper model.</exception>
    public static async Task<WhisperEncoder> LoadAsync(string path, string? name = null, RuntimeOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var weights = await Task.Run(() => WeightFiles.Open(path), cancellationToken).ConfigureAwait(false);
        if (weights.Names.Any(n => n.StartsWith("model_state_dict.", StringComparison.Ordinal))) weights = SvcCheckpoint.Within(weights, "model_state_dict.");
        using (weights)
        {
            var (graph, bins, channels) = WhisperNetwork.Build(weights);
            WeightMatching.Check(weights, graph.Parameters.Select(p => (p.Key, (IReadOnlyList<long>)p.Value.Shape.ToLongs())), "{all*}");
            var label = name ?? Path.GetFileNameWithoutExtension(path);
            var session = await NetworkSession.CreateAsync(OnnxWriter.Write(graph.Optimise(), weights), options, label, cancellationToken: cancellationToken).ConfigureAwait(false);
            return new(label, session, bins, channels);
        }
    }

    /// <inheritdoc/>
    public async Task<ContentUnits> EncodeAsync(ReadOnlyMemory<float> samples, CancellationToken cancellationToken = default)
    {
        var frames = Math.Max(1, samples.Length / SamplesPerUnit);
        var values = new float[frames * Channels];
        for (var start = 0; start < frames; start += PieceUnits)
        {
            var piece = new float[PieceUnits * SamplesPerUnit];
            var from = Math.Min(samples.Length, start * SamplesPerUnit);
            samples.Span.Slice(from, Math.Min(piece.Length, samples.Length - from)).CopyTo(piece);
            var result = await session.RunAsync(
                new Dictionary<string, TensorData> { ["mel"] = TensorData.Of(LogMel(piece), 1, bins, 2 * PieceUnits) }, cancellationToken: cancellationToken).ConfigureAwait(false);
            var count = Math.Min(PieceUnits, frames - start);
            for (var c = 0; c < Channels; c++) result["units"].Floats.Slice(c * PieceUnits, count).CopyTo(values.AsSpan((c * frames) + start));
        }

        return new(values, Channels, frames);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => session.DisposeAsync();

    /// <summary>log10 of the power under mel filters, at most 80 dB below the loudest, brought to about -1 to 1: [bins, frames].</summary>
    float[] LogMel(ReadOnlySpan<float> samples)
    {
        var frames = samples.Length / Hop;
        var fft = new RealFft(Window);
        var (frame, re, im) = (new double[Window], new double[fft.BinCount], new double[fft.BinCount]);
        var (power, column) = (new float[fft.BinCount], new float[bins]);
        var mel = new float[bins * frames];
        var loudest = float.NegativeInfinity;
        for (var t = 0; t < frames; t++)
        {
            for (var i = 0; i < Window; i++)
            {
                // Centred, with the ends mirrored.
                var at = Math.Abs((t * Hop) + i - (Window / 2));
                if (at >= samples.Length) at = (2 * (samples.Length - 1)) - at;
                frame[i] = samples[at] * (0.5 - (0.5 * Math.Cos(2 * Math.PI * i / Window)));
            }

            fft.Forward(frame, re, im);
            for (var i = 0; i < power.Length; i++) power[i] = (float)((re[i] * re[i]) + (im[i] * im[i]));
            filters.Apply(power, column);
            for (var bin = 0; bin < bins; bin++)
            {
                var value = mel[(bin * frames) + t] = MathF.Log10(MathF.Max(column[bin], 1e-10f));
                loudest = MathF.Max(loudest, value);
            }
        }

        foreach (ref var value in mel.AsSpan()) value = (MathF.Max(value, loudest - 8) + 4) / 4;
        return mel;
    }
}
