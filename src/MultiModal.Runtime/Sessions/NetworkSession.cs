using MultiModal.Runtime.Graphs.Onnx;
using MultiModal.Runtime.Weights;

namespace MultiModal.Runtime.Sessions;

/// <summary>A network ready to run.</summary>
/// <remarks>
/// Safe for concurrent use: runs share the weights, and each has its own inputs and outputs. Disposing while runs are under way is
/// safe too: they end as they would have, later ones fail, and the native parts go when the last run has ended.
/// </remarks>
public sealed class NetworkSession : INetwork
{
    readonly SessionCore core;

    internal NetworkSession(SessionCore core) => this.core = core;

    /// <summary>What errors call the network.</summary>
    public string Name => core.Name;

    /// <summary>What a run must be given.</summary>
    public IReadOnlyList<OnnxValue> Inputs => core.Model.Inputs;

    /// <summary>What a run gives.</summary>
    public IReadOnlyList<OnnxValue> Outputs => core.Model.Outputs;

    /// <summary>The device it runs on, and why.</summary>
    public DeviceSelection Device => core.Device;

    /// <summary>Makes a session. The work is done on threads of the pool.</summary>
    /// <param name="model">The network. Its weights are read before this completes; their sources may be disposed afterwards.</param>
    /// <param name="options">Where and how to run; null for the defaults.</param>
    /// <param name="name">What errors should call the network; null for "The model".</param>
    /// <param name="progress">Is told how much of the weights is in place.</param>
    /// <param name="cancellationToken">Stops the loading.</param>
    /// <exception cref="NativeRuntimeException">The native library could not be loaded.</exception>
    /// <exception cref="DeviceUnavailableException">The device asked for is not to be had.</exception>
    /// <exception cref="DeviceMemoryException">There is not enough memory.</exception>
    /// <exception cref="ModelLoadException">The runtime refused the model.</exception>
    /// <exception cref="InvalidFileException">A file of weights ended too early.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static Task<NetworkSession> CreateAsync(
        OnnxModel model,
        RuntimeOptions? options = null,
        string? name = null,
        IProgress<SessionLoadProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        var factory = new SessionFactory(name ?? "The model", model, Checked(options), progress, null);
        return Task.Run(() => new NetworkSession(factory.Create(cancellationToken)), cancellationToken);
    }

    /// <summary>
    /// Makes a session of another network with the same weights, or some of them: what this session lends to its runs under the same name and in the
    /// same shape is shared instead of loaded again, and changes (<see cref="EditedWeights"/>) start from it. This session may be disposed before the other.
    /// </summary>
    /// <inheritdoc cref="CreateAsync" path="/param"/>
    /// <inheritdoc cref="CreateAsync" path="/exception"/>
    /// <exception cref="ObjectDisposedException">This session was disposed.</exception>
    public async Task<NetworkSession> CreateBesideAsync(OnnxModel model, RuntimeOptions? options = null, string? name = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        var factory = new SessionFactory(name ?? "The model", model, Checked(options), null, core);
        core.Lifetime.Enter();
        try
        {
            return await Task.Run(() => new NetworkSession(factory.Create(cancellationToken)), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            core.Lifetime.Exit();
        }
    }

    /// <summary>Runs the network on the calling thread.</summary>
    /// <param name="inputs">A tensor for each input.</param>
    /// <param name="outputs">Tensors to write outputs to; the others are made.</param>
    /// <param name="cancellationToken">Stops the run at the next operator.</param>
    /// <returns>All outputs by name.</returns>
    /// <exception cref="ModelInputException">Names, types or shapes do not fit; the message lists all that is wrong.</exception>
    /// <exception cref="ModelRunException">The runtime failed.</exception>
    /// <exception cref="DeviceMemoryException">There was not enough memory.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The session was disposed.</exception>
    public IReadOnlyDictionary<string, TensorData> Run(
        IReadOnlyDictionary<string, TensorData> inputs,
        IReadOnlyDictionary<string, TensorData>? outputs = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        CheckNames(inputs, outputs);
        core.Lifetime.Enter();
        try
        {
            var run = core.Rent();
            try
            {
                foreach (var (name, tensor) in inputs)
                    run.SetInput(core.Inputs.Find(name)!.Value, tensor);
                foreach (var (name, tensor) in outputs ?? EmptyTensors)
                    run.SetOutput(core.Outputs.Find(name)!.Value, tensor);
                run.Run(cancellationToken);
                var results = new Dictionary<string, TensorData>(StringComparer.Ordinal);
                for (var i = 0; i < Outputs.Count; i++)
                    results.Add(Outputs[i].Name, run.Results[i]!);
                return results;
            }
            finally
            {
                core.Return(run);
            }
        }
        finally
        {
            core.Lifetime.Exit();
        }
    }

    /// <summary>Runs the network on a thread of the pool.</summary>
    /// <inheritdoc cref="Run" path="/param"/>
    /// <inheritdoc cref="Run" path="/returns"/>
    /// <inheritdoc cref="Run" path="/exception"/>
    public Task<IReadOnlyDictionary<string, TensorData>> RunAsync(
        IReadOnlyDictionary<string, TensorData> inputs,
        IReadOnlyDictionary<string, TensorData>? outputs = null,
        CancellationToken cancellationToken = default) =>
        Task.Run(() => Run(inputs, outputs, cancellationToken), cancellationToken);

    /// <summary>Makes a binding for repeated runs with the same tensors.</summary>
    /// <exception cref="ObjectDisposedException">The session was disposed.</exception>
    public SessionBinding CreateBinding()
    {
        core.Lifetime.Enter();
        try
        {
            return new(core);
        }
        catch
        {
            core.Lifetime.Exit();
            throw;
        }
    }

    /// <summary>
    /// Whether a weight can be changed by <see cref="WithWeightsAsync"/>: it is lent to the runs (<see cref="WeightPlacement.Shared"/>), whole and in
    /// float32. Others are constants that the runtime has made part of the compiled network.
    /// </summary>
    /// <param name="name">The weight's name in the graph.</param>
    public bool CanChange(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return core.Weights?.CanEdit(name) == true;
    }

    /// <summary>
    /// Makes a session of the same network in which some weights are changed. The compiled network and all other weights are shared: it takes the
    /// memory of the changed weights, and the time of changing them. This session is not changed, and may be disposed before the other.
    /// </summary>
    /// <param name="edits">The changes by name.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="ArgumentException">A weight cannot be changed (<see cref="CanChange"/>).</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The session was disposed.</exception>
    public Task<NetworkSession> WithWeightsAsync(IReadOnlyDictionary<string, IWeightEdit> edits, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(edits);
        if (edits.Keys.FirstOrDefault(name => !CanChange(name)) is { } constant)
            throw new ArgumentException($"The weight '{constant}' of {Name} is not lent to its runs, and cannot be changed.", nameof(edits));
        return Task.Run(() => new NetworkSession(core.Vary(edits, cancellationToken)), cancellationToken);
    }

    /// <summary>The network, its device and its runtime, for logs and issue reports.</summary>
    public string Describe()
    {
        var lent = core.Weights?.Weights.Count ?? 0;
        var megabytes = core.Model.Weights.Sum(weight => weight.ByteLength) >> 20;
        return string.Join(
            Environment.NewLine,
            $"{Name} on {Device.Device} ({Device})",
            $"  inputs: {string.Join("; ", Inputs)}",
            $"  outputs: {string.Join("; ", Outputs)}",
            $"  weights: {core.Model.Weights.Count}, {megabytes} MiB, {lent} of them lent to the runs",
            OnnxRuntimeInfo.Describe());
    }

    /// <summary>Ends the session. Runs under way end first, on their threads; this does not wait for them.</summary>
    public void Dispose() => core.Lifetime.Close();

    /// <summary>Ends the session and waits until the runs under way, and the bindings, are done with it.</summary>
    public async ValueTask DisposeAsync()
    {
        core.Lifetime.Close();
        await core.Lifetime.Ended.ConfigureAwait(false);
    }

    static readonly Dictionary<string, TensorData> EmptyTensors = [];

    static RuntimeOptions Checked(RuntimeOptions? options)
    {
        var settings = options?.Clone() ?? new();
        settings.Validate();
        return settings;
    }

    void CheckNames(IReadOnlyDictionary<string, TensorData> inputs, IReadOnlyDictionary<string, TensorData>? outputs)
    {
        List<string>? problems = null;
        foreach (var (name, tensor) in inputs)
        {
            if (core.Inputs.Find(name) is null)
                (problems ??= []).Add(InputCheck.Unknown("input", name, Inputs));
            else if (tensor is null)
                (problems ??= []).Add($"The input {name} is null.");
        }

        foreach (var name in outputs?.Keys ?? [])
        {
            if (core.Outputs.Find(name) is null)
                (problems ??= []).Add(InputCheck.Unknown("output", name, Outputs));
        }

        if (problems is not null)
            throw new ModelInputException(Name, [.. problems, .. Missing(inputs)]);
    }

    IEnumerable<string> Missing(IReadOnlyDictionary<string, TensorData> inputs) =>
        Inputs.Where(input => !inputs.ContainsKey(input.Name)).Select(input => $"The input {input} is missing.");
}
