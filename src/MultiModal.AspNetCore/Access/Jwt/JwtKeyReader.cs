using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.IdentityModel.Tokens;

namespace MultiModal.AspNetCore.Access.Jwt;

/// <summary>Makes keys of what the options say. Errors are <see cref="FormatException"/>s that name the setting and never the secret.</summary>
internal static class JwtKeyReader
{
    const int LeastSecretBytes = 32;
    const int LeastRsaBits = 2048;
    const int MostRsaBits = 16384;

    public static JwtKey Read(JwtKeyOptions options)
    {
        var text = (options.Secret, options.Pem, options.File) switch
        {
            ({ } secret, null, null) => secret,
            (null, { } pem, null) => pem,
            (null, null, { } file) => ReadFile(file),
            _ => throw Wrong(options, "give exactly one of Secret, Pem and File"),
        };
        try
        {
            return options.Algorithm switch
            {
                "HS256" when options.Pem is null => new(options.Id, options.Algorithm, Symmetric(Decode(text))),
                "RS256" when options.Secret is null => new(options.Id, options.Algorithm, Rsa(ParseRsa(text))),
                "ES256" when options.Secret is null => new(options.Id, options.Algorithm, Ecdsa(ParseEcdsa(text))),
                "HS256" => throw Wrong(options, "HS256 takes a Secret"),
                "RS256" or "ES256" => throw Wrong(options, $"{options.Algorithm} takes a public key as Pem"),
                _ => throw Wrong(options, $"the algorithm is HS256, RS256 or ES256, not '{options.Algorithm}'"),
            };
        }
        catch (Exception error) when (error is CryptographicException or ArgumentException)
        {
            throw Wrong(options, "the key cannot be read: it is not of the form its algorithm takes");
        }
    }

    public static SymmetricSecurityKey Symmetric(byte[] secret) =>
        secret.Length >= LeastSecretBytes ? new(secret) : throw new FormatException($"A secret for HS256 has {LeastSecretBytes} bytes or more, not {secret.Length}.");

    public static RsaSecurityKey Rsa(RSA rsa) =>
        rsa.KeySize is >= LeastRsaBits and <= MostRsaBits
            ? new(rsa.ExportParameters(false))
            : throw new FormatException($"A key for RS256 has {LeastRsaBits} to {MostRsaBits} bits, not {rsa.KeySize}.");

    public static ECDsaSecurityKey Ecdsa(ECDsa ecdsa) =>
        ecdsa.ExportParameters(false).Curve.Oid is { } curve && (curve.Value == "1.2.840.10045.3.1.7" || curve.FriendlyName is "nistP256" or "ECDSA_P256")
            ? new(ecdsa)
            : throw new FormatException("A key for ES256 is on the curve P-256.");

    static RSA ParseRsa(string pem)
    {
        if (Certificate(pem) is { } certificate)
        {
            using (certificate)
                return certificate.GetRSAPublicKey() ?? throw new FormatException("The certificate has no RSA key.");
        }

        RefusePrivate(pem);
        var rsa = RSA.Create();
        rsa.ImportFromPem(pem);
        return rsa;
    }

    static ECDsa ParseEcdsa(string pem)
    {
        if (Certificate(pem) is { } certificate)
        {
            using (certificate)
                return certificate.GetECDsaPublicKey() ?? throw new FormatException("The certificate has no key on an elliptic curve.");
        }

        RefusePrivate(pem);
        var ecdsa = ECDsa.Create();
        ecdsa.ImportFromPem(pem);
        return ecdsa;
    }

    static X509Certificate2? Certificate(string pem) =>
        pem.Contains("BEGIN CERTIFICATE", StringComparison.Ordinal) ? X509Certificate2.CreateFromPem(pem) : null;

    // Who can sign needs no host to check, and a host that checks must not be able to sign.
    static void RefusePrivate(string pem)
    {
        if (pem.Contains("PRIVATE KEY", StringComparison.Ordinal))
            throw new FormatException("The host takes the public key; keep the private one with the issuer of tokens.");
    }

    static byte[] Decode(string secret)
    {
        var text = secret.Trim();
        try
        {
            return text.AsSpan().IndexOfAny('-', '_') >= 0 || text.Length % 4 != 0 ? Base64UrlEncoder.DecodeBytes(text) : Convert.FromBase64String(text);
        }
        catch (FormatException)
        {
            throw new FormatException("The secret is not in base64.");
        }
    }

    static string ReadFile(string path)
    {
        try
        {
            return System.IO.File.ReadAllText(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new FormatException($"The key file cannot be read: {error.Message}");
        }
    }

    static FormatException Wrong(JwtKeyOptions options, string problem) =>
        new($"The token key {(options.Id is { } id ? $"'{id}'" : "without an Id")} is not usable: {problem}.");
}
