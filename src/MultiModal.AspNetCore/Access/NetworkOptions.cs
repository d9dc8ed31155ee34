namespace MultiModal.AspNetCore.Access;

/// <summary>From where callers may call.</summary>
public sealed class NetworkOptions
{
    /// <summary>
    /// Addresses and networks that may call, such as <c>10.0.0.0/8</c>, <c>2001:db8::/32</c> or <c>192.0.2.7</c>; <c>0.0.0.0/0</c> and <c>::/0</c> stand for
    /// everybody. Addresses of IPv4 inside IPv6 count as IPv4. None by default: then this machine alone may.
    /// </summary>
    public IList<string> Allowed { get; } = [];

    /// <summary>
    /// Proxies whose <c>X-Forwarded-For</c> is believed, in the form of <see cref="Allowed"/>. The header is read from the right, past trusted proxies, to the
    /// first address that is none; whatever stands left of it was written by strangers. None by default: the header is ignored.
    /// </summary>
    public IList<string> TrustedProxies { get; } = [];

    /// <summary>Whether connections without an address are let in: Unix sockets, named pipes, in-memory test servers. False by default.</summary>
    public bool AllowWithoutAddress { get; set; }
}
