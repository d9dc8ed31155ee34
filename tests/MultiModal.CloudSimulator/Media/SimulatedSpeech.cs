using System.Buffers.Binary;
using System.Text;

namespace MultiModal.CloudSimulator.Media;

/// <summary>
/// Sound that carries its text in the values of its first samples, so that what the simulator speaks it also understands. Sound from
/// elsewhere is understood as one fixed sentence.
/// </summary>
public static class SimulatedSpeech
{
    const short First = 0x1A2B;
    const short Second = 0x3C4D;

    /// <summary>What any other recording is understood as.</summary>
    public const string OtherText = "北京科技馆，";

    /// <summary>Samples, 16-bit little-endian: the text, then a quiet tone of 50 ms a byte.</summary>
    public static byte[] Pcm(string text, int sampleRate)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var pcm = new byte[(3 + bytes.Length + (bytes.Length * sampleRate / 20)) * 2];
        Write(0, First);
        Write(1, Second);
        Write(2, (short)bytes.Length);
        for (var i = 0; i < bytes.Length; i++)
            Write(3 + i, bytes[i]);
        for (var i = 3 + bytes.Length; i < pcm.Length / 2; i++)
            Write(i, (short)(800 * Math.Sin(2 * Math.PI * 220 * i / sampleRate)));
        return pcm;

        void Write(int index, short value) => BinaryPrimitives.WriteInt16LittleEndian(pcm.AsSpan(index * 2), value);
    }

    public static byte[] Wav(string text, int sampleRate)
    {
        var pcm = Pcm(text, sampleRate);
        var wav = new byte[44 + pcm.Length];
        "RIFF"u8.CopyTo(wav);
        BinaryPrimitives.WriteInt32LittleEndian(wav.AsSpan(4), wav.Length - 8);
        "WAVEfmt "u8.CopyTo(wav.AsSpan(8));
        BinaryPrimitives.WriteInt32LittleEndian(wav.AsSpan(16), 16);
        BinaryPrimitives.WriteInt16LittleEndian(wav.AsSpan(20), 1);
        BinaryPrimitives.WriteInt16LittleEndian(wav.AsSpan(22), 1);
        BinaryPrimitives.WriteInt32LittleEndian(wav.AsSpan(24), sampleRate);
        BinaryPrimitives.WriteInt32LittleEndian(wav.AsSpan(28), sampleRate * 2);
        BinaryPrimitives.WriteInt16LittleEndian(wav.AsSpan(32), 2);
        BinaryPrimitives.WriteInt16LittleEndian(wav.AsSpan(34), 16);
        "data"u8.CopyTo(wav.AsSpan(36));
        BinaryPrimitives.WriteInt32LittleEndian(wav.AsSpan(40), pcm.Length);
        pcm.CopyTo(wav, 44);
        return wav;
    }

    /// <summary>Not MP3 that plays: its mark, and the text.</summary>
    public static byte[] Mp3(string text) => [.. "ID3\u0004"u8, .. Encoding.UTF8.GetBytes(text)];

    /// <summary>The text of a recording; several that follow each other give their texts in a row.</summary>
    public static string Understand(ReadOnlySpan<byte> sound)
    {
        if (sound.StartsWith("ID3\u0004"u8))
            return Encoding.UTF8.GetString(sound[4..]);
        if (sound.StartsWith("RIFF"u8) && sound.Length > 44)
            sound = sound[44..];
        var text = new StringBuilder();
        for (var i = 0; i + 6 <= sound.Length; i += 2)
        {
            if (Read(sound, i) != First || Read(sound, i + 2) != Second)
                continue;
            int length = Read(sound, i + 4);
            if (length < 0 || i + 6 + (length * 2) > sound.Length)
                break;
            var bytes = new byte[length];
            for (var k = 0; k < length; k++)
                bytes[k] = (byte)Read(sound, i + 6 + (k * 2));
            text.Append(Encoding.UTF8.GetString(bytes));
            i += 4 + (length * 2);
        }

        return text.Length > 0 ? text.ToString() : OtherText;
    }

    static short Read(ReadOnlySpan<byte> sound, int offset) => BinaryPrimitives.ReadInt16LittleEndian(sound[offset..]);
}
