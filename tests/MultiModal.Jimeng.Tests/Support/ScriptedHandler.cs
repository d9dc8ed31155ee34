using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace MultiModal.Jimeng.Tests.Support;

/// <summary>Stands in for the network: records every request and answers as it is told.</summary>
public sealed class ScriptedHandler(Func<RecordedRequest, int, HttpResponseMessage> answer) : HttpMessageHandler
{
    readonly List<RecordedRequest> requests = [];

    public ScriptedHandler(Func<RecordedRequest, HttpResponseMessage> answer)
        : this((request, _) => answer(request))
    {
    }

    public IReadOnlyList<RecordedRequest> Requests
    {
        get
        {
            lock (requests)
                return [.. requests];
        }
    }

    /// <summary>What happens instead of an answer: a wait, an exception.</summary>
    public Func<RecordedRequest, CancellationToken, Task>? Before { get; init; }

    public static HttpResponseMessage Json(string body, HttpStatusCode status = HttpStatusCode.OK) => Bytes(Encoding.UTF8.GetBytes(body), "application/json", status);

    public static HttpResponseMessage Html(string body, HttpStatusCode status) => Bytes(Encoding.UTF8.GetBytes(body), "text/html", status);

    public static HttpResponseMessage Bytes(byte[] body, string mediaType, HttpStatusCode status = HttpStatusCode.OK) =>
        new(status) { Content = new ByteArrayContent(body) { Headers = { ContentType = MediaTypeHeaderValue.Parse(mediaType) } } };

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var recorded = await RecordedRequest.OfAsync(request);
        int index;
        lock (requests)
        {
            index = requests.Count;
            requests.Add(recorded);
        }

        if (Before is not null)
            await Before(recorded, cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        var response = answer(recorded, index);
        response.RequestMessage = request;
        return response;
    }
}
