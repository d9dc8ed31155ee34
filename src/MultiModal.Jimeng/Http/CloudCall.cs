using System.Net.Http.Headers;

namespace MultiModal.Jimeng.Http;

/// <summary>One call of a client: what its handlers must know of it, and what they learn on the way. Travels in the request's options.</summary>
internal sealed class CloudCall
{
    public static readonly HttpRequestOptionsKey<CloudCall> Key = new("MultiModal.CloudCall");

    int attempts;
    int sent;

    public required string Vendor { get; init; }

    public required string Operation { get; init; }

    public required CallSafety Safety { get; init; }

    /// <summary>Reads a vendor's error out of a whole answer. Null: the answer is good.</summary>
    public required Func<HttpResponseMessage, ReadOnlyMemory<byte>, CloudFault?> ReadFault { get; init; }

    /// <summary>What distinguishes endpoints of one operation from each other for limits and circuits (a req_key, a host).</summary>
    public string Partition { get; init; } = "";

    public TimeSpan? AttemptTimeout { get; init; }

    /// <summary>Whether a good answer is a stream to be read by the caller instead of a body to be read whole.</summary>
    public bool Streams { get; init; }

    /// <summary>Whether a redirection is an answer: only downloads, which carry no credentials, follow one.</summary>
    public bool TakesRedirects { get; init; }

    public long MaxResponseBytes { get; init; } = 64L << 20;

    /// <summary>Where the access token goes. Only Baidu's calls have one.</summary>
    public TokenPlacement Token { get; init; }

    /// <summary>Makes the body for a token, at a level of compactness (0: as the caller gave it). Null: the request's own content, or none.</summary>
    public Func<string?, int, HttpContent>? Body { get; init; }

    /// <summary>The highest level <see cref="Body"/> knows.</summary>
    public int MaxCompactness { get; init; }

    /// <summary>Removes secrets from text. Set by the transport.</summary>
    public Func<string, string> Scrub { get; set; } = static text => text;

    /// <summary>How compact the body is by now: each HTTP 413 raises it.</summary>
    public int Compactness { get; set; }

    /// <summary>How many attempts were made.</summary>
    public int Attempts => attempts;

    /// <summary>How often the request was given to the network: where this is 0, the service cannot have seen it.</summary>
    public int Sent => sent;

    public void CountAttempt() => Interlocked.Increment(ref attempts);

    public void CountSent() => Interlocked.Increment(ref sent);

    public static CloudCall? Of(HttpRequestMessage request) => request.Options.TryGetValue(Key, out var call) ? call : null;

    /// <summary>A request for one attempt: a message can be changed by signing and must not be sent twice.</summary>
    public static HttpRequestMessage Clone(HttpRequestMessage request)
    {
        var copy = new HttpRequestMessage(request.Method, request.RequestUri)
        {
            Version = request.Version,
            VersionPolicy = request.VersionPolicy,
            Content = request.Content,
        };
        foreach (var (name, values) in request.Headers.NonValidated)
            copy.Headers.TryAddWithoutValidation(name, values);
        foreach (var option in request.Options)
            ((IDictionary<string, object?>)copy.Options)[option.Key] = option.Value;
        return copy;
    }

    public static ByteArrayContent Bytes(byte[] body, string mediaType) => new(body) { Headers = { ContentType = MediaTypeHeaderValue.Parse(mediaType) } };
}
