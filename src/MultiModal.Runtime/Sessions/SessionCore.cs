using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Microsoft.ML.OnnxRuntime;
using MultiModal.Runtime.Graphs.Onnx;
using MultiModal.Runtime.Weights;

namespace MultiModal.Runtime.Sessions;

/// <summary>The native parts of a session: what its runs use, and what is released when the last of them has ended.</summary>
[SuppressMessage("Design", "CA1001", Justification = "What it owns is released by the end of its lifetime, after the last run.")]
sealed class SessionCore
{
    readonly ConcurrentBag<BoundRun> idle = [];

    // Of runs that cannot be cancelled: they may share it, and allocate nothing.
    readonly RunOptions uncancelled = new();

    // Whose weights, and perhaps native session, are used here: it has been entered, and is left at the end.
    readonly SessionCore? lender;
    readonly SpareBlock spare;
    readonly int threads;

    /// <param name="name">What errors call the network.</param>
    /// <param name="model">The network.</param>
    /// <param name="session">Its native session.</param>
    /// <param name="weights">Its lent weights; null for none.</param>
    /// <param name="device">What it runs on.</param>
    /// <param name="threads">How many threads load and change weights.</param>
    /// <param name="lender">Whose weights some of them are, or whose native session this is; inside its lifetime. Null for none.</param>
    public SessionCore(string name, OnnxModel model, InferenceSession session, LentWeights? weights, DeviceSelection device, int threads, SessionCore? lender = null)
    {
        this.lender = lender;
        this.threads = threads;
        IsShared = lender?.Session == session;
        spare = IsShared ? lender!.spare : new();
        Name = name;
        Model = model;
        Session = session;
        Weights = weights;
        Device = device;
        if (!IsShared) LiveHandles.Opened(NativeHandleKind.Session);
        LiveHandles.Opened(NativeHandleKind.RunOptions);
        Lifetime = new(Release);
        Inputs = new(model.Inputs);
        Outputs = new(model.Outputs);
    }

    /// <summary>Whether the native session is another's.</summary>
    bool IsShared { get; }

    public string Name { get; }

    public OnnxModel Model { get; }

    public InferenceSession Session { get; }

    public LentWeights? Weights { get; }

    public DeviceSelection Device { get; }

    public SessionLifetime Lifetime { get; }

    public ValueNames Inputs { get; }

    public ValueNames Outputs { get; }

    /// <summary>A run with nothing set. The caller is inside the lifetime, and gives it back with <see cref="Return"/>.</summary>
    public BoundRun Rent() => idle.TryTake(out var run) ? run : new(this);

    public void Return(BoundRun run)
    {
        run.Clear();
        idle.Add(run);
    }

    /// <summary>The same network with some of its lent weights changed. It keeps this one alive until its own end.</summary>
    public SessionCore Vary(IReadOnlyDictionary<string, IWeightEdit> edits, CancellationToken cancellationToken)
    {
        Lifetime.Enter();
        try
        {
            return new(Name, Model, Session, Weights!.Edit(edits, threads, spare, cancellationToken), Device, threads, this);
        }
        catch
        {
            Lifetime.Exit();
            throw;
        }
    }

    /// <summary>Runs a binding. Cancellation stops the run between two operators.</summary>
    public void Execute(OrtIoBinding binding, CancellationToken cancellationToken)
    {
        if (!cancellationToken.CanBeCanceled)
        {
            Execute(binding);
            return;
        }

        // A run's Terminate flag cannot be taken back safely, so each run that can be cancelled has its own.
        var options = new RunOptions();
        LiveHandles.Opened(NativeHandleKind.RunOptions);
        try
        {
            using (cancellationToken.UnsafeRegister(static state => ((RunOptions)state!).Terminate = true, options))
                Session.RunWithBinding(options, binding);
        }
        catch (Exception error) when (OrtErrors.IsRuntimeError(error))
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw OrtErrors.OnRun(Name, error);
        }
        finally
        {
            options.Dispose();
            LiveHandles.Closed(NativeHandleKind.RunOptions);
        }

        cancellationToken.ThrowIfCancellationRequested();
    }

    void Execute(OrtIoBinding binding)
    {
        try
        {
            Session.RunWithBinding(uncancelled, binding);
        }
        catch (Exception error) when (OrtErrors.IsRuntimeError(error))
        {
            throw OrtErrors.OnRun(Name, error);
        }
    }

    void Release()
    {
        while (idle.TryTake(out var run))
            run.Dispose();
        uncancelled.Dispose();
        LiveHandles.Closed(NativeHandleKind.RunOptions);
        Weights?.Dispose();
        if (!IsShared)
        {
            Session.Dispose();
            LiveHandles.Closed(NativeHandleKind.Session);
            spare.Dispose();
        }

        lender?.Lifetime.Exit();
    }
}
