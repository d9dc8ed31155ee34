using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace MultiModal.AspNetCore.Access.Network;

/// <summary>Addresses and networks of IPv4 and IPv6.</summary>
internal sealed class AddressList
{
    readonly IPNetwork[] networks;

    AddressList(IPNetwork[] networks) => this.networks = networks;

    /// <summary>This machine.</summary>
    public static AddressList Loopback { get; } = Parse(["127.0.0.0/8", "::1"]);

    /// <exception cref="FormatException">An entry is neither an address nor a network; the message names it.</exception>
    public static AddressList Parse(IEnumerable<string> entries) => new([.. entries.Select(ParseNetwork)]);

    public bool Contains(IPAddress address)
    {
        address = Plain(address);
        foreach (var network in networks)
        {
            if (network.BaseAddress.AddressFamily == address.AddressFamily && network.Contains(address))
                return true;
        }

        return false;
    }

    /// <summary>IPv4 inside IPv6 (RFC 4291, section 2.5.5.2) as IPv4: sockets that serve both show it so, and lists would miss it.</summary>
    public static IPAddress Plain(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
            return address.MapToIPv4();
        // A scope says by which interface a link is reached, not who is at its other end.
        return address is { AddressFamily: AddressFamily.InterNetworkV6, ScopeId: not 0 } ? new(address.GetAddressBytes()) : address;
    }

    /// <summary>An address as it is written by convention. What <see cref="IPAddress.TryParse(string, out IPAddress)"/> also takes ("127.1", "0x7f.0.0.1", "010.0.0.1") is not: others read it otherwise.</summary>
    public static IPAddress? ParseAddress(ReadOnlySpan<char> text)
    {
        if (text.IndexOf('%') >= 0 || !IPAddress.TryParse(text, out var address))
            return null;
        return address.AddressFamily == AddressFamily.InterNetworkV6 || text.SequenceEqual(address.ToString()) ? Plain(address) : null;
    }

    static IPNetwork ParseNetwork(string entry)
    {
        var text = entry.AsSpan().Trim();
        var slash = text.IndexOf('/');
        var written = slash < 0 ? text : text[..slash];
        if (written.IndexOf('%') >= 0 || !IPAddress.TryParse(written, out var address) || (address.AddressFamily == AddressFamily.InterNetwork && !written.SequenceEqual(address.ToString())))
            throw new FormatException($"'{entry}' is neither an address (192.0.2.7) nor a network (10.0.0.0/8).");
        var bits = address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128;
        var prefix = bits;
        if (slash >= 0 && (!int.TryParse(text[(slash + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out prefix) || prefix > bits))
            throw new FormatException($"'{entry}' is not a network: the number after the slash is from 0 to {bits}.");
        if (address.IsIPv4MappedToIPv6 && prefix >= 96)
            (address, prefix) = (address.MapToIPv4(), prefix - 96);
        // The type clears bits behind the prefix by itself; whoever wrote them meant something else.
        var network = new IPNetwork(address, prefix);
        return network.BaseAddress.Equals(address) ? network : throw new FormatException($"'{entry}' is not a network: bits are set behind the first {prefix}.");
    }
}
