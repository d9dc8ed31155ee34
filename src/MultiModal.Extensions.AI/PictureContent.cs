using Microsoft.Extensions.AI;
using MultiModal.Jimeng;

namespace MultiModal.Extensions.AI;

/// <summary>A downloaded picture as content: its bytes, or its address where that is what was asked for.</summary>
internal static class PictureContent
{
    public static AIContent Of(CloudFile file, bool asUri) =>
        asUri && file.Source is { } source
            ? new UriContent(source, file.MediaType) { RawRepresentation = file }
            : new DataContent(file.Bytes, file.MediaType) { RawRepresentation = file };
}
