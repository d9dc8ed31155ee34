using System.Buffers.Text;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace MultiModal.AspNetCore.Access;

/// <summary>What a request shows to be let in: nothing, a token, a key, or something that cannot be told.</summary>
internal readonly record struct Credentials(string? Token, string? ApiKey, string? Problem)
{
    /// <summary>
    /// Browsers cannot set headers on WebSockets, and addresses end up in logs: there a credential travels as one of the subprotocols,
    /// this text and then base64url of "bearer TOKEN" or "key KEY".
    /// </summary>
    internal const string ProtocolPrefix = "multimodal.credential.";

    public bool IsEmpty => Token is null && ApiKey is null;

    public static Credentials Read(HttpRequest request)
    {
        var (authorization, keys) = (request.Headers[HeaderNames.Authorization], request.Headers["X-Api-Key"]);
        var protocol = request.HttpContext.WebSockets.IsWebSocketRequest ? Protocol(request) : null;
        var shown = authorization.Count + keys.Count + (protocol is null ? 0 : 1);
        if (shown == 0)
            return default;
        if (shown > 1)
            return Wrong("More than one credential was sent; send one.");
        if (protocol is not null)
            return FromProtocol(protocol);
        if (keys.Count == 1)
            return new(null, keys.ToString(), null);
        const string Bearer = "Bearer ";
        var value = authorization.ToString();
        return value.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) && value.Length > Bearer.Length
            ? new(value[Bearer.Length..].Trim(), null, null)
            : Wrong("The Authorization header is not of the form 'Bearer TOKEN'.");
    }

    static string? Protocol(HttpRequest request) =>
        request.HttpContext.WebSockets.WebSocketRequestedProtocols.FirstOrDefault(static name => name.StartsWith(ProtocolPrefix, StringComparison.Ordinal));

    static Credentials FromProtocol(string protocol)
    {
        try
        {
            var text = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(protocol.AsSpan(ProtocolPrefix.Length)));
            return text.Split(' ', 2) switch
            {
                ["bearer", var token] => new(token, null, null),
                ["key", var key] => new(null, key, null),
                _ => Wrong("The credential among the subprotocols is not understood."),
            };
        }
        catch (FormatException)
        {
            return Wrong("The credential among the subprotocols is not base64url.");
        }
    }

    static Credentials Wrong(string problem) => new(null, null, problem);
}
