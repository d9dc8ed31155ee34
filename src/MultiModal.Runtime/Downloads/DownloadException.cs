using System.Net;

namespace MultiModal.Runtime.Downloads;

/// <summary>A file could not be downloaded from any of its sources. What had arrived is kept, and the next attempt goes on from there.</summary>
public sealed class DownloadException : MultiModalException
{
    internal DownloadException(string message, Uri? address, HttpStatusCode? status = null, bool isTransient = false, Exception? innerException = null)
        : base(message, innerException) => (Address, Status, IsTransient) = (address, status, isTransient);

    /// <summary>Where from, or null where nothing was asked.</summary>
    public Uri? Address { get; }

    /// <summary>What the server answered, or null where it did not.</summary>
    public HttpStatusCode? Status { get; }

    /// <summary>Whether the same may succeed later: the connection broke, the server was busy.</summary>
    public bool IsTransient { get; }
}
