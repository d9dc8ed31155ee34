using MultiModal.Images;

namespace MultiModal.Jimeng.Capabilities;

/// <summary>Reads pictures that a service made.</summary>
internal sealed class CloudPictures(string vendor, IEnumerable<IImageCodec>? codecs)
{
    readonly IReadOnlyList<IImageCodec> codecs = [.. codecs ?? [], PngCodec.Default];

    public async Task<ImageBuffer> ReadAsync(CloudFile file, string operation, CancellationToken cancellationToken)
    {
        foreach (var codec in codecs)
        {
            if (!codec.CanRead(file.Bytes.Span))
                continue;
            using var stream = new MemoryStream(file.Bytes.ToArray(), writable: false);
            try
            {
                return await codec.ReadAsync(stream, "the picture", cancellationToken).ConfigureAwait(false);
            }
            catch (InvalidFileException error)
            {
                throw new CloudApiException(vendor, operation, CloudErrorKind.UnexpectedResponse, $"The picture is damaged: {error.Problem}", innerException: error);
            }
        }

        throw new CloudApiException(
            vendor, operation, CloudErrorKind.UnexpectedResponse, $"The picture came as {file.MediaType}, which no codec at hand reads.",
            "Register an IImageCodec for it, or give one to the adapter.");
    }
}
