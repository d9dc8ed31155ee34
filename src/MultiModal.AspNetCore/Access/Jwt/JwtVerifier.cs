using System.Buffers;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace MultiModal.AspNetCore.Access.Jwt;

/// <summary>Checks tokens. Whatever a token holds, the answer is a <see cref="Caller"/> or a refusal, never an exception.</summary>
internal sealed class JwtVerifier(JwtOptions options, JwtKeyRing ring, TimeProvider time)
{
    static readonly SearchValues<char> Letters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.");
    static readonly string[] Types = ["JWT", "at+jwt", "application/at+jwt"];
    readonly JsonWebTokenHandler handler = new() { MapInboundClaims = false, MaximumTokenSizeInBytes = options.MaximumLength };

    public async Task<AccessResult> VerifyAsync(string token)
    {
        if (token.Length > options.MaximumLength)
            return AccessResult.Refused("The token is too long.");
        // Parsers are lenient with padding and the other base64's letters; one token shall have one form.
        if (token.AsSpan().ContainsAnyExcept(Letters))
            return AccessResult.Refused("The token is malformed.");
        JsonWebToken parsed;
        try
        {
            parsed = new(token);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            // Strangers write tokens: whatever the parser makes of one is the token's fault.
            return AccessResult.Refused("The token is malformed.");
        }

        try
        {
            return await VerifyAsync(parsed).ConfigureAwait(false);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            return AccessResult.Refused("The token is malformed.");
        }
    }

    async Task<AccessResult> VerifyAsync(JsonWebToken token)
    {
        if (token.IsEncrypted || token.EncodedToken.AsSpan().Count('.') != 2)
            return AccessResult.Refused("The token is not a signed one.");
        if (token.TryGetHeaderValue<object>("crit", out _))
            return AccessResult.Refused("The token asks for extensions (crit) that are not understood here.");
        if (token.Typ is { Length: > 0 } type && !Types.Contains(type, StringComparer.OrdinalIgnoreCase))
            return AccessResult.Refused("The token is of another type.");

        // The algorithm is the key's: a token that says HS256 meets secrets only, never the bytes of a public key.
        var kid = token.TryGetHeaderValue<string>("kid", out var id) ? id : null;
        var keys = ring.Keys.Where(key => key.Algorithm == token.Alg && (kid is null || key.Id == kid)).Select(static key => key.Key).ToList();
        if (keys.Count == 0)
            return AccessResult.Refused("The token is signed by a key or an algorithm that is not accepted here.");

        var result = await handler.ValidateTokenAsync(token, Parameters(keys, token.Alg)).ConfigureAwait(false);
        if (!result.IsValid)
            return AccessResult.Refused(Reason(result.Exception));
        var subject = Claim(token, "sub") ?? Claim(token, "client_id");
        if (subject is null)
            return AccessResult.Refused("The token does not say whose it is (sub).");
        if (options.RequiredScope is { } scope && !Scopes(token).Contains(scope, StringComparer.Ordinal))
            return AccessResult.Forbidden("The token lacks the scope that this host asks for.");
        return AccessResult.Accepted(new($"jwt:{token.Issuer}|{subject}", subject, result.ClaimsIdentity));
    }

    TokenValidationParameters Parameters(IReadOnlyList<SecurityKey> keys, string algorithm) => new()
    {
        ValidAlgorithms = [algorithm],
        IssuerSigningKeys = keys,
        // The keys are chosen above; the library shall try these and look for no others.
        TryAllIssuerSigningKeys = true,
        RequireSignedTokens = true,
        RequireExpirationTime = true,
        ValidateIssuer = true,
        ValidIssuers = options.Issuers,
        ValidateAudience = true,
        ValidAudiences = options.Audiences,
        ValidateIssuerSigningKey = false,
        LifetimeValidator = IsCurrent,
        AuthenticationType = "Bearer",
        NameClaimType = "sub",
        LogValidationExceptions = false,
    };

    bool IsCurrent(DateTime? notBefore, DateTime? expires, SecurityToken token, TokenValidationParameters parameters)
    {
        var now = time.GetUtcNow().UtcDateTime;
        return expires is { } end && now < Later(end) && (notBefore is not { } start || now >= Earlier(start));
    }

    DateTime Later(DateTime end) => end < DateTime.MaxValue - options.ClockSkew ? end + options.ClockSkew : DateTime.MaxValue;

    DateTime Earlier(DateTime start) => start > DateTime.MinValue + options.ClockSkew ? start - options.ClockSkew : DateTime.MinValue;

    static string? Claim(JsonWebToken token, string name) =>
        token.TryGetPayloadValue<string>(name, out var value) && !string.IsNullOrWhiteSpace(value) ? value : null;

    static IEnumerable<string> Scopes(JsonWebToken token) =>
        token.Claims.Where(static claim => claim.Type is "scope" or "scp").SelectMany(static claim => claim.Value.Split(' ', StringSplitOptions.RemoveEmptyEntries));

    static string Reason(Exception? error) => error switch
    {
        SecurityTokenExpiredException or SecurityTokenNotYetValidException or SecurityTokenInvalidLifetimeException or SecurityTokenNoExpirationException =>
            "The token has expired, is not valid yet, or has no expiry.",
        SecurityTokenInvalidAudienceException => "The token is for another audience.",
        SecurityTokenInvalidIssuerException => "The token is of another issuer.",
        _ => "The token's signature does not hold.",
    };
}
