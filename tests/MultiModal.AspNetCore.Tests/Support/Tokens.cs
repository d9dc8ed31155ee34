using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace MultiModal.AspNetCore.Tests.Support;

/// <summary>Makes tokens by hand, good ones and bad ones: nothing here is shared with what checks them.</summary>
sealed class Tokens : IDisposable
{
    public const string Issuer = "https://issuer.example";
    public const string Audience = "multimodal";

    public byte[] Secret { get; } = SHA512.HashData("a secret of the tests"u8);

    public RSA Rsa { get; } = RSA.Create(2048);

    public ECDsa Ecdsa { get; } = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public void Configure(MultiModalHostOptions options)
    {
        var jwt = options.Access.Jwt;
        jwt.Issuers.Add(Issuer);
        jwt.Audiences.Add(Audience);
        jwt.Keys.Add(new() { Id = "hs", Algorithm = "HS256", Secret = Convert.ToBase64String(Secret) });
        jwt.Keys.Add(new() { Id = "rs", Algorithm = "RS256", Pem = Rsa.ExportSubjectPublicKeyInfoPem() });
        jwt.Keys.Add(new() { Id = "es", Algorithm = "ES256", Pem = Ecdsa.ExportSubjectPublicKeyInfoPem() });
    }

    public static JsonObject Claims(DateTimeOffset? now = null, TimeSpan? life = null) => new()
    {
        ["iss"] = Issuer,
        ["aud"] = Audience,
        ["sub"] = "ada",
        ["nbf"] = (now ?? DateTimeOffset.UtcNow).AddSeconds(-10).ToUnixTimeSeconds(),
        ["exp"] = ((now ?? DateTimeOffset.UtcNow) + (life ?? TimeSpan.FromMinutes(5))).ToUnixTimeSeconds(),
    };

    public string Make(string algorithm = "HS256", string? kid = "hs", JsonNode? claims = null, Action<JsonObject>? header = null)
    {
        var head = new JsonObject { ["alg"] = algorithm, ["typ"] = "JWT" };
        if (kid is not null)
            head["kid"] = kid;
        header?.Invoke(head);
        return Sign(head.ToJsonString(), (claims ?? Claims()).ToJsonString(), algorithm);
    }

    public string Sign(string header, string claims, string algorithm)
    {
        var signed = $"{Encode(header)}.{Encode(claims)}";
        return $"{signed}.{Base64Url.EncodeToString(Signature(Encoding.ASCII.GetBytes(signed), algorithm))}";
    }

    public static string Encode(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));

    public static string SignHmac(byte[] key, string header, string claims)
    {
        var signed = $"{Encode(header)}.{Encode(claims)}";
        return $"{signed}.{Base64Url.EncodeToString(HMACSHA256.HashData(key, Encoding.ASCII.GetBytes(signed)))}";
    }

    public string KeySet(params string[] kids) => JsonSerializer.Serialize(new
    {
        keys = kids.Select(kid => (object)new { kty = "oct", kid, alg = "HS256", k = Base64Url.EncodeToString(Secret) }),
    });

    public void Dispose()
    {
        Rsa.Dispose();
        Ecdsa.Dispose();
    }

    byte[] Signature(byte[] signed, string algorithm) => algorithm switch
    {
        "HS256" => HMACSHA256.HashData(Secret, signed),
        "HS384" => HMACSHA384.HashData(Secret, signed),
        "HS512" => HMACSHA512.HashData(Secret, signed),
        "RS256" => Rsa.SignData(signed, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
        "PS256" => Rsa.SignData(signed, HashAlgorithmName.SHA256, RSASignaturePadding.Pss),
        "ES256" => Ecdsa.SignData(signed, HashAlgorithmName.SHA256),
        _ => [],
    };
}
