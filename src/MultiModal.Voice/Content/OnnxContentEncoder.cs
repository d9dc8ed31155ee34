using MultiModal.Runtime;
using MultiModal.Runtime.Graphs.Onnx;
using MultiModal.Runtime.Sessions;

namespace MultiModal.Voice.Content;

/// <summary>Content units from an ONNX model as the community exchanges them (vec-768-layer-12.onnx and its like): sound [1, 1, samples] in, units out.</summary>
public sealed class OnnxContentEncoder : IContentEncoder
{
    // What the convolutions of every such model see.
    const int Shortest = 400;

    readonly NetworkSession session;
    readonly string input, output;
    readonly int rank;
    readonly bool unitsLast;

    OnnxContentEncoder(string name, NetworkSession session, int channels, bool unitsLast)
    {
        Name = name;
        Channels = channels;
        this.session = session;
        this.unitsLast = unitsLast;
        input = session.Inputs[0].Name;
        rank = session.Inputs[0].Dimensions.Count;
        output = session.Outputs[0].Name;
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public int Channels { get; }

    /// <summary>Loads a model.</summary>
    /// <param name="path">The .onnx file.</param>
    /// <param name="name">What So-VITS-SVC calls the encoder; null for the file's name.</param>
    /// <param name="options">Devices and threads.</param>
    /// <param name="cancellationToken">Stops the loading.</param>
    /// <exception cref="InvalidFileException">The file is missing, no ONNX model, or one that takes or gives something else.</exception>
    public static async Task<OnnxContentEncoder> LoadAsync(string path, string? name = null, RuntimeOptions? options = null, CancellationToken cancellationToken = default)
    {
        var model = await Task.Run(() => OnnxFile.Read(path), cancellationToken).ConfigureAwait(false);
        if (model.Inputs is not [{ Type: DType.Float32, Dimensions.Count: 2 or 3 }])
            throw new InvalidFileException(path, $"a content encoder takes one input, sound [1, 1, samples]; this model takes {string.Join("; ", model.Inputs)}.");
        var units = model.Outputs[0];
        if (units is not { Type: DType.Float32, Dimensions.Count: 3 }) throw new InvalidFileException(path, $"units have three axes; this model gives {units}.");

        // Frames are what is not fixed; an export that names no length has channels last.
        var unitsLast = units.Dimensions[1].IsFixed && !units.Dimensions[2].IsFixed;
        var channels = units.Dimensions[unitsLast ? 1 : 2];
        var session = await NetworkSession.CreateAsync(model, options, name ?? Path.GetFileName(path), cancellationToken: cancellationToken).ConfigureAwait(false);
        try
        {
            var length = channels.IsFixed ? (int)channels.Length : Probe(session, unitsLast);
            return new(name ?? Path.GetFileNameWithoutExtension(path), session, length, unitsLast);
        }
        catch
        {
            await session.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    public async Task<ContentUnits> EncodeAsync(ReadOnlyMemory<float> samples, CancellationToken cancellationToken = default)
    {
        var wave = new float[Math.Max(samples.Length, Shortest)];
        samples.Span.CopyTo(wave);
        var results = await session.RunAsync(new Dictionary<string, TensorData> { [input] = Sound(wave, rank) }, cancellationToken: cancellationToken).ConfigureAwait(false);
        var units = results[output];
        var frames = (int)units.Dimensions[unitsLast ? 2 : 1];
        if (units.Length != frames * (long)Channels) throw new InvalidOperationException($"{session.Name} gave {units} where units of {Channels} channels were expected.");
        if (unitsLast) return new(units.Floats.ToArray(), Channels, frames);
        var values = new float[units.Length];
        var rows = units.Floats;
        for (var t = 0; t < frames; t++)
            for (var c = 0; c < Channels; c++) values[(c * frames) + t] = rows[(t * Channels) + c];
        return new(values, Channels, frames);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => session.DisposeAsync();

    static int Probe(NetworkSession session, bool unitsLast)
    {
        var results = session.Run(new Dictionary<string, TensorData> { [session.Inputs[0].Name] = Sound(new float[16000], session.Inputs[0].Dimensions.Count) });
        return (int)results[session.Outputs[0].Name].Dimensions[unitsLast ? 1 : 2];
    }

    static TensorData Sound(float[] wave, int rank) => rank == 3 ? TensorData.Of(wave, 1, 1, wave.Length) : TensorData.Of(wave, 1, wave.Length);
}
