namespace MultiModal.AspNetCore.Access.Jwt;

/// <summary>A key that signs tokens, with the one algorithm it is used with.</summary>
public sealed class JwtKeyOptions
{
    /// <summary>
    /// The key's name, as tokens give it (<c>kid</c>). A token that names a key is checked with keys of that name alone; one that names none, with every key of
    /// its algorithm. Null by default.
    /// </summary>
    public string? Id { get; set; }

    /// <summary><c>HS256</c>, <c>RS256</c> or <c>ES256</c>.</summary>
    public string Algorithm { get; set; } = "";

    /// <summary>For HS256: the shared secret in base64 or base64url, 32 bytes or more. Keep it in a secret store, not in a file beside the program.</summary>
    public string? Secret { get; set; }

    /// <summary>For RS256 (2048 bits or more) and ES256 (P-256): the public key in PEM form (<c>BEGIN PUBLIC KEY</c> or <c>BEGIN CERTIFICATE</c>).</summary>
    public string? Pem { get; set; }

    /// <summary>A file that holds what <see cref="Pem"/> or <see cref="Secret"/> would.</summary>
    public string? File { get; set; }
}
