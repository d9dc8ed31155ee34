using MultiModal.Audio;

namespace MultiModal.AspNetCore.Tests.Support;

/// <summary>Sounds to send.</summary>
static class Tones
{
    public static float[] Samples(int count) => [.. Enumerable.Range(0, count).Select(static i => (float)Math.Round(Math.Sin(i * 0.05) * 16000) / 32768)];

    public static AudioClip Clip(int count = 4800, int rate = 48000) => new(Samples(count), rate);

    public static byte[] Wav(int count = 4800, int rate = 48000, WavEncoding encoding = WavEncoding.Pcm16)
    {
        using var stream = new MemoryStream();
        WavFile.Write(stream, Clip(count, rate), encoding);
        return stream.ToArray();
    }

    public static AudioClip Read(byte[] wav) => WavFile.Read(new MemoryStream(wav));

    public static HttpContent WavContent(byte[]? wav = null)
    {
        var content = new ByteArrayContent(wav ?? Wav());
        content.Headers.ContentType = new("audio/wav");
        return content;
    }
}
