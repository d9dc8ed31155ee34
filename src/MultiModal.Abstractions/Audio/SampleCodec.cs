using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace MultiModal.Audio;

/// <summary>Bytes of a WAV file to samples and back. Integers of n bits are the sample times 2^(n-1).</summary>
static class SampleCodec
{
    static readonly float[] ALawTable = MakeTable(DecodeALaw);
    static readonly float[] MuLawTable = MakeTable(DecodeMuLaw);

    internal static int BytesPerSample(this WavEncoding encoding) => encoding switch
    {
        WavEncoding.Pcm16 => 2,
        WavEncoding.Pcm24 => 3,
        WavEncoding.Pcm32 or WavEncoding.Float32 => 4,
        WavEncoding.Float64 => 8,
        _ => 1,
    };

    internal static void Decode(ReadOnlySpan<byte> bytes, Span<float> samples, WavEncoding encoding)
    {
        switch (encoding)
        {
            case WavEncoding.Pcm8:
                for (var i = 0; i < samples.Length; i++)
                    samples[i] = (bytes[i] - 128) * (1f / 128);
                break;
            case WavEncoding.Pcm16:
                for (var i = 0; i < samples.Length; i++)
                    samples[i] = BinaryPrimitives.ReadInt16LittleEndian(bytes[(2 * i)..]) * (1f / 32768);
                break;
            case WavEncoding.Pcm24:
                for (var i = 0; i < samples.Length; i++)
                {
                    var at = 3 * i;
                    samples[i] = ((bytes[at] << 8) | (bytes[at + 1] << 16) | (bytes[at + 2] << 24)) * (1f / 2147483648f);
                }

                break;
            case WavEncoding.Pcm32:
                for (var i = 0; i < samples.Length; i++)
                    samples[i] = BinaryPrimitives.ReadInt32LittleEndian(bytes[(4 * i)..]) * (1f / 2147483648f);
                break;
            case WavEncoding.Float32 when BitConverter.IsLittleEndian:
                MemoryMarshal.Cast<byte, float>(bytes)[..samples.Length].CopyTo(samples);
                break;
            case WavEncoding.Float32:
                for (var i = 0; i < samples.Length; i++)
                    samples[i] = BinaryPrimitives.ReadSingleLittleEndian(bytes[(4 * i)..]);
                break;
            case WavEncoding.Float64:
                for (var i = 0; i < samples.Length; i++)
                    samples[i] = (float)BinaryPrimitives.ReadDoubleLittleEndian(bytes[(8 * i)..]);
                break;
            default:
                var table = encoding == WavEncoding.ALaw ? ALawTable : MuLawTable;
                for (var i = 0; i < samples.Length; i++)
                    samples[i] = table[bytes[i]];
                break;
        }
    }

    internal static void Encode(ReadOnlySpan<float> samples, Span<byte> bytes, WavEncoding encoding)
    {
        switch (encoding)
        {
            case WavEncoding.Pcm8:
                for (var i = 0; i < samples.Length; i++)
                    bytes[i] = (byte)(Quantize(samples[i], 7) + 128);
                break;
            case WavEncoding.Pcm16:
                for (var i = 0; i < samples.Length; i++)
                    BinaryPrimitives.WriteInt16LittleEndian(bytes[(2 * i)..], (short)Quantize(samples[i], 15));
                break;
            case WavEncoding.Pcm24:
                for (var i = 0; i < samples.Length; i++)
                {
                    var value = Quantize(samples[i], 23);
                    (bytes[3 * i], bytes[(3 * i) + 1], bytes[(3 * i) + 2]) = ((byte)value, (byte)(value >> 8), (byte)(value >> 16));
                }

                break;
            case WavEncoding.Pcm32:
                for (var i = 0; i < samples.Length; i++)
                    BinaryPrimitives.WriteInt32LittleEndian(bytes[(4 * i)..], (int)Quantize(samples[i], 31));
                break;
            case WavEncoding.Float64:
                for (var i = 0; i < samples.Length; i++)
                    BinaryPrimitives.WriteDoubleLittleEndian(bytes[(8 * i)..], samples[i]);
                break;
            default:
                for (var i = 0; i < samples.Length; i++)
                    BinaryPrimitives.WriteSingleLittleEndian(bytes[(4 * i)..], samples[i]);
                break;
        }
    }

    /// <summary>Rounds to the nearest step, limits to the range; NaN is silence.</summary>
    static long Quantize(float sample, int bits)
    {
        var scale = (double)(1L << bits);
        return float.IsNaN(sample) ? 0 : (long)Math.Clamp(Math.Round(sample * scale), -scale, scale - 1);
    }

    static float[] MakeTable(Func<int, int> decode)
    {
        var table = new float[256];
        for (var code = 0; code < table.Length; code++)
            table[code] = decode(code) * (1f / 32768);
        return table;
    }

    /// <summary>ITU-T G.711, A-law: even bits inverted, sign, 3 bits of exponent, 4 of mantissa; as 16-bit values.</summary>
    static int DecodeALaw(int code)
    {
        code ^= 0x55;
        var (exponent, mantissa) = ((code >> 4) & 7, ((code & 15) << 4) | 8);
        var magnitude = exponent == 0 ? mantissa : (mantissa | 0x100) << (exponent - 1);
        return (code & 0x80) != 0 ? magnitude : -magnitude;
    }

    /// <summary>ITU-T G.711, mu-law: all bits inverted, sign, 3 bits of exponent, 4 of mantissa, a bias of 132; as 16-bit values.</summary>
    static int DecodeMuLaw(int code)
    {
        code ^= 0xFF;
        var magnitude = ((((code & 15) << 3) | 0x84) << ((code >> 4) & 7)) - 0x84;
        return (code & 0x80) != 0 ? -magnitude : magnitude;
    }
}
