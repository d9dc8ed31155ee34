namespace MultiModal.Jimeng.Baidu.Speech;

/// <summary>A recording as it is sent.</summary>
/// <param name="Bytes">Its bytes.</param>
/// <param name="Format">Their format as the service names it.</param>
/// <param name="SampleRate">Samples a second.</param>
/// <param name="Raw">Whether it is sent raw instead of as base64.</param>
internal sealed record AudioForm(ReadOnlyMemory<byte> Bytes, string Format, int SampleRate, bool Raw)
{
    /// <summary>About how many bytes the body takes.</summary>
    public long BodySize => Raw ? Bytes.Length : ((long)Bytes.Length + 2) / 3 * 4;
}
