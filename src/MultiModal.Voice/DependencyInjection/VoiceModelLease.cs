using MultiModal.Voice.Conversion;

namespace MultiModal.Voice.DependencyInjection;

/// <summary>The use of a loaded model: it is not unloaded before the lease is given back.</summary>
public sealed class VoiceModelLease : IDisposable
{
    Action? giveBack;

    internal VoiceModelLease(VoiceModel model, Action giveBack) => (Model, this.giveBack) = (model, giveBack);

    /// <summary>The model. Do not dispose it.</summary>
    public VoiceModel Model { get; }

    /// <summary>Gives it back.</summary>
    public void Dispose() => Interlocked.Exchange(ref giveBack, null)?.Invoke();
}
