using System.Globalization;
using System.Text;
using System.Text.Json;
using MultiModal.CloudSimulator.Volcengine;
using MultiModal.Jimeng.Tests.Support;

namespace MultiModal.Jimeng.Tests.Simulated;

/// <summary>The simulator's check was written apart from the client's signer; the vendor's vectors stand between them.</summary>
[Trait("Category", "Parity")]
public sealed class SignatureInteroperationTests
{
    [Fact]
    public void The_simulator_accepts_every_vector()
    {
        foreach (var vector in CloudFixtures.HeaderVectors())
            Assert.True(Check(vector, Headers(vector)) is null, $"{vector.GetProperty("name")}: {Check(vector, Headers(vector))}");
    }

    [Fact]
    public void The_simulator_refuses_every_vector_with_one_byte_changed()
    {
        foreach (var vector in CloudFixtures.HeaderVectors())
        {
            var name = vector.GetProperty("name").GetString();
            var headers = Headers(vector);
            var body = Body(vector);
            for (var i = 0; i < Math.Max(1, body.Length); i++)
            {
                var changed = body.Length == 0 ? [(byte)'x'] : (byte[])body.Clone();
                if (body.Length > 0)
                    changed[i] ^= 1;
                Assert.True(Check(vector, headers, changed) is not null, $"{name}: body, byte {i}");
            }

            foreach (var (key, value) in Signed(vector, headers))
            {
                for (var i = 0; i < value.Length; i++)
                {
                    var other = value[..i] + (char)(value[i] ^ 1) + value[(i + 1)..];
                    Assert.True(Check(vector, [.. headers.Select(header => header.Key == key ? new(key, other) : header)]) is not null, $"{name}: {key}, character {i}");
                }
            }

            var query = CloudFixtures.Pairs(vector.GetProperty("query"));
            for (var i = 0; i < query.Count; i++)
            {
                var other = query.ToList();
                other[i] = new(query[i].Key, query[i].Value + "x");
                Assert.True(Check(vector, headers, query: other) is not null, $"{name}: query {query[i].Key}");
            }

            Assert.True(Check(vector, headers, method: "PUT") is not null, $"{name}: method");
            Assert.True(Check(vector, headers, path: vector.GetProperty("path").GetString() + "/x") is not null, $"{name}: path");
        }
    }

    // Only what the signature covers, and the signature itself.
    static IEnumerable<KeyValuePair<string, string>> Signed(JsonElement vector, List<KeyValuePair<string, string>> headers)
    {
        var names = vector.GetProperty("expected").GetProperty("signed_headers").GetString()!.Split(';');
        return headers.Where(header => names.Contains(header.Key.ToLowerInvariant()) || header.Key == "Authorization");
    }

    static List<KeyValuePair<string, string>> Headers(JsonElement vector) => CloudFixtures.Pairs(vector.GetProperty("expected").GetProperty("headers_out"));

    static byte[] Body(JsonElement vector) => vector.TryGetProperty("body_hex", out var hex) ? Convert.FromHexString(hex.GetString()!) : Encoding.UTF8.GetBytes(vector.GetProperty("body_utf8").GetString()!);

    static (int Number, string Code, int Status)? Check(JsonElement vector, List<KeyValuePair<string, string>> headers, byte[]? body = null, List<KeyValuePair<string, string>>? query = null, string? method = null, string? path = null)
    {
        string Text(string name) => vector.GetProperty(name).GetString()!;
        var now = DateTimeOffset.ParseExact(Text("date"), "yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
        return VolcSignatureVerifier.Check(
            method ?? Text("method"),
            path ?? Text("path"),
            query ?? CloudFixtures.Pairs(vector.GetProperty("query")),
            headers,
            body ?? Body(vector),
            key => key == Text("ak") ? Text("sk") : null,
            now,
            TimeSpan.FromMinutes(15),
            Text("session_token") is { Length: > 0 } token ? token : null);
    }
}
