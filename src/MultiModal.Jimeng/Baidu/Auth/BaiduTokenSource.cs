using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;
using MultiModal.Jimeng.Http;

namespace MultiModal.Jimeng.Baidu.Auth;

/// <summary>
/// The access token of one application: fetched once however many callers ask, kept until shortly before it expires, and fetched
/// again when the service no longer accepts it.
/// </summary>
internal sealed class BaiduTokenSource(CloudTransport transport, BaiduAIOptions options)
{
    static readonly TimeSpan LongestMargin = TimeSpan.FromMinutes(5);
    static readonly TimeSpan EarlyRetry = TimeSpan.FromSeconds(10);
    static readonly TimeSpan TrustPeriod = TimeSpan.FromMinutes(10);

    readonly Lock gate = new();
    string? token;
    string? earlier;
    DateTimeOffset renewAt;
    DateTimeOffset expiresAt;
    DateTimeOffset trustedUntil;
    Task<string>? pending;

    /// <summary>The tokens that may still be under way: what must not come to be read in messages.</summary>
    public IEnumerable<string?> Known => [token, earlier];

    /// <summary>A token that is good for now.</summary>
    public async Task<string> GetAsync(CancellationToken cancellationToken)
    {
        Task<string> fetch;
        string? current;
        lock (gate)
        {
            var now = transport.Time.GetUtcNow();
            if (token is not null && now < renewAt)
                return token;
            current = now < expiresAt ? token : null;
            // Started apart from this caller: its cancellation must not cost the others their token.
            fetch = pending ??= Task.Run(FetchAsync, CancellationToken.None);
        }

        try
        {
            return await fetch.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (CloudApiException) when (current is not null)
        {
            // Renewing early failed; the old token still has its margin left.
            return current;
        }
    }

    /// <summary>Gives a token up because the service refused it.</summary>
    /// <param name="refused">The token that was sent. Another caller may have renewed it already.</param>
    /// <param name="certain">Whether the refusal can have no other cause.</param>
    /// <returns>Whether sending again with a token from <see cref="GetAsync"/> makes sense.</returns>
    public bool Renew(string refused, bool certain)
    {
        lock (gate)
        {
            if (token != refused)
                return true;
            if (!certain && transport.Time.GetUtcNow() < trustedUntil)
                return false;
            earlier = token;
            token = null;
            expiresAt = renewAt = DateTimeOffset.MinValue;
            return true;
        }
    }

    /// <summary>Notes that a fresh token met the same ambiguous refusal: the token is not its cause, and for a while is not renewed for it.</summary>
    public void Trust(string refused)
    {
        lock (gate)
        {
            if (token == refused)
                trustedUntil = transport.Time.GetUtcNow() + TrustPeriod;
        }
    }

    [SuppressMessage("Design", "CA1031", Justification = "Whatever failed, the flight has to be cleared for the next caller; the error goes on.")]
    async Task<string> FetchAsync()
    {
        try
        {
            var fetched = await RequestAsync().ConfigureAwait(false);
            lock (gate)
            {
                var now = transport.Time.GetUtcNow();
                var life = TimeSpan.FromSeconds(Math.Max(0, fetched.ExpiresIn));
                var margin = life / 10 < LongestMargin ? life / 10 : LongestMargin;
                earlier = token ?? earlier;
                token = fetched.AccessToken!;
                expiresAt = now + life;
                renewAt = expiresAt - margin;
                trustedUntil = default;
                pending = null;
                return token;
            }
        }
        catch
        {
            lock (gate)
            {
                pending = null;
                if (token is not null)
                {
                    // Not at every call, but not beyond the token's end either.
                    var later = transport.Time.GetUtcNow() + EarlyRetry;
                    renewAt = later < expiresAt ? later : expiresAt;
                }
            }

            throw;
        }
    }

    async Task<BaiduTokenAnswer> RequestAsync()
    {
        var call = new CloudCall
        {
            Vendor = BaiduAIClient.Vendor,
            Operation = BaiduOperations.Token,
            Safety = CallSafety.Free,
            ReadFault = BaiduFaults.Token,
            MaxResponseBytes = 1 << 20,
        };
        // In the body, not in the address: addresses are logged by proxies.
        var body = new FormWriter().Add("grant_type", "client_credentials").Add("client_id", options.ApiKey).Add("client_secret", options.SecretKey);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(options.AipEndpoint, "oauth/2.0/token")) { Content = body.ToContent() };
        var answer = await transport.SendAsync(call, request, BaiduJson.Relaxed.BaiduTokenAnswer, CancellationToken.None).ConfigureAwait(false);
        return string.IsNullOrEmpty(answer.AccessToken)
            ? throw new CloudFault(CloudErrorKind.UnexpectedResponse, Recovery.None, "The token service answered without a token.").ToException(call)
            : answer;
    }
}

/// <summary>What the token service answers. Only two of its fields matter.</summary>
internal sealed class BaiduTokenAnswer
{
    public string? AccessToken { get; set; }

    [JsonNumberHandling(JsonNumberHandling.AllowReadingFromString)]
    public double ExpiresIn { get; set; }
}
