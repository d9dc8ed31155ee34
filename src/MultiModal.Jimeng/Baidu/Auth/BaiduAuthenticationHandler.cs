using System.Net.Http.Headers;
using MultiModal.Jimeng.Http;

namespace MultiModal.Jimeng.Baidu.Auth;

/// <summary>Puts credentials on each attempt, and sends once more with new ones where the service refuses a token.</summary>
internal sealed class BaiduAuthenticationHandler(BaiduAIOptions options, BaiduTokenSource tokens, ServerClock clock) : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (CloudCall.Of(request) is not { Token: not TokenPlacement.None } call)
            return await base.SendAsync(request, cancellationToken).ConfigureAwait(false);

        for (var again = false; ; again = true)
        {
            var attempt = CloudCall.Clone(request);
            var token = await ApplyAsync(attempt, call, cancellationToken).ConfigureAwait(false);
            var response = await base.SendAsync(attempt, cancellationToken).ConfigureAwait(false);
            var recovery = BufferedContent.FaultOf(response)?.Recovery;
            if (again)
            {
                if (recovery == Recovery.RenewPerhaps && token is not null)
                    tokens.Trust(token);
                return response;
            }

            var useful = recovery switch
            {
                Recovery.Renew or Recovery.RenewPerhaps when token is not null && options.EffectiveAuthentication == BaiduAuthentication.OAuth => tokens.Renew(token, recovery == Recovery.Renew),
                Recovery.AdjustClock when options.EffectiveAuthentication == BaiduAuthentication.Iam => clock.Learn(response),
                _ => false,
            };
            if (!useful)
                return response;
            response.Dispose();
        }
    }

    async Task<string?> ApplyAsync(HttpRequestMessage request, CloudCall call, CancellationToken cancellationToken)
    {
        if (call.Token == TokenPlacement.BearerHeader)
        {
            Bearer(request, options.EffectiveQianfanKey ?? throw Refuse("Qianfan needs a bearer key.", "Set QianfanApiKey (bce-v3/…)."));
            if (call.Body is not null)
                request.Content = call.Body(null, call.Compactness);
            return null;
        }

        string? token = null;
        switch (options.EffectiveAuthentication)
        {
            case BaiduAuthentication.ApiKey:
                Bearer(request, options.ApiKey!);
                break;
            case BaiduAuthentication.Iam when call.Token == TokenPlacement.AccessTokenQuery:
                Sign(request);
                break;
            case BaiduAuthentication.Iam:
                throw Refuse("The speech hosts do not accept IAM signatures.", "Use OAuth or a bearer key.");
            case BaiduAuthentication.AccessToken:
                token = options.AccessToken;
                break;
            default:
                token = await tokens.GetAsync(cancellationToken).ConfigureAwait(false);
                break;
        }

        if (call.Body is not null)
            request.Content = call.Body(token, call.Compactness);
        if (request.Content is Speech.RawRecognitionContent raw && request.RequestUri!.Query.Length <= 1)
            request.RequestUri = new Uri($"{request.RequestUri.AbsoluteUri}?{raw.Query}");
        if (token is not null && call.Token != TokenPlacement.Body)
            request.RequestUri = WithQuery(request.RequestUri!, call.Token == TokenPlacement.TokenQuery ? "token" : "access_token", token);
        return token;
    }

    void Sign(HttpRequestMessage request)
    {
        var uri = request.RequestUri!;
        var query = uri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries).Select(pair =>
        {
            var split = pair.IndexOf('=', StringComparison.Ordinal);
            return split < 0
                ? KeyValuePair.Create(Uri.UnescapeDataString(pair), "")
                : KeyValuePair.Create(Uri.UnescapeDataString(pair[..split]), Uri.UnescapeDataString(pair[(split + 1)..]));
        });
        var (date, authorization) = BceV1Signer.Sign(request.Method.Method, uri.IdnHost, Uri.UnescapeDataString(uri.AbsolutePath), query, options.ApiKey!, options.SecretKey!, clock.UtcNow);
        request.Headers.TryAddWithoutValidation("x-bce-date", date);
        request.Headers.TryAddWithoutValidation("Authorization", authorization);
    }

    static void Bearer(HttpRequestMessage request, string key) => request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);

    static Uri WithQuery(Uri uri, string name, string value) => new($"{uri.AbsoluteUri}{(uri.Query.Length > 1 ? '&' : '?')}{name}={Uri.EscapeDataString(value)}");

    static CloudFaultException Refuse(string meaning, string advice) => new(new(CloudErrorKind.Authentication, Recovery.None, meaning) { Advice = advice });
}
