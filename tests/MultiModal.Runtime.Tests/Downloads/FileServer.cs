using System.Net;
using System.Net.Http.Headers;

namespace MultiModal.Runtime.Tests.Downloads;

/// <summary>A server of files in memory, with ranges, versions and the faults a test asks for.</summary>
sealed class FileServer(byte[] content) : HttpMessageHandler
{
    /// <summary>What the server has now.</summary>
    public byte[] Content { get; set; } = content;

    /// <summary>The version it names, or null.</summary>
    public string? Tag { get; set; } = "\"v1\"";

    /// <summary>Whether it heeds ranges.</summary>
    public bool Ranges { get; set; } = true;

    /// <summary>Answers instead of the file, first to last; null for the file.</summary>
    public Queue<Func<HttpRequestMessage, HttpResponseMessage?>> Faults { get; } = [];

    /// <summary>After so many bytes of a body the connection breaks; null for never.</summary>
    public int? BreakAfter { get; set; }

    /// <summary>What was asked for.</summary>
    public List<HttpRequestMessage> Requests { get; } = [];

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Requests.Add(request);
        if (Faults.TryDequeue(out var fault) && fault(request) is { } answer) return Task.FromResult(answer);
        var from = Ranges && (request.Headers.IfRange is null || request.Headers.IfRange.EntityTag!.Tag == Tag) ? request.Headers.Range?.Ranges.Single().From : null;
        if (from >= Content.Length)
        {
            var refusal = new HttpResponseMessage(HttpStatusCode.RequestedRangeNotSatisfiable) { Content = new ByteArrayContent([]) };
            refusal.Content.Headers.ContentRange = new(Content.Length);
            return Task.FromResult(refusal);
        }

        var body = Content[(int)(from ?? 0)..];
        var response = new HttpResponseMessage(from is null ? HttpStatusCode.OK : HttpStatusCode.PartialContent)
        {
            Content = BreakAfter is { } count && count < body.Length ? new StreamContent(new Breaking(body[..count])) : new ByteArrayContent(body),
        };
        response.Content.Headers.ContentLength = body.Length;
        if (from is { } start) response.Content.Headers.ContentRange = new(start, Content.Length - 1, Content.Length);
        if (Tag is not null) response.Headers.ETag = EntityTagHeaderValue.Parse(Tag);
        return Task.FromResult(response);
    }

    sealed class Breaking(byte[] bytes) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            Position < Length ? base.ReadAsync(buffer, cancellationToken) : throw new IOException("The connection broke.");
    }
}
