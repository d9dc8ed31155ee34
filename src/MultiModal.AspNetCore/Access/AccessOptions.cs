using MultiModal.AspNetCore.Access.Jwt;
using MultiModal.AspNetCore.Access.Keys;

namespace MultiModal.AspNetCore.Access;

/// <summary>Who is let in. Without a token key, an API key or <see cref="AllowAnonymous"/> nobody is.</summary>
public sealed class AccessOptions
{
    /// <summary>Whether callers without any credential are let in, as "anonymous". A wrong credential is refused all the same. False by default.</summary>
    public bool AllowAnonymous { get; set; }

    /// <summary>API keys, sent as the header <c>X-Api-Key</c>. None by default.</summary>
    public IList<ApiKeyOptions> ApiKeys { get; } = [];

    /// <summary>JSON Web Tokens, sent as <c>Authorization: Bearer</c>. Off by default: there is no key.</summary>
    public JwtOptions Jwt { get; set; } = new();

    /// <summary>
    /// Origins of web pages, such as <c>https://studio.example</c>, that may call besides the host's own. Requests that name another origin are refused,
    /// whatever credentials they carry. None by default.
    /// </summary>
    public IList<string> AllowedOrigins { get; } = [];
}
