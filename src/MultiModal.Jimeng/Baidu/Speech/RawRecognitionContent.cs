using System.Globalization;
using System.Net;

namespace MultiModal.Jimeng.Baidu.Speech;

/// <summary>
/// A raw recording. Where a JSON request becomes raw because it was too large, the fields that stood in the JSON move to the query;
/// <see cref="Query"/> is what the authentication then adds.
/// </summary>
internal sealed class RawRecognitionContent : HttpContent
{
    readonly AudioForm form;

    public RawRecognitionContent(AudioForm form, string query, string? token)
    {
        this.form = form;
        Query = token is null ? query : $"{query}&token={Uri.EscapeDataString(token)}";
        // As the manual has it, without the space that a parsed header would be written with.
        Headers.TryAddWithoutValidation("Content-Type", string.Create(CultureInfo.InvariantCulture, $"audio/{form.Format};rate={form.SampleRate}"));
    }

    /// <summary>The fields beside the sound.</summary>
    public string Query { get; }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => stream.WriteAsync(form.Bytes).AsTask();

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken) => stream.WriteAsync(form.Bytes, cancellationToken).AsTask();

    protected override bool TryComputeLength(out long length)
    {
        length = form.Bytes.Length;
        return true;
    }
}
