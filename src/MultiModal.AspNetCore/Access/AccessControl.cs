using System.Security.Claims;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using MultiModal.AspNetCore.Access.Jwt;
using MultiModal.AspNetCore.Access.Keys;
using MultiModal.AspNetCore.Access.Network;
using MultiModal.AspNetCore.Errors;

namespace MultiModal.AspNetCore.Access;

/// <summary>Decides who is let in. Follows changes of the options while the host runs; where new ones are unusable the old ones stay.</summary>
internal sealed partial class AccessControl : IDisposable
{
    readonly ILogger<AccessControl> logger;
    readonly IDisposable? watching;
    volatile Rules rules;

    public AccessControl(IOptionsMonitor<MultiModalHostOptions> options, TimeProvider time, ILogger<AccessControl> logger)
    {
        this.logger = logger;
        rules = new(options.CurrentValue, time, logger);
        if (!rules.AcceptsAnyone)
            LogNobody();
        watching = options.OnChange(changed =>
        {
            try
            {
                rules = new(changed, time, logger);
            }
            catch (Exception error) when (error is FormatException or OptionsValidationException)
            {
                LogKept(error.Message);
            }
        });
    }

    /// <summary>The caller's address, after checking that it is on the list.</summary>
    /// <exception cref="RefusalException">It is not.</exception>
    public string CheckAddress(HttpContext context)
    {
        var now = rules;
        if (context.Connection.RemoteIpAddress is null && now.AllowWithoutAddress)
            return "local";
        var address = now.Address.Find(context) ?? throw Refusal.Forbidden("address-unknown", "Where the request comes from cannot be told.").Exception();
        return now.Allowed.Contains(address)
            ? RatePartition.Of(address)
            : throw Refusal.Forbidden("address-refused", "The address is not on this host's list.").Exception();
    }

    /// <summary>Refuses pages of other sites: a browser sends their requests with this machine's address, whoever wrote the page.</summary>
    public void CheckOrigin(HttpRequest request)
    {
        foreach (var origin in request.Headers.Origin)
        {
            if (origin is null)
                continue;
            if (!rules.Origins.Contains(origin, StringComparer.OrdinalIgnoreCase)
                && !(Uri.TryCreate(origin, UriKind.Absolute, out var uri) && string.Equals(uri.Authority, request.Host.Value, StringComparison.OrdinalIgnoreCase)))
                throw Refusal.Forbidden("origin-refused", "The page that sent the request is of another origin, which is not on this host's list.").Exception();
        }
    }

    public async Task<Caller> AuthenticateAsync(HttpContext context)
    {
        var now = rules;
        var shown = Credentials.Read(context.Request);
        var result = shown switch
        {
            { Problem: { } problem } => AccessResult.Refused(problem),
            { Token: { } token } when now.Tokens is { } verifier => await verifier.VerifyAsync(token).ConfigureAwait(false),
            { Token: not null } => AccessResult.Refused("This host accepts no tokens."),
            { ApiKey: { } key } => now.Keys.Verify(key),
            _ when now.AllowAnonymous => AccessResult.Accepted(Anonymous()),
            _ when !now.AcceptsAnyone => AccessResult.Refused("Nobody is let in: neither token keys nor API keys are set up on this host."),
            _ => AccessResult.Refused("A token (Authorization: Bearer) or an API key (X-Api-Key) is needed."),
        };
        if (result.Caller is { } caller)
        {
            context.User = new ClaimsPrincipal(caller.Identity);
            return caller;
        }

        LogRefused(result.Problem!, context.Connection.RemoteIpAddress);
        throw (result.IsForbidden
            ? Refusal.Forbidden("scope-missing", result.Problem!)
            : Refusal.Unauthorized(result.Problem!, shown.IsEmpty)).Exception();
    }

    public void Dispose() => watching?.Dispose();

    // One identity for all: whoever needs jobs of their own needs a credential of their own.
    static Caller Anonymous() => new("anonymous", "anonymous", new ClaimsIdentity());

    [LoggerMessage(LogLevel.Warning, "Nobody is let in: set token keys or API keys (MultiModalHostOptions.Access), or AllowAnonymous on a machine of your own.")]
    partial void LogNobody();

    [LoggerMessage(LogLevel.Error, "The options have changed and are not usable; the former ones stay in force. {Problem}")]
    partial void LogKept(string problem);

    [LoggerMessage(LogLevel.Debug, "Refused: {Problem} From {Address}.")]
    partial void LogRefused(string problem, System.Net.IPAddress? address);

    sealed class Rules
    {
        public Rules(MultiModalHostOptions options, TimeProvider time, ILogger logger)
        {
            var (access, network) = (options.Access, options.Network);
            AllowAnonymous = access.AllowAnonymous;
            AllowWithoutAddress = network.AllowWithoutAddress;
            Keys = new(access.ApiKeys, time);
            Tokens = access.Jwt.HasKeys ? new(access.Jwt, new(access.Jwt, time, logger), time) : null;
            AcceptsAnyone = AllowAnonymous || access.ApiKeys.Count > 0 || Tokens is not null;
            Origins = [.. access.AllowedOrigins];
            Allowed = network.Allowed.Count > 0 ? AddressList.Parse(network.Allowed) : AddressList.Loopback;
            Address = new(AddressList.Parse(network.TrustedProxies));
        }

        public bool AllowAnonymous { get; }

        public bool AllowWithoutAddress { get; }

        public bool AcceptsAnyone { get; }

        public ApiKeyVerifier Keys { get; }

        public JwtVerifier? Tokens { get; }

        public string[] Origins { get; }

        public AddressList Allowed { get; }

        public ClientAddress Address { get; }
    }
}
