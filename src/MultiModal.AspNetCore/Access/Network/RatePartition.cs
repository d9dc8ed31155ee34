using System.Net;
using System.Net.Sockets;

namespace MultiModal.AspNetCore.Access.Network;

/// <summary>Under which name an address's rate is counted: an IPv4 address, or the /64 of an IPv6 one, which is one customer's.</summary>
internal static class RatePartition
{
    public static string Of(IPAddress address)
    {
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
            return address.ToString();
        var bytes = address.GetAddressBytes();
        bytes.AsSpan(8).Clear();
        return new IPAddress(bytes).ToString();
    }
}
