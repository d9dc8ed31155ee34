using MultiModal.Runtime.Sessions;

namespace MultiModal.Diffusion.Generation;

/// <summary>One compiled form of a UNet, which requests hold while they run: it is freed when it is retired and the last one lets go.</summary>
sealed class UNetForm(NetworkSession session, bool anySize, bool takesResiduals)
{
    readonly Lock gate = new();
    int users;
    bool isRetired;

    public NetworkSession Session => session;

    public bool TakesAnySize => anySize;

    public bool TakesResiduals => takesResiduals;

    /// <summary>Whether it does for a request.</summary>
    public bool Serves(bool odd, bool controlled) => (anySize || !odd) && (takesResiduals || !controlled);

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
    public sealed class Lease(UNetForm form) : IDisposable
    {
        int isReleased;

        public NetworkSession Session => form.Session;

        public bool TakesResiduals => form.TakesResiduals;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref isReleased, 1) == 0) form.Release();
        }
    }
}
