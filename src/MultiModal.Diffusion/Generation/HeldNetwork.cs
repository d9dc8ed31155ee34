using MultiModal.Runtime.Sessions;

namespace MultiModal.Diffusion.Generation;

/// <summary>A compiled network that requests hold while they run: it is freed when it is retired and the last one lets go.</summary>
sealed class HeldNetwork(NetworkSession session, UNetForm form = default)
{
    readonly Lock gate = new();
    int users;
    bool isRetired;

    public NetworkSession Session => session;

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

        session.Dispose();
    }

    void Release()
    {
        lock (gate)
        {
            users--;
            if (!isRetired || users > 0) return;
        }

        session.Dispose();
    }

    /// <summary>A request's hold.</summary>
    public sealed class Lease(HeldNetwork network) : IDisposable
    {
        int isReleased;

        public NetworkSession Session => network.Session;

        public UNetForm Form => network.Form;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref isReleased, 1) == 0) network.Release();
        }
    }
}
