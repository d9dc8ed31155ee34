using System.Net.Http.Headers;
using MultiModal.Jimeng.Http;

namespace MultiModal.Jimeng.Chat;

/// <summary>Puts a chat endpoint's key on its requests, inside of everything that logs.</summary>
internal sealed class BearerKeyHandler(string? key) : DelegatingHandler
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (key is not null && CloudCall.Of(request) is { Token: TokenPlacement.BearerHeader })
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return base.SendAsync(request, cancellationToken);
    }
}
