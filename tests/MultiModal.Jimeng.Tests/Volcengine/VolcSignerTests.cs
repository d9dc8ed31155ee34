using System.Globalization;
using System.Text;
using System.Text.Json;
using MultiModal.Jimeng.Tests.Support;
using MultiModal.Jimeng.Volcengine;

namespace MultiModal.Jimeng.Tests.Volcengine;

[Trait("Category", "Parity")]
public sealed class VolcSignerTests
{
    [Fact]
    public void Every_header_vector_is_reproduced_byte_for_byte()
    {
        foreach (var vector in CloudFixtures.HeaderVectors())
        {
            var name = vector.GetProperty("name").GetString();
            var expected = vector.GetProperty("expected");
            var actual = Sign(vector);
            void Same(string property, string value) => Assert.True(expected.GetProperty(property).GetString() == value, $"{name}, {property}:\nexpected {expected.GetProperty(property).GetString()}\nactual   {value}");
            Same("payload_sha256", actual.PayloadHash);
            Same("canonical_query", actual.CanonicalQuery);
            Same("canonical_request", actual.CanonicalRequest);
            Same("signed_headers", actual.SignedHeaders);
            Same("string_to_sign", actual.StringToSign);
            Same("signature", actual.Signature);
            Same("authorization", actual.Authorization);
            var sent = actual.Headers.Append(new("Authorization", actual.Authorization)).Select(static header => $"{header.Key}: {header.Value}").Order(StringComparer.Ordinal);
            Assert.Equal(CloudFixtures.Pairs(expected.GetProperty("headers_out")).Select(static header => $"{header.Key}: {header.Value}").Order(StringComparer.Ordinal), sent);
        }
    }

    [Fact]
    public void Padded_header_values_are_trimmed_as_the_manual_says()
    {
        var request = new VolcRequest("GET", "/", [], [new("Host", "a"), new("X-Custom", "  padded  ")], default);
        Assert.Contains("\nx-custom:padded\n", VolcSigner.Sign(request, "ak", "sk", null, "r", "s", DateTimeOffset.UnixEpoch).CanonicalRequest, StringComparison.Ordinal);
    }

    internal static VolcSignature Sign(JsonElement vector)
    {
        var body = vector.TryGetProperty("body_hex", out var hex) ? Convert.FromHexString(hex.GetString()!) : Encoding.UTF8.GetBytes(vector.GetProperty("body_utf8").GetString()!);
        var date = DateTimeOffset.ParseExact(Text(vector, "date"), "yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
        var request = new VolcRequest(Text(vector, "method"), Text(vector, "path"), CloudFixtures.Pairs(vector.GetProperty("query")), CloudFixtures.Pairs(vector.GetProperty("headers_in")), body);
        return VolcSigner.Sign(request, Text(vector, "ak"), Text(vector, "sk"), Text(vector, "session_token"), Text(vector, "region"), Text(vector, "service"), date);
    }

    static string Text(JsonElement vector, string name) => vector.GetProperty(name).GetString()!;
}
