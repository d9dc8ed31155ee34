namespace MultiModal.AspNetCore.Access.Jwt;

/// <summary>Which JSON Web Tokens are accepted (RFC 7519, with the advice of RFC 8725).</summary>
/// <remarks>
/// A token is signed by a key given here, with that key's own algorithm; is of an issuer and for an audience given here; has an expiry that is not over;
/// and says whose it is (<c>sub</c>, or <c>client_id</c>). Keys that a token brings along or points to (<c>jwk</c>, <c>jku</c>, <c>x5c</c>, <c>x5u</c>) are never used,
/// and a token with <c>crit</c> is refused.
/// </remarks>
public sealed class JwtOptions
{
    /// <summary>The keys. To rotate, add the new one, let issuers change over, and remove the old one when its last token has expired.</summary>
    public IList<JwtKeyOptions> Keys { get; } = [];

    /// <summary>
    /// A file with a JSON Web Key Set (RFC 7517), used besides <see cref="Keys"/> and read again when it changes; where the new contents are unusable the
    /// old ones stay and the log says so. Null by default.
    /// </summary>
    public string? KeySetFile { get; set; }

    /// <summary>The issuers accepted (<c>iss</c>), compared letter by letter. At least one where there are keys.</summary>
    public IList<string> Issuers { get; } = [];

    /// <summary>The audiences accepted (<c>aud</c>): the names this host goes by. At least one where there are keys.</summary>
    public IList<string> Audiences { get; } = [];

    /// <summary>How far clocks may differ; 30 s by default, 5 minutes at most.</summary>
    public TimeSpan ClockSkew { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>A scope (<c>scope</c> or <c>scp</c>) that tokens must have; null by default, none.</summary>
    public string? RequiredScope { get; set; }

    /// <summary>The longest token that is looked at, in characters; 8192 by default.</summary>
    public int MaximumLength { get; set; } = 8192;

    internal bool HasKeys => Keys.Count > 0 || KeySetFile is not null;
}
