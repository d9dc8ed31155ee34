using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using MultiModal.AspNetCore.Access.Jwt;
using MultiModal.AspNetCore.Tests.Support;
using MultiModal.Testing;
using MultiModal.Testing.Time;

namespace MultiModal.AspNetCore.Tests.Access;

public sealed class JwtTests : IDisposable
{
    readonly Tokens tokens = new();
    readonly ManualTimeProvider time = new(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));
    readonly JwtVerifier verifier;

    public JwtTests() => verifier = Verifier(_ => { });

    public void Dispose() => tokens.Dispose();

    [Theory]
    [InlineData("HS256", "hs")]
    [InlineData("RS256", "rs")]
    [InlineData("ES256", "es")]
    [InlineData("HS256", null)]
    [InlineData("RS256", null)]
    [InlineData("ES256", null)]
    public async Task Tokens_of_the_three_algorithms_let_in(string algorithm, string? kid)
    {
        var result = await verifier.VerifyAsync(tokens.Make(algorithm, kid, Claims()));
        Assert.Null(result.Problem);
        Assert.Equal("ada", result.Caller!.Name);
        Assert.Equal($"jwt:{Tokens.Issuer}|ada", result.Caller.Id);
        Assert.True(result.Caller.Identity.IsAuthenticated);
    }

    [Theory]
    [InlineData("none")]
    [InlineData("None")]
    [InlineData("nOnE")]
    [InlineData("")]
    [InlineData("HS384")]
    [InlineData("HS512")]
    [InlineData("PS256")]
    [InlineData("hs256")]
    public async Task Other_algorithms_do_not(string algorithm)
    {
        foreach (var kid in new[] { "hs", "rs", null })
            await IsRefused(tokens.Make(algorithm, kid, Claims()));
    }

    [Fact]
    public async Task A_public_key_is_no_secret()
    {
        // The classic confusion: HS256 with the bytes of the public key, in every form an attacker may guess.
        var pem = tokens.Rsa.ExportSubjectPublicKeyInfoPem();
        foreach (var key in new[] { Encoding.UTF8.GetBytes(pem), Encoding.UTF8.GetBytes(pem + "\n"), tokens.Rsa.ExportSubjectPublicKeyInfo(), tokens.Rsa.ExportRSAPublicKey(), [] })
        {
            foreach (var kid in new[] { """, "kid":"rs" """, """, "kid":"hs" """, "" })
                await IsRefused(Tokens.SignHmac(key, $$"""{"alg":"HS256"{{kid}}}""", Claims().ToJsonString()));
        }
    }

    [Fact]
    public async Task A_key_is_used_with_its_own_algorithm_and_name_alone()
    {
        await IsRefused(tokens.Make("HS256", "rs", Claims()));
        await IsRefused(tokens.Make("RS256", "hs", Claims()));
        await IsRefused(tokens.Make("RS256", "es", Claims()));
        await IsRefused(tokens.Make("HS256", "unknown", Claims()));
        await IsRefused(tokens.Make("HS256", "", Claims()));
        await IsRefused(tokens.Make("HS256", "HS", Claims()));
        await IsRefused(tokens.Make("HS256", "../../../dev/null", Claims()));
    }

    [Fact]
    public async Task Keys_that_a_token_brings_along_are_not_used()
    {
        using var own = new Tokens();
        var key = own.Rsa.ExportParameters(false);
        await IsRefused(own.Make("RS256", null, Claims(), header => header["jwk"] = new JsonObject
        {
            ["kty"] = "RSA",
            ["n"] = System.Buffers.Text.Base64Url.EncodeToString(key.Modulus),
            ["e"] = System.Buffers.Text.Base64Url.EncodeToString(key.Exponent),
        }));
        await IsRefused(own.Make("RS256", "rs", Claims(), header => header["jku"] = "http://127.0.0.1:1/keys"));
        await IsRefused(own.Make("RS256", "rs", Claims(), header => header["x5u"] = "http://127.0.0.1:1/cert"));
        await IsRefused(own.Make("RS256", "rs", Claims(), header => header["x5c"] = new JsonArray("MIIB")));
    }

    [Fact]
    public async Task Extensions_that_must_be_understood_are_not() =>
        await IsRefused(tokens.Make(claims: Claims(), header: header => (header["crit"], header["b64"]) = (new JsonArray("b64"), false)));

    [Theory]
    [InlineData("JWT", true)]
    [InlineData("jwt", true)]
    [InlineData("at+jwt", true)]
    [InlineData("secevent+jwt", false)]
    [InlineData("dpop+jwt", false)]
    public async Task A_token_of_another_type_is_for_something_else(string type, bool accepted)
    {
        var result = await verifier.VerifyAsync(tokens.Make(claims: Claims(), header: header => header["typ"] = type));
        Assert.Equal(accepted, result.Caller is not null);
    }

    [Theory]
    [InlineData("exp")]
    [InlineData("iss")]
    [InlineData("aud")]
    [InlineData("sub")]
    public async Task A_claim_that_is_needed_is_needed(string name)
    {
        var claims = Claims();
        claims.Remove(name);
        await IsRefused(tokens.Make(claims: claims));
    }

    [Theory]
    [InlineData("iss", "\"https://issuer.example/\"")]
    [InlineData("iss", "\"https://evil.example\"")]
    [InlineData("iss", "[\"https://issuer.example\"]")]
    [InlineData("iss", "1")]
    [InlineData("aud", "\"other\"")]
    [InlineData("aud", "[\"other\",\"another\"]")]
    [InlineData("aud", "{}")]
    [InlineData("aud", "\"Multimodal\"")]
    [InlineData("exp", "0")]
    [InlineData("exp", "-1")]
    [InlineData("exp", "1e400")]
    [InlineData("exp", "\"tomorrow\"")]
    [InlineData("exp", "[]")]
    [InlineData("exp", "null")]
    [InlineData("nbf", "99999999999")]
    [InlineData("nbf", "99999999999999999999999999")]
    [InlineData("sub", "\"\"")]
    [InlineData("sub", "\"  \"")]
    [InlineData("sub", "{}")]
    public async Task Wrong_claims_are_refused(string name, string json)
    {
        var claims = Claims();
        claims.Remove(name);
        var text = claims.ToJsonString();
        await IsRefused(tokens.Sign("""{"alg":"HS256","kid":"hs"}""", $"{text[..^1]},\"{name}\":{json}}}", "HS256"));
    }

    [Fact]
    public async Task Several_audiences_may_hold_the_host()
    {
        var claims = Claims();
        claims["aud"] = new JsonArray("other", Tokens.Audience);
        Assert.NotNull((await verifier.VerifyAsync(tokens.Make(claims: claims))).Caller);
    }

    [Fact]
    public async Task Clocks_may_differ_by_the_skew_and_no_more()
    {
        var token = tokens.Make(claims: Claims(life: TimeSpan.FromSeconds(100)));
        time.Advance(TimeSpan.FromSeconds(129));
        Assert.NotNull((await verifier.VerifyAsync(token)).Caller);
        time.Advance(TimeSpan.FromSeconds(1));
        await IsRefused(token);

        var early = Claims();
        early["nbf"] = time.GetUtcNow().AddSeconds(30).ToUnixTimeSeconds();
        Assert.NotNull((await verifier.VerifyAsync(tokens.Make(claims: early))).Caller);
        early["nbf"] = time.GetUtcNow().AddSeconds(31).ToUnixTimeSeconds();
        await IsRefused(tokens.Make(claims: early));
    }

    [Fact]
    public async Task A_token_that_was_touched_is_refused_wherever_it_was()
    {
        var token = tokens.Make(claims: Claims());
        var parts = token.Split('.');
        var forged = Claims();
        forged["sub"] = "eve";
        await IsRefused($"{parts[0]}.{Tokens.Encode(forged.ToJsonString())}.{parts[2]}");
        await IsRefused($"{parts[0]}.{parts[1]}.");
        await IsRefused($"{parts[0]}.{parts[1]}");
        await IsRefused($"{token}.");
        await IsRefused($"{token}=");
        await IsRefused($"{parts[0]}.{parts[1]}.{parts[2]}.{parts[2]}.{parts[2]}");
        for (var i = 0; i < token.Length; i += 7)
            await IsRefused(token[..i] + (token[i] == 'A' ? 'Q' : 'A') + token[(i + 1)..]);
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("....")]
    [InlineData("a.b.c")]
    [InlineData("e30.e30.e30")]
    [InlineData("bnVsbA.bnVsbA.bnVsbA")]
    [InlineData("W10.W10.W10")]
    [InlineData("eyJhbGciOiJIUzI1NiJ9.")]
    [InlineData("\u0000\uffff.\ud83d.x")]
    public async Task What_is_no_token_is_refused(string text) => await IsRefused(text);

    [Fact]
    public async Task A_token_that_is_too_long_is_not_looked_at()
    {
        var claims = Claims();
        claims["padding"] = new string('x', 9000);
        Assert.Equal("The token is too long.", await IsRefused(tokens.Make(claims: claims)));
    }

    [Fact]
    public async Task JSON_that_nests_without_end_is_refused()
    {
        var nested = string.Concat(Enumerable.Repeat("[", 1500)) + string.Concat(Enumerable.Repeat("]", 1500));
        await IsRefused(tokens.Sign("""{"alg":"HS256","kid":"hs"}""", $$"""{"sub":{{nested}}}""", "HS256"));
        await IsRefused(tokens.Sign($$"""{"alg":"HS256","x":{{nested}}}""", "{}", "HS256"));
    }

    [Fact]
    public async Task A_scope_can_be_asked_for()
    {
        var strict = Verifier(options => options.RequiredScope = "pictures.draw");
        var claims = Claims();
        Assert.True((await strict.VerifyAsync(tokens.Make(claims: claims))).IsForbidden);
        claims["scope"] = "openid pictures.drawing";
        Assert.True((await strict.VerifyAsync(tokens.Make(claims: claims))).IsForbidden);
        claims["scope"] = "openid pictures.draw";
        Assert.NotNull((await strict.VerifyAsync(tokens.Make(claims: claims))).Caller);
        claims.Remove("scope");
        claims["scp"] = new JsonArray("pictures.draw");
        Assert.NotNull((await strict.VerifyAsync(tokens.Make(claims: claims))).Caller);
    }

    [Fact]
    public async Task Keys_rotate_by_the_file_of_the_key_set()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("keys.json", Encoding.UTF8.GetBytes(tokens.KeySet("old")));
        var rotating = Verifier(options => options.KeySetFile = path, keys: false);
        var (before, after) = (tokens.Make("HS256", "old", Claims()), tokens.Make("HS256", "new", Claims()));
        Assert.NotNull((await rotating.VerifyAsync(before)).Caller);
        Assert.Null((await rotating.VerifyAsync(after)).Caller);

        folder.Write("keys.json", Encoding.UTF8.GetBytes(tokens.KeySet("old", "new")));
        time.Advance(TimeSpan.FromSeconds(2));
        Assert.NotNull((await rotating.VerifyAsync(before)).Caller);
        Assert.NotNull((await rotating.VerifyAsync(after)).Caller);

        // Half a file, as while it is being written, changes nothing.
        folder.Write("keys.json", "{\"keys\":[{\"kty\":\"oct\""u8);
        time.Advance(TimeSpan.FromSeconds(2));
        Assert.NotNull((await rotating.VerifyAsync(after)).Caller);

        folder.Write("keys.json", Encoding.UTF8.GetBytes(tokens.KeySet("new") + "\n\n"));
        time.Advance(TimeSpan.FromSeconds(2));
        Assert.Null((await rotating.VerifyAsync(before)).Caller);
        Assert.NotNull((await rotating.VerifyAsync(after)).Caller);
    }

    [Fact]
    public void A_key_set_holds_keys_of_all_three_kinds_and_others_are_passed_over()
    {
        var (rsa, ec) = (tokens.Rsa.ExportParameters(false), tokens.Ecdsa.ExportParameters(false));
        var json = $$"""
            {"keys":[
              {"kty":"RSA","kid":"a","n":"{{Url(rsa.Modulus)}}","e":"{{Url(rsa.Exponent)}}"},
              {"kty":"EC","kid":"b","crv":"P-256","x":"{{Url(ec.Q.X)}}","y":"{{Url(ec.Q.Y)}}","use":"sig"},
              {"kty":"oct","kid":"c","k":"{{Url(tokens.Secret)}}"},
              {"kty":"RSA","kid":"d","alg":"RS512","n":"{{Url(rsa.Modulus)}}","e":"{{Url(rsa.Exponent)}}"},
              {"kty":"RSA","kid":"e","use":"enc","n":"{{Url(rsa.Modulus)}}","e":"{{Url(rsa.Exponent)}}"},
              {"kty":"OKP","kid":"f","crv":"Ed25519","x":"AA"},
              {"kty":"EC","kid":"g","crv":"P-384","x":"AA","y":"AA"}
            ]}
            """;
        Assert.Equal(["a:RS256", "b:ES256", "c:HS256"], JwtKeySet.Parse(Encoding.UTF8.GetBytes(json)).Select(static key => $"{key.Id}:{key.Algorithm}"));

        static string Url(byte[]? bytes) => System.Buffers.Text.Base64Url.EncodeToString(bytes);
    }

    JsonObject Claims(TimeSpan? life = null) => Tokens.Claims(time.GetUtcNow(), life);

    JwtVerifier Verifier(Action<JwtOptions> configure, bool keys = true)
    {
        var host = new MultiModalHostOptions();
        tokens.Configure(host);
        if (!keys)
            host.Access.Jwt.Keys.Clear();
        configure(host.Access.Jwt);
        return new(host.Access.Jwt, new(host.Access.Jwt, time, NullLogger.Instance), time);
    }

    async Task<string> IsRefused(string token)
    {
        var result = await verifier.VerifyAsync(token);
        Assert.True(result.Caller is null, token);
        Assert.False(result.IsForbidden);
        return result.Problem!;
    }
}
