using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace MultiModal.AspNetCore.Access.Network;

/// <summary>Finds the address of whoever began a request, behind proxies that are trusted.</summary>
internal sealed class ClientAddress(AddressList trustedProxies)
{
    const string Header = "X-Forwarded-For";
    const int MaximumHops = 16;

    /// <summary>Finds the address; null where the connection has none, or where a trusted proxy's header is not one.</summary>
    public IPAddress? Find(HttpContext context)
    {
        if (context.Connection.RemoteIpAddress is not { } remote)
            return null;
        return Walk(AddressList.Plain(remote), context.Request.Headers[Header]);
    }

    IPAddress? Walk(IPAddress nearest, StringValues header)
    {
        var current = nearest;
        var hops = 0;
        for (var line = header.Count - 1; line >= 0; line--)
        {
            var rest = header[line].AsSpan();
            while (true)
            {
                if (!trustedProxies.Contains(current))
                    return current;
                if (++hops > MaximumHops)
                    return null;
                var comma = rest.LastIndexOf(',');
                if (ParseHop(rest[(comma + 1)..].Trim()) is not { } hop)
                    return null;
                current = hop;
                if (comma < 0)
                    break;
                rest = rest[..comma];
            }
        }

        return current;
    }

    /// <summary>"192.0.2.7", "192.0.2.7:4711", "2001:db8::7" or "[2001:db8::7]:4711".</summary>
    static IPAddress? ParseHop(ReadOnlySpan<char> text)
    {
        if (text.StartsWith("["))
        {
            var end = text.IndexOf(']');
            return end > 0 && (end == text.Length - 1 || IsPort(text[(end + 1)..])) ? AddressList.ParseAddress(text[1..end]) : null;
        }

        var colon = text.IndexOf(':');
        return colon >= 0 && text[(colon + 1)..].IndexOf(':') < 0
            ? IsPort(text[colon..]) ? AddressList.ParseAddress(text[..colon]) : null
            : AddressList.ParseAddress(text);
    }

    static bool IsPort(ReadOnlySpan<char> text) => text.Length is >= 2 and <= 6 && text[0] == ':' && text[1..].IndexOfAnyExceptInRange('0', '9') < 0;
}
