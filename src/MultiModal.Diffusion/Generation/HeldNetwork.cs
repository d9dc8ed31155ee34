using MultiModal.Runtime.Sessions;

namespace MultiModal.Diffusion.Generation;

/// <summary>A compiled network that requests hold while they run: it is freed when it is retired and the last one lets go.</summary>
/// <param name="session">The network.</param>
/// <param name="form">What a UNet takes; nothing for other networks.</param>
/// <param name="surface">A UNet's outermost layers, where its form gives features; null otherwise.</param>
sealed class HeldNetwork(INetwork session, UNetForm form = default, INetwork? surface = null)
{
    readonly Lock gate = new();
    int users;
    bool isRetired;

    public INetwork Session => session;

    public INetwork? Surface => surface;

    /// <summary>What a UNet takes; nothing for other networks.</summary>
    public UNetForm Form => form;

    /// <summary>Holds it; null when it is retired already.</summary>
    public Lease? TryHold()
    {
        lock (gate)
        {
            if (isRetired) return null;
            users++;
            return new(this);
        }
    }

    /// <summary>Lets no one else hold it.</summary>
    public void Retire()
    {
        lock (gate)
        {
            if (isRetired) return;
            isRetired = true;
            if (users > 0) return;
        }

        Free();
    }

    /// <summary>Frees it at once; runs under way end first.</summary>
    public async ValueTask DisposeAsync()
    {
        // The surface may share the other's weights, which therefore ends after it.
        if (surface is not null) await surface.DisposeAsync().ConfigureAwait(false);
        await session.DisposeAsync().ConfigureAwait(false);
    }

    void Free()
    {
        session.Dispose();
        surface?.Dispose();
    }

    void Release()
    {
        lock (gate)
        {
            users--;
            if (!isRetired || users > 0) return;
        }

        Free();
    }

    /// <summary>A request's hold.</summary>
    public sealed class Lease(HeldNetwork network) : IDisposable
    {
        int isReleased;

        public INetwork Session => network.Session;

        public INetwork? Surface => network.Surface;

        public UNetForm Form => network.Form;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref isReleased, 1) == 0) network.Release();
        }
    }
}
