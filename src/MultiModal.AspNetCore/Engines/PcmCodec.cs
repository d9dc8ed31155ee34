using System.Buffers.Binary;
using MultiModal.Audio;
using MultiModal.AspNetCore.Errors;

namespace MultiModal.AspNetCore.Engines;

/// <summary>Samples without a header, little endian, as streams carry them.</summary>
internal static class PcmCodec
{
    public static AudioClip Decode(ReadOnlySpan<byte> bytes, AudioFormat format, bool isFloat)
    {
        var size = isFloat ? sizeof(float) : sizeof(short);
        if (bytes.Length % (size * format.Channels) != 0)
            throw Refusal.BadRequest("audio-damaged", $"The sound is not a whole number of samples of {size} bytes.").Exception();
        var samples = new float[bytes.Length / size];
        for (var i = 0; i < samples.Length; i++)
        {
            samples[i] = isFloat
                ? BinaryPrimitives.ReadSingleLittleEndian(bytes[(i * sizeof(float))..])
                : BinaryPrimitives.ReadInt16LittleEndian(bytes[(i * sizeof(short))..]) / 32768f;
        }

        // NaN and infinities are what strangers may well send, and engines need not expect.
        return AudioClip.FromInterleaved(samples, format).WithFiniteSamples();
    }

    public static byte[] Encode(AudioClip clip, bool isFloat)
    {
        var interleaved = new float[clip.FrameCount * clip.Channels];
        clip.CopyInterleavedTo(interleaved);
        if (isFloat)
        {
            var exact = new byte[interleaved.Length * sizeof(float)];
            for (var i = 0; i < interleaved.Length; i++)
                BinaryPrimitives.WriteSingleLittleEndian(exact.AsSpan(i * sizeof(float)), interleaved[i]);
            return exact;
        }

        var bytes = new byte[interleaved.Length * sizeof(short)];
        for (var i = 0; i < interleaved.Length; i++)
        {
            var value = float.IsNaN(interleaved[i]) ? 0 : Math.Clamp(MathF.Round(interleaved[i] * 32768f), short.MinValue, short.MaxValue);
            BinaryPrimitives.WriteInt16LittleEndian(bytes.AsSpan(i * sizeof(short)), (short)value);
        }

        return bytes;
    }
}
