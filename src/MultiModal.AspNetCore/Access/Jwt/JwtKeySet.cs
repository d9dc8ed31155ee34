using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.IdentityModel.Tokens;

namespace MultiModal.AspNetCore.Access.Jwt;

/// <summary>Reads JSON Web Key Sets (RFC 7517): the keys among them that can check HS256, RS256 and ES256.</summary>
internal static class JwtKeySet
{
    public static IReadOnlyList<JwtKey> Parse(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            if (!document.RootElement.TryGetProperty("keys", out var keys) || keys.ValueKind != JsonValueKind.Array)
                throw new FormatException("The key set has no array 'keys'.");
            return [.. keys.EnumerateArray().Select(Read).OfType<JwtKey>()];
        }
        catch (Exception error) when (error is JsonException or CryptographicException or InvalidOperationException or ArgumentException)
        {
            throw new FormatException("The key set is not one: it holds something else than JSON Web Keys.", error);
        }
    }

    // Sets hold keys for other purposes too: what is not a key for signatures of the three algorithms is passed over, as section 5 asks.
    static JwtKey? Read(JsonElement key)
    {
        if (Text(key, "use") is { } use && use != "sig")
            return null;
        var (id, algorithm) = (Text(key, "kid"), Text(key, "alg"));
        return (Text(key, "kty"), Text(key, "crv")) switch
        {
            ("oct", _) when algorithm is null or "HS256" => new(id, "HS256", JwtKeyReader.Symmetric(Bytes(key, "k"))),
            ("RSA", _) when algorithm is null or "RS256" => new(id, "RS256", ReadRsa(key)),
            ("EC", "P-256") when algorithm is null or "ES256" => new(id, "ES256", ReadEcdsa(key)),
            _ => null,
        };
    }

    static RsaSecurityKey ReadRsa(JsonElement key)
    {
        using var rsa = RSA.Create(new RSAParameters { Modulus = Bytes(key, "n"), Exponent = Bytes(key, "e") });
        return JwtKeyReader.Rsa(rsa);
    }

    static ECDsaSecurityKey ReadEcdsa(JsonElement key) => JwtKeyReader.Ecdsa(ECDsa.Create(new ECParameters
    {
        Curve = ECCurve.NamedCurves.nistP256,
        Q = new() { X = Bytes(key, "x"), Y = Bytes(key, "y") },
    }));

    static string? Text(JsonElement key, string name) => key.TryGetProperty(name, out var value) ? value.GetString() : null;

    static byte[] Bytes(JsonElement key, string name) =>
        Base64UrlEncoder.DecodeBytes(Text(key, name) ?? throw new FormatException($"A key of the set has no '{name}'."));
}
