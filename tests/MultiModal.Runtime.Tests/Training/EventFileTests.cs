using System.Buffers.Binary;
using System.Text;
using Google.Protobuf;
using MultiModal.Audio;
using MultiModal.Images;
using MultiModal.Runtime.Training.Logging;
using MultiModal.Testing;

namespace MultiModal.Runtime.Tests.Training;

public class EventFileTests
{
    [Fact]
    public void The_checksum_is_the_one_of_the_reference()
    {
        // CRC-32C of "123456789" is e3069283 (RFC 3720's polynomial); masked as crc32c.h has it.
        const uint Crc = 0xE3069283;
        Assert.Equal(unchecked(((Crc >> 15) | (Crc << 17)) + 0xA282EAD8), EventFile.Checksum(Encoding.ASCII.GetBytes("123456789")));
    }

    [Fact]
    public void Scalars_pictures_and_sound_are_read_back()
    {
        using var folder = new TemporaryFolder();
        string path;
        using (var events = new EventFile(folder.Path))
        {
            path = events.Path;
            events.Scalar("loss/train", 7, 0.25f);
            events.Image("sample", 8, new ImageBuffer(3, 2));
            events.Audio("voice", 9, AudioClip.Silence(160, new AudioFormat(16000, 1)));
        }

        Assert.StartsWith("events.out.tfevents.", Path.GetFileName(path), StringComparison.Ordinal);
        var records = Records(File.ReadAllBytes(path));
        Assert.Equal(4, records.Count);
        Assert.Equal("brain.Event:2", Encoding.UTF8.GetString((byte[])Fields(records[0])[3]));
        var scalar = Value(records[1], step: 7, "loss/train");
        Assert.Equal(0.25f, BitConverter.Int32BitsToSingle((int)(uint)scalar[2]));
        var image = Fields((byte[])Value(records[2], step: 8, "sample")[4]);
        Assert.Equal((2ul, 3ul, 3ul), ((ulong)image[1], (ulong)image[2], (ulong)image[3]));
        var decoded = PngCodec.Default.Decode((byte[])image[4]);
        Assert.Equal((3, 2), (decoded.Width, decoded.Height));
        var audio = Fields((byte[])Value(records[3], step: 9, "voice")[6]);
        Assert.Equal(16000f, BitConverter.Int32BitsToSingle((int)(uint)audio[1]));
        Assert.Equal((1ul, 160ul), ((ulong)audio[2], (ulong)audio[3]));
        using var wav = new MemoryStream((byte[])audio[4]);
        Assert.Equal(160, WavFile.Read(wav).FrameCount);
    }

    [Fact]
    public void Files_begun_in_the_same_second_are_different_ones()
    {
        using var folder = new TemporaryFolder();
        using var first = new EventFile(folder.Path);
        using var second = new EventFile(folder.Path);
        Assert.NotEqual(first.Path, second.Path);
    }

    static Dictionary<int, object> Value(byte[] record, ulong step, string tag)
    {
        var fields = Fields(record);
        Assert.Equal(step, (ulong)fields[2]);
        var value = Fields((byte[])Fields((byte[])fields[5])[1]);
        Assert.Equal(tag, Encoding.UTF8.GetString((byte[])value[1]));
        return value;
    }

    /// <summary>The records of a file, with their checksums checked.</summary>
    static List<byte[]> Records(ReadOnlySpan<byte> file)
    {
        var records = new List<byte[]>();
        while (file.Length > 0)
        {
            Assert.Equal(EventFile.Checksum(file[..8]), BinaryPrimitives.ReadUInt32LittleEndian(file[8..]));
            var length = (int)BinaryPrimitives.ReadUInt64LittleEndian(file);
            var record = file.Slice(12, length).ToArray();
            Assert.Equal(EventFile.Checksum(record), BinaryPrimitives.ReadUInt32LittleEndian(file[(12 + length)..]));
            records.Add(record);
            file = file[(16 + length)..];
        }

        return records;
    }

    /// <summary>The fields of a message: numbers as ulong or uint, everything else as bytes.</summary>
    static Dictionary<int, object> Fields(byte[] message)
    {
        var fields = new Dictionary<int, object>();
        var input = new CodedInputStream(message);
        while (input.ReadTag() is var tag && tag != 0)
        {
            fields[WireFormat.GetTagFieldNumber(tag)] = WireFormat.GetTagWireType(tag) switch
            {
                WireFormat.WireType.Varint => input.ReadUInt64(),
                WireFormat.WireType.Fixed32 => input.ReadFixed32(),
                WireFormat.WireType.Fixed64 => input.ReadFixed64(),
                _ => input.ReadBytes().ToByteArray(),
            };
        }

        return fields;
    }
}
