using MultiModal.Capabilities;

namespace MultiModal.Runtime.Hosting;

/// <summary>
/// A model that is loaded at its first use, once however many ask at the same time, and unloaded when nobody has used it for a while.
/// </summary>
/// <typeparam name="TModel">The model's class. Disposing it waits for what is under way.</typeparam>
public sealed class SharedModel<TModel> : IModelHost, IAsyncDisposable
    where TModel : class, IAsyncDisposable
{
    readonly Func<CancellationToken, Task<TModel>> load;
    readonly TimeSpan? unloadWhenIdleFor;
    readonly TimeProvider time;
    readonly SemaphoreSlim gate = new(1);
    readonly ITimer idle;
    TModel? model;
    int leases;
    bool disposed;

    /// <summary>Describes the model. Nothing is loaded yet.</summary>
    /// <param name="name">What the application calls it.</param>
    /// <param name="load">Loads it.</param>
    /// <param name="unloadWhenIdleFor">After how long without use it is unloaded; null for never.</param>
    /// <param name="time">The clock; null for the system's.</param>
    public SharedModel(string name, Func<CancellationToken, Task<TModel>> load, TimeSpan? unloadWhenIdleFor = null, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(load);
        (Name, this.load, this.unloadWhenIdleFor, this.time) = (name, load, unloadWhenIdleFor, time ?? TimeProvider.System);
        idle = this.time.CreateTimer(static state => _ = ((SharedModel<TModel>)state!).UnloadAsync(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public ModelState State { get; private set; }

    /// <inheritdoc/>
    public Exception? Error { get; private set; }

    /// <summary>Rents the model, loading it where it is not.</summary>
    /// <param name="cancellationToken">Stops the loading.</param>
    /// <exception cref="MultiModalException">The model cannot be loaded.</exception>
    /// <exception cref="ObjectDisposedException">The application is ending.</exception>
    public async Task<ModelLease<TModel>> RentAsync(CancellationToken cancellationToken = default)
    {
        await gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            model ??= await LoadModelAsync(cancellationToken).ConfigureAwait(false);
            Interlocked.Increment(ref leases);
            return new(model, GiveBack);
        }
        finally
        {
            gate.Release();
        }
    }

    /// <inheritdoc/>
    public async Task LoadAsync(CancellationToken cancellationToken = default)
    {
        using var lease = await RentAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Unloads the model where nobody uses it; otherwise it stays.</summary>
    public async Task UnloadAsync()
    {
        await gate.WaitAsync().ConfigureAwait(false);
        TModel? unused = null;
        if (Volatile.Read(ref leases) == 0 && model is not null)
            (unused, model, State) = (model, null, ModelState.Idle);
        gate.Release();
        if (unused is not null)
            await unused.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Unloads the model, after what is under way.</summary>
    public async ValueTask DisposeAsync()
    {
        await gate.WaitAsync().ConfigureAwait(false);
        var loaded = model;
        (model, disposed, State) = (null, true, ModelState.NotLoaded);
        gate.Release();
        await idle.DisposeAsync().ConfigureAwait(false);
        if (loaded is not null)
            await loaded.DisposeAsync().ConfigureAwait(false);
    }

    async Task<TModel> LoadModelAsync(CancellationToken cancellationToken)
    {
        var before = State;
        (State, Error) = (ModelState.Loading, null);
        var started = time.GetTimestamp();
        try
        {
            var loaded = await load(cancellationToken).ConfigureAwait(false);
            State = ModelState.Loaded;
            RuntimeTelemetry.Loaded(Name, time.GetElapsedTime(started), null);
            return loaded;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            State = before;
            throw;
        }
        catch (Exception error)
        {
            (State, Error) = (ModelState.Failed, error);
            RuntimeTelemetry.Loaded(Name, time.GetElapsedTime(started), error);
            throw;
        }
    }

    void GiveBack()
    {
        if (Interlocked.Decrement(ref leases) > 0 || unloadWhenIdleFor is not { } after)
            return;
        try
        {
            idle.Change(after, Timeout.InfiniteTimeSpan);
        }
        catch (ObjectDisposedException)
        {
            // The application ended meanwhile, and the model with it.
        }
    }
}
