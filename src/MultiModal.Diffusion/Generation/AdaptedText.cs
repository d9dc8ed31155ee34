using MultiModal.Runtime.Sessions;

namespace MultiModal.Diffusion.Generation;

/// <summary>A request's hold on text encoders with its adapters merged in.</summary>
sealed class AdaptedText(HeldNetwork.Lease?[] encoders) : IDisposable
{
    /// <summary>The encoder's session; null where the adapters leave it as it is.</summary>
    public NetworkSession? SessionOf(int encoder) => encoders[encoder]?.Session;

    public void Dispose()
    {
        foreach (var lease in encoders) lease?.Dispose();
    }
}
