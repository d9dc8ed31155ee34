using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using Google.Protobuf;
using MultiModal.Audio;
using MultiModal.Images;

namespace MultiModal.Runtime.Training.Logging;

/// <summary>Writes what a training has to show as TensorBoard reads it: an event file in a folder of its own.</summary>
/// <remarks>
/// The file is a series of records (tensorflow/core/lib/io/record_writer.h): length, its checksum, the bytes of a tensorflow.Event
/// (tensorflow/core/util/event.proto), their checksum. Every record is on its way to the disk when the call returns. Safe for concurrent use.
/// </remarks>
public sealed class EventFile : IDisposable
{
    readonly FileStream stream;
    readonly Lock gate = new();
    readonly TimeProvider clock;

    /// <summary>Begins a new file; a training that goes on begins another one in the same folder, which TensorBoard joins.</summary>
    /// <param name="folder">The folder, created when missing.</param>
    /// <param name="clock">Tells the time; null for the system's.</param>
    /// <exception cref="IOException">The file cannot be created.</exception>
    public EventFile(string folder, TimeProvider? clock = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        this.clock = clock ?? TimeProvider.System;
        Directory.CreateDirectory(folder);
        var seconds = this.clock.GetUtcNow().ToUnixTimeSeconds();
        for (var number = 0; ; number++)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"events.out.tfevents.{seconds:D10}.{Environment.MachineName}.{Environment.ProcessId}.{number}");
            Path = System.IO.Path.Combine(folder, name);
            if (!File.Exists(Path)) break;
        }

        stream = new(Path, FileMode.CreateNew, FileAccess.Write, FileShare.Read, 1 << 16);
        Write(output =>
        {
            output.WriteTag(3, WireFormat.WireType.LengthDelimited);
            output.WriteString("brain.Event:2");
        });
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Writes a number.</summary>
    /// <param name="tag">What it is, "loss/train" for instance; what stands before the slash is a section of the page.</param>
    /// <param name="step">The step it belongs to.</param>
    /// <param name="value">Its value.</param>
    public void Scalar(string tag, long step, float value) => Summary(tag, step, output =>
    {
        output.WriteTag(2, WireFormat.WireType.Fixed32);
        output.WriteFloat(value);
    });

    /// <summary>Writes a picture.</summary>
    /// <param name="tag">What it is.</param>
    /// <param name="step">The step it belongs to.</param>
    /// <param name="image">The picture.</param>
    public void Image(string tag, long step, ImageBuffer image)
    {
        ArgumentNullException.ThrowIfNull(image);
        Summary(tag, step, output => Message(output, 4, inner =>
        {
            Integer(inner, 1, image.Height);
            Integer(inner, 2, image.Width);
            Integer(inner, 3, image.Channels);
            inner.WriteTag(4, WireFormat.WireType.LengthDelimited);
            inner.WriteBytes(ByteString.CopyFrom(PngCodec.Default.Encode(image)));
        }));
    }

    /// <summary>Writes sound.</summary>
    /// <param name="tag">What it is.</param>
    /// <param name="step">The step it belongs to.</param>
    /// <param name="clip">The sound; it is written as 16-bit WAV.</param>
    public void Audio(string tag, long step, AudioClip clip)
    {
        ArgumentNullException.ThrowIfNull(clip);
        using var wav = new MemoryStream();
        WavFile.Write(wav, clip);
        Summary(tag, step, output => Message(output, 6, inner =>
        {
            inner.WriteTag(1, WireFormat.WireType.Fixed32);
            inner.WriteFloat(clip.SampleRate);
            Integer(inner, 2, clip.Channels);
            Integer(inner, 3, clip.FrameCount);
            inner.WriteTag(4, WireFormat.WireType.LengthDelimited);
            inner.WriteBytes(ByteString.CopyFrom(wav.ToArray()));
            inner.WriteTag(5, WireFormat.WireType.LengthDelimited);
            inner.WriteString("audio/wav");
        }));
    }

    /// <summary>Closes the file.</summary>
    public void Dispose()
    {
        lock (gate) stream.Dispose();
    }

    /// <summary>The checksum of records: CRC-32C, turned and shifted so that checksums of what holds checksums stay good.</summary>
    internal static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var value in bytes) crc = BitOperations.Crc32C(crc, value);
        crc = ~crc;
        return BitOperations.RotateRight(crc, 15) + 0xA282EAD8;
    }

    void Summary(string tag, long step, Action<CodedOutputStream> value)
    {
        ArgumentException.ThrowIfNullOrEmpty(tag);
        Write(output =>
        {
            Integer(output, 2, step);
            Message(output, 5, summary => Message(summary, 1, inner =>
            {
                inner.WriteTag(1, WireFormat.WireType.LengthDelimited);
                inner.WriteString(tag);
                value(inner);
            }));
        });
    }

    void Write(Action<CodedOutputStream> content)
    {
        var record = Bytes(output =>
        {
            output.WriteTag(1, WireFormat.WireType.Fixed64);
            output.WriteDouble(clock.GetUtcNow().ToUnixTimeMilliseconds() / 1e3);
            content(output);
        });
        Span<byte> head = stackalloc byte[12];
        Span<byte> tail = stackalloc byte[4];
        BinaryPrimitives.WriteUInt64LittleEndian(head, (ulong)record.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(head[8..], Checksum(head[..8]));
        BinaryPrimitives.WriteUInt32LittleEndian(tail, Checksum(record));
        lock (gate)
        {
            stream.Write(head);
            stream.Write(record);
            stream.Write(tail);
            stream.Flush();
        }
    }

    static void Integer(CodedOutputStream output, int field, long value)
    {
        output.WriteTag(field, WireFormat.WireType.Varint);
        output.WriteInt64(value);
    }

    static void Message(CodedOutputStream output, int field, Action<CodedOutputStream> content)
    {
        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteBytes(ByteString.CopyFrom(Bytes(content)));
    }

    static byte[] Bytes(Action<CodedOutputStream> content)
    {
        using var buffer = new MemoryStream();
        using (var output = new CodedOutputStream(buffer, leaveOpen: true)) content(output);
        return buffer.ToArray();
    }
}
