namespace MultiModal.Runtime.Sessions;

/// <summary>
/// Inputs and outputs of a network held from run to run, for loops: the tensors stay pinned, and a run with the same ones neither
/// copies nor allocates.
/// </summary>
/// <remarks>
/// One run at a time; make several bindings of one session to run concurrently. A binding keeps its session's native parts
/// alive: dispose it.
/// </remarks>
public sealed class SessionBinding : IDisposable
{
    readonly SessionCore core;
    readonly BoundRun run;
    readonly Lock gate = new();
    bool running;
    bool disposed;

    internal SessionBinding(SessionCore core)
    {
        this.core = core;
        run = core.Rent();
    }

    /// <summary>Sets what an input reads in the next runs. The tensor's contents may be changed between runs.</summary>
    /// <param name="name">The input's name.</param>
    /// <param name="tensor">A tensor that fits it; checked when the run begins.</param>
    /// <exception cref="ModelInputException">There is no such input.</exception>
    public void SetInput(string name, TensorData tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        var index = core.Inputs.IndexOf(name, core.Name, "input");
        using (Use())
            run.SetInput(index, tensor);
    }

    /// <summary>Sets what an output is written to in the next runs.</summary>
    /// <param name="name">The output's name.</param>
    /// <param name="tensor">A tensor of the shape the run gives, or null to let the binding make one.</param>
    /// <exception cref="ModelInputException">There is no such output.</exception>
    public void SetOutput(string name, TensorData? tensor)
    {
        var index = core.Outputs.IndexOf(name, core.Name, "output");
        using (Use())
            run.SetOutput(index, tensor);
    }

    /// <summary>What the last run wrote to an output. The next run writes over it where the lengths follow from the inputs.</summary>
    /// <param name="name">The output's name.</param>
    /// <exception cref="InvalidOperationException">Nothing has been run.</exception>
    /// <exception cref="ModelInputException">There is no such output.</exception>
    public TensorData Output(string name)
    {
        var index = core.Outputs.IndexOf(name, core.Name, "output");
        return run.Results[index] ?? throw new InvalidOperationException($"{core.Name} has not been run with this binding.");
    }

    /// <summary>Runs the network.</summary>
    /// <param name="cancellationToken">Stops the run at the next operator.</param>
    /// <exception cref="ModelInputException">An input is missing or does not fit.</exception>
    /// <exception cref="ModelRunException">The runtime failed.</exception>
    /// <exception cref="DeviceMemoryException">There was not enough memory.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The binding or its session was disposed.</exception>
    /// <exception cref="InvalidOperationException">Another thread is running this binding.</exception>
    public void Run(CancellationToken cancellationToken = default)
    {
        core.Lifetime.EnsureOpen();
        using (Use())
            run.Run(cancellationToken);
    }

    /// <summary>Runs the network on a thread of the pool.</summary>
    /// <param name="cancellationToken">Stops the run at the next operator.</param>
    /// <inheritdoc cref="Run" path="/exception"/>
    public Task RunAsync(CancellationToken cancellationToken = default) => Task.Run(() => Run(cancellationToken), cancellationToken);

    /// <summary>Lets go of the tensors. During a run, that happens when the run ends.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            if (disposed)
                return;
            disposed = true;
            if (running)
                return;
        }

        Release();
    }

    Usage Use()
    {
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            if (running)
                throw new InvalidOperationException("A binding serves one run at a time; make another one for a concurrent run.");
            running = true;
        }

        return new(this);
    }

    void EndUse()
    {
        lock (gate)
        {
            running = false;
            if (!disposed)
                return;
        }

        Release();
    }

    void Release()
    {
        core.Return(run);
        core.Lifetime.Exit();
    }

    readonly struct Usage(SessionBinding binding) : IDisposable
    {
        public void Dispose() => binding.EndUse();
    }
}
