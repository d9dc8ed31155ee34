using System.Text;
using System.Text.Json.Nodes;
using MultiModal.AspNetCore.Tests.Support;
using MultiModal.Images;
using MultiModal.Testing.Fuzzing;

namespace MultiModal.AspNetCore.Tests.Hostile;

/// <summary>Makes hostile requests, each from its seed alone.</summary>
sealed class HostileRequests : IDisposable
{
    static readonly string[] Addresses = ["127.0.0.1", "::1", "10.0.0.1", "::ffff:127.0.0.1", "0x7f.1", "127.1", "localhost", "unknown", "_hidden", "127.0.0.1, 127.0.0.1", ",,,", "[::1]:80", "127.0.0.1:99999999", "999.1.1.1", "%00", "' OR 1=1"];

    static readonly string[] Paths =
    [
        "/v1/jobs/../../etc/passwd", "/v1/jobs/..%2f..%2fetc%2fpasswd", "/v1/jobs/%2e%2e/%2e%2e/appsettings.json", "/v1/jobs/..%5c..%5cweb.config", "/v1/jobs/%00", "/v1/jobs/a%0d%0aX-Injected:1",
        "/v1/jobs/{id}", "/v1/jobs/-1/results/-1", "/v1/jobs/x/results/99999999999999999999", "/v1/jobs/x/results/0x0", "/v1//jobs//", "/v1/voice/stream/../../models", "/V1/MODELS", "/v1/models;jsessionid=1",
        "/v1/models%3f", "//evil.example/v1/models", "/app.js/../../../x", "/..;/v1/models", "/v1/jobs/%c0%ae%c0%ae/x", "/v1/jobs/%ff%fe", "/v1/jobs/\u202e", "/multimodal.v1.Voice/", "/multimodal.v1.Voice/Convert/..",
        "/.git/config", "/v1/openapi.json/..", "/v1/multimodal.proto%00.txt", "/v1/jobs/" + new string('a', 3000),
    ];

    readonly Tokens tokens;
    readonly Tokens strangers = new();
    readonly byte[] wav = Tones.Wav(200);
    readonly byte[] png = PngCodec.Default.Encode(new ImageBuffer(24, 24));
    readonly string session;

    public HostileRequests(Tokens known)
    {
        tokens = known;
        session = $"Authorization: Bearer {known.Make(claims: Tokens.Claims(life: TimeSpan.FromHours(2)))}\r\n";
    }

    public HostileRequest Make(int seed)
    {
        var random = new Random(seed);
        return (seed % 10) switch
        {
            0 or 1 => BadToken(random),
            2 => BadKey(random),
            3 => Forwarded(random),
            4 => Path(random),
            5 => Upload(random, seed),
            6 => Json(random, seed),
            7 => Malformed(random),
            8 => random.Next(4) == 0 ? Slow(random) : Oversized(random),
            _ => Grpc(random, seed),
        };
    }

    public void Dispose() => strangers.Dispose();

    HostileRequest BadToken(Random random)
    {
        var claims = Tokens.Claims();
        var (kind, token) = random.Next(16) switch
        {
            0 => ("token: alg none", $"{Tokens.Encode("""{"alg":"none"}""")}.{Tokens.Encode(claims.ToJsonString())}."),
            1 => ("token: alg NoNe", tokens.Make("NoNe", "hs")),
            2 => ("token: public key as secret", Tokens.SignHmac(Encoding.UTF8.GetBytes(tokens.Rsa.ExportSubjectPublicKeyInfoPem()), """{"alg":"HS256","kid":"rs"}""", claims.ToJsonString())),
            3 => ("token: a stranger's key", strangers.Make(random.Next(2) == 0 ? "RS256" : "ES256", random.Next(2) == 0 ? "rs" : null)),
            4 => ("token: expired", tokens.Make(claims: Tokens.Claims(DateTimeOffset.UtcNow.AddHours(-random.Next(1, 9999))))),
            5 => ("token: not yet valid", tokens.Make(claims: Tokens.Claims(DateTimeOffset.UtcNow.AddHours(random.Next(1, 9999))))),
            6 => ("token: another audience", tokens.Make(claims: With(claims, "aud", "other"))),
            7 => ("token: another issuer", tokens.Make(claims: With(claims, "iss", "https://issuer.example.evil"))),
            8 => ("token: no expiry", tokens.Make(claims: With(claims, "exp", null))),
            9 => ("token: own key inside", strangers.Make("RS256", null, claims, header => header["jwk"] = new JsonObject { ["kty"] = "RSA" })),
            10 => ("token: kid of a path", tokens.Make("HS256", "../../../../dev/null", claims)),
            11 => ("token: kid of SQL", tokens.Make("HS256", "hs' UNION SELECT 'x", claims)),
            12 => ("token: crit", tokens.Make(claims: claims, header: header => header["crit"] = new JsonArray("exp"))),
            13 => ("token: touched", Touch(tokens.Make(), random)),
            14 => ("token: cut", tokens.Make()[..random.Next(1, 200)]),
            _ => ("token: noise", Noise(random, random.Next(1, 6000))),
        };
        return new(kind, Get("/v1/models", $"Authorization: Bearer {token}\r\n"));
    }

    HostileRequest BadKey(Random random) => random.Next(5) switch
    {
        0 => new("key: noise", Get("/v1/models", $"X-Api-Key: {Noise(random, random.Next(1, 400))}\r\n")),
        1 => new("key: two", Get("/v1/models", $"X-Api-Key: {TestHost.ApiKey.Key}\r\nX-Api-Key: {TestHost.ApiKey.Key}\r\n")),
        2 => new("key: and token", Get("/v1/models", $"X-Api-Key: {TestHost.ApiKey.Key}\r\n{session}")),
        3 => new("key: the hash itself", Get("/v1/models", $"X-Api-Key: {TestHost.ApiKey.Hash}\r\n")),
        _ => new("key: another scheme", Get("/v1/models", $"Authorization: {(random.Next(2) == 0 ? "Basic" : "Digest")} {Noise(random, 40)}\r\n")),
    };

    static HostileRequest Forwarded(Random random)
    {
        var header = random.Next(4) switch
        {
            0 => "X-Forwarded-For",
            1 => "Forwarded",
            2 => "X-Real-IP",
            _ => "X-Originating-IP",
        };
        var address = Addresses[random.Next(Addresses.Length)];
        var many = string.Join(", ", Enumerable.Repeat(address, random.Next(1, 30)));
        return new($"forwarded: {header}", Get("/v1/models", $"{header}: {many}\r\nX-Forwarded-Host: evil.example\r\nX-Original-URL: /v1/jobs\r\n"));
    }

    HostileRequest Path(Random random)
    {
        var path = Paths[random.Next(Paths.Length)];
        // Without a credential or with one: a path that leads nowhere, or to the door.
        var known = random.Next(2) == 0 && !path.Contains("models", StringComparison.OrdinalIgnoreCase) && !path.Contains("openapi", StringComparison.Ordinal) && !path.Contains("proto", StringComparison.Ordinal);
        var method = new[] { "GET", "POST", "DELETE", "PUT", "TRACE", "BREW", "PROPFIND" }[random.Next(7)];
        return new($"path: {path[..Math.Min(40, path.Length)]}", Encoding.UTF8.GetBytes($"{method} {path} HTTP/1.1\r\nHost: h\r\nConnection: close\r\n{(known ? session : "")}Content-Length: 0\r\n\r\n"));
    }

    HostileRequest Upload(Random random, int seed)
    {
        var mutator = new Mutator(seed);
        if (random.Next(2) == 0)
        {
            // What is damaged harmlessly converts: the header is what is damaged here.
            var damaged = mutator.Mutate(wav, png);
            "JUNK"u8.CopyTo(damaged.Length < 4 ? damaged = new byte[4] : damaged);
            return new("upload: damaged WAV", Post("/v1/voice/conversions", "audio/wav", damaged));
        }

        var bytes = mutator.Mutate(png, wav);
        (bytes.Length < 8 ? bytes = new byte[8] : bytes)[random.Next(8)] ^= 0x55;
        byte[] form = [.. "--b\r\nContent-Disposition: form-data; name=\"prompt\"\r\n\r\nx\r\n--b\r\nContent-Disposition: form-data; name=\"image\"; filename=\"../../x\"\r\n\r\n"u8, .. bytes, .. "\r\n--b--\r\n"u8];
        return random.Next(3) switch
        {
            0 => new("upload: damaged PNG", Post("/v1/images/edits", "multipart/form-data; boundary=b", form)),
            1 => new("upload: cut form", Post("/v1/images/edits", "multipart/form-data; boundary=b", form[..random.Next(form.Length - 12)])),
            _ => new("upload: wrong boundary", Post("/v1/images/edits", $"multipart/form-data; boundary={Noise(random, random.Next(0, 200))}", form)),
        };
    }

    HostileRequest Json(Random random, int seed)
    {
        if (random.Next(3) == 0)
        {
            var nested = string.Concat(Enumerable.Repeat(random.Next(2) == 0 ? "[" : "{\"a\":", random.Next(70, 5000)));
            return new("json: nested", Post("/v1/images/generations", "application/json", Encoding.UTF8.GetBytes(nested)));
        }

        var text = random.Next(6) switch
        {
            0 => """{"prompt":"a","width":-1}""",
            1 => """{"prompt":"a","width":99999999999999999999}""",
            2 => """{"prompt":"\udead"}""",
            3 => """{"prompt":{"$ref":"file:///etc/passwd"}}""",
            4 => """{"prompt":"a","count":2147483647}""",
            _ => """{"prompt":"a","steps":-5,"guidance":1e308}""",
        };
        var bytes = Encoding.UTF8.GetBytes(text);
        if (random.Next(2) == 0)
        {
            bytes = new Mutator(seed).Mutate(bytes, bytes);
            (bytes.Length == 0 ? bytes = new byte[1] : bytes)[0] = (byte)'}';
        }

        return new("json: damaged", Post(random.Next(2) == 0 ? "/v1/images/generations" : "/v1/jobs/images", "application/json", bytes));
    }

    HostileRequest Malformed(Random random)
    {
        var text = random.Next(12) switch
        {
            0 => "GET\r\n\r\n",
            1 => "GET /v1/models HTTP/9.9\r\nHost: h\r\n\r\n",
            2 => "GET /v1/models HTTP/1.1\r\n\r\n",
            3 => "GET /v1/models HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
            4 => $"GET /v1/models HTTP/1.1\r\nHost: h\r\nX: {new string('x', 40_000)}\r\n\r\n",
            5 => $"GET /v1/models HTTP/1.1\r\nHost: h\r\n{string.Concat(Enumerable.Repeat("A: b\r\n", 300))}\r\n",
            6 => $"POST /v1/voice/conversions HTTP/1.1\r\nHost: h\r\n{session}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /v1/models HTTP/1.1\r\n\r\n",
            7 => $"POST /v1/voice/conversions HTTP/1.1\r\nHost: h\r\n{session}Content-Length: -1\r\n\r\n",
            8 => $"POST /v1/voice/conversions HTTP/1.1\r\nHost: h\r\n{session}Content-Length: 1, 2\r\n\r\nxx",
            9 => $"POST /v1/voice/conversions HTTP/1.1\r\nHost: h\r\n{session}Transfer-Encoding: chunked\r\n\r\nZZZ\r\n",
            10 => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
            _ => $"GET /v1/models HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer a\0b\r\n\r\n",
        };
        return new("malformed", Encoding.Latin1.GetBytes(text));
    }

    HostileRequest Oversized(Random random) => random.Next(4) switch
    {
        0 => new("oversized: says so", Encoding.ASCII.GetBytes($"POST /v1/voice/conversions HTTP/1.1\r\nHost: h\r\nConnection: close\r\n{session}Content-Type: audio/wav\r\nContent-Length: {long.MaxValue - random.Next(1000)}\r\n\r\nRIFF")),
        1 => new("oversized: header claims it", Post("/v1/voice/conversions", "audio/wav", ClaimingWav(random))),
        2 => new("oversized: JSON", Post("/v1/images/generations", "application/json", Encoding.ASCII.GetBytes($"{{\"prompt\":\"{new string('x', 70_000)}\"}}"))),
        _ => new("oversized: URL", Get($"/v1/voices?model={new string('x', 9000)}", session)),
    };

    HostileRequest Slow(Random random) => random.Next(3) switch
    {
        0 => new("slow: body", Encoding.ASCII.GetBytes($"POST /v1/voice/conversions HTTP/1.1\r\nHost: h\r\n{session}Content-Type: audio/wav\r\nContent-Length: 1000\r\n\r\nRIFF")),
        1 => new("slow: chunks", Encoding.ASCII.GetBytes($"POST /v1/images/generations HTTP/1.1\r\nHost: h\r\n{session}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{{\r\n")),
        _ => new("slow: headers", Encoding.ASCII.GetBytes("GET /v1/models HTTP/1.1\r\nHost: h\r\nX-Slow: ")),
    };

    // Over HTTP/1.1, where no call is served; over HTTP/2 the calls are in HostileTests.
    HostileRequest Grpc(Random random, int seed)
    {
        byte[] frame = [.. new byte[] { (byte)random.Next(4), 0, 0, (byte)random.Next(256), (byte)random.Next(256) }, .. new Mutator(seed).Mutate(wav, png)];
        return new("grpc: over HTTP/1.1", Post("/multimodal.v1.Voice/Convert", "application/grpc", frame));
    }

    byte[] Post(string path, string type, byte[] body) =>
        [.. Encoding.Latin1.GetBytes($"POST {path} HTTP/1.1\r\nHost: h\r\nConnection: close\r\n{session}Content-Type: {type}\r\nContent-Length: {body.Length}\r\n\r\n"), .. body];

    static byte[] Get(string path, string headers) => Encoding.Latin1.GetBytes($"GET {path} HTTP/1.1\r\nHost: h\r\nConnection: close\r\n{headers}\r\n");

    byte[] ClaimingWav(Random random)
    {
        var claiming = wav.ToArray();
        // The data chunk says gigabytes; a few hundred bytes come.
        BitConverter.TryWriteBytes(claiming.AsSpan(claiming.Length - (200 * sizeof(short)) - sizeof(int)), int.MaxValue - random.Next(1000));
        return claiming;
    }

    static JsonObject With(JsonObject claims, string name, string? value)
    {
        claims.Remove(name);
        if (value is not null)
            claims[name] = value;
        return claims;
    }

    static string Touch(string token, Random random)
    {
        var at = random.Next(token.Length - 10);
        return token[..at] + (token[at] == 'A' ? 'z' : 'A') + token[(at + 1)..];
    }

    static string Noise(Random random, int length) => string.Create(length, random, static (span, random) =>
    {
        foreach (ref var letter in span)
            letter = (char)random.Next(33, 126);
    });
}
