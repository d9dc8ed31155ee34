namespace MultiModal.Runtime.Hosting;

/// <summary>The use of a shared model: it is not unloaded before the lease is given back.</summary>
/// <typeparam name="TModel">The model's class.</typeparam>
public sealed class ModelLease<TModel> : IDisposable
{
    Action? giveBack;

    internal ModelLease(TModel model, Action giveBack) => (Model, this.giveBack) = (model, giveBack);

    /// <summary>The model. Do not dispose it.</summary>
    public TModel Model { get; }

    /// <summary>Gives it back.</summary>
    public void Dispose() => Interlocked.Exchange(ref giveBack, null)?.Invoke();
}
