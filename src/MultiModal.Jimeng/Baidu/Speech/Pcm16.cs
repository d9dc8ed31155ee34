using System.Buffers.Binary;

namespace MultiModal.Jimeng.Baidu.Speech;

/// <summary>16-bit little-endian samples, as the service takes them without a header.</summary>
internal static class Pcm16
{
    public static byte[] Of(ReadOnlySpan<float> samples)
    {
        var bytes = new byte[samples.Length * 2];
        for (var i = 0; i < samples.Length; i++)
            BinaryPrimitives.WriteInt16LittleEndian(bytes.AsSpan(i * 2), (short)Math.Clamp(MathF.Round(samples[i] * 32768f), short.MinValue, short.MaxValue));
        return bytes;
    }
}
