using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Graphs.Onnx;
using MultiModal.Runtime.Weights;

namespace MultiModal.Runtime.Sessions;

/// <summary>
/// A network whose weights are never in memory all at once: its graph is cut into parts of bounded weights, and in every run each part is
/// loaded, run and freed in its turn. It takes the memory of the largest part, and for each run the time of reading all weights.
/// </summary>
/// <remarks>Runs wait for each other: two at once would need the memory of two parts.</remarks>
public sealed class StreamedNetwork : INetwork
{
    readonly string name;
    readonly IWeightSource weights;
    readonly RuntimeOptions options;
    readonly IReadOnlyList<OnnxModel> parts;
    readonly HashSet<string> results;
    readonly SemaphoreSlim running = new(1, 1);
    volatile bool isDisposed;

    StreamedNetwork(string name, IWeightSource weights, RuntimeOptions options, IReadOnlyList<OnnxModel> parts, IEnumerable<string> results, DeviceSelection device)
    {
        (this.name, this.weights, this.options, this.parts, Device) = (name, weights, options, parts, device);
        this.results = results.ToHashSet(StringComparer.Ordinal);
    }

    /// <inheritdoc/>
    public DeviceSelection Device { get; }

    /// <summary>How many parts there are.</summary>
    public int Parts => parts.Count;

    /// <summary>Cuts a network up and loads its first part, to see that the device takes it.</summary>
    /// <param name="graph">The network, after passes.</param>
    /// <param name="weights">Its weights; they stay open, and are disposed with the network (or when this fails).</param>
    /// <param name="partBytes">The most bytes of weights, as computed with, in one part. A single operation that needs more is a part of its own.</param>
    /// <param name="options">Where and how to run; null for the defaults. Activations are not kept between runs.</param>
    /// <param name="name">What errors should call the network; null for "The model".</param>
    /// <param name="cancellationToken">Stops the loading.</param>
    /// <exception cref="WeightMismatchException">A weight is missing or has another shape.</exception>
    /// <exception cref="ModelLoadException">The runtime refused the model.</exception>
    /// <exception cref="DeviceMemoryException">There is not enough memory.</exception>
    public static Task<StreamedNetwork> CreateAsync(
        Graph graph, IWeightSource weights, long partBytes, RuntimeOptions? options = null, string? name = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(weights);
        ArgumentOutOfRangeException.ThrowIfLessThan(partBytes, 1);
        var settings = options?.Clone() ?? new();
        settings.Validate();
        settings.KeepActivationMemory = false;

        // Reordered constants would be another copy, made in every run.
        settings.Weights = WeightPlacement.Shared;
        return Task.Run(
            () =>
            {
                try
                {
                    List<OnnxModel> models = [.. GraphPartition.Cut(graph, partBytes).Select(part => OnnxWriter.Write(part, weights))];
                    using var first = Open(name ?? "The model", models[0], settings, cancellationToken);
                    return new StreamedNetwork(name ?? "The model", weights, settings, models, graph.Outputs.Select(o => o.Name), first.Device);
                }
                catch
                {
                    weights.Dispose();
                    throw;
                }
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    /// <exception cref="ModelInputException">Names, types or shapes do not fit; the message lists all that is wrong.</exception>
    /// <exception cref="ModelRunException">The runtime failed.</exception>
    /// <exception cref="DeviceMemoryException">There was not enough memory.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The network was disposed.</exception>
    public IReadOnlyDictionary<string, TensorData> Run(
        IReadOnlyDictionary<string, TensorData> inputs, IReadOnlyDictionary<string, TensorData>? outputs = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        running.Wait(cancellationToken);
        try
        {
            ObjectDisposedException.ThrowIf(isDisposed, this);
            var values = inputs.ToDictionary(i => i.Key, i => i.Value, StringComparer.Ordinal);
            for (var i = 0; i < parts.Count; i++)
            {
                using var session = Open($"{name}, part {i + 1} of {parts.Count}", parts[i], options, cancellationToken);
                var own = parts[i].Inputs.Where(input => values.ContainsKey(input.Name)).ToDictionary(input => input.Name, input => values[input.Name], StringComparer.Ordinal);
                foreach (var (key, tensor) in session.Run(own, OutputsOf(parts[i], outputs), cancellationToken)) values[key] = tensor;

                // What no later part reads is freed with the dictionary's reference.
                var needed = parts.Skip(i + 1).SelectMany(part => part.Inputs).Select(input => input.Name).ToHashSet(StringComparer.Ordinal);
                foreach (var key in values.Keys.Where(key => !needed.Contains(key) && !results.Contains(key)).ToList()) values.Remove(key);
            }

            return values.Where(value => results.Contains(value.Key)).ToDictionary(value => value.Key, value => value.Value, StringComparer.Ordinal);
        }
        finally
        {
            running.Release();
        }
    }

    /// <inheritdoc/>
    public string Describe()
    {
        var megabytes = parts.Sum(part => part.Weights.Sum(weight => weight.ByteLength)) >> 20;
        return string.Join(
            Environment.NewLine, $"{name} on {Device.Device} ({Device})", $"  weights: {megabytes} MiB, streamed in {parts.Count} parts", OnnxRuntimeInfo.Describe());
    }

    /// <summary>Ends the network once the run under way has ended; this waits for it.</summary>
    public void Dispose()
    {
        if (isDisposed)
            return;
        isDisposed = true;
        running.Wait();
        weights.Dispose();
        running.Release();
    }

    /// <summary>Ends the network once the run under way has ended.</summary>
    public async ValueTask DisposeAsync()
    {
        if (isDisposed)
            return;
        isDisposed = true;
        await running.WaitAsync().ConfigureAwait(false);
        weights.Dispose();
        running.Release();
    }

    static NetworkSession Open(string name, OnnxModel model, RuntimeOptions options, CancellationToken cancellationToken) =>
        new(new SessionFactory(name, model, options, null, null).Create(cancellationToken));

    static Dictionary<string, TensorData>? OutputsOf(OnnxModel part, IReadOnlyDictionary<string, TensorData>? outputs) =>
        outputs?.Where(output => part.Outputs.Any(o => o.Name == output.Key)).ToDictionary(output => output.Key, output => output.Value, StringComparer.Ordinal);
}
