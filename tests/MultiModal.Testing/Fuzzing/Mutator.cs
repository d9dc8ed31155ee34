using System.Buffers.Binary;
using System.Text;

namespace MultiModal.Testing.Fuzzing;

/// <summary>Damages files at random, as downloads, disks and ill-wishers do. The same seed makes the same damage.</summary>
public sealed class Mutator
{
    static readonly long[] extremes =
    [
        0, 1, -1, 2, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, int.MaxValue, int.MinValue, uint.MaxValue, 100_000_000, 1L << 31, 1L << 40, long.MaxValue, long.MinValue,
    ];

    static readonly string[] texts =
    [
        "0", "-1", "9223372036854775807", "18446744073709551616", "1e308", "null", "true", "\"\"", "[]", "{}", "[[[[[[[[", "\"\\ud800\"", "\"../../etc\"", "\0", "\\", "NaN", "4294967296",
    ];

    readonly System.Random random;

    /// <summary>Makes a mutator.</summary>
    /// <param name="seed">The seed; say it in messages.</param>
    public Mutator(int seed) => random = new(seed);

    /// <summary>Makes a damaged copy: one to four changes, often where lengths and names stand.</summary>
    /// <param name="original">A good file.</param>
    /// <param name="other">Another good file, to splice parts from.</param>
    public byte[] Mutate(ReadOnlySpan<byte> original, ReadOnlySpan<byte> other)
    {
        var bytes = original.ToArray();
        var changes = 1 + random.Next(4);
        for (var i = 0; i < changes && bytes.Length > 0; i++)
        {
            bytes = random.Next(9) switch
            {
                0 => FlipBits(bytes),
                1 => bytes[..random.Next(bytes.Length)],
                2 => Splice(bytes, other),
                3 or 4 => SetInteger(bytes),
                5 => SetDigits(bytes),
                6 => Insert(bytes),
                7 => Remove(bytes),
                _ => SetBytes(bytes),
            };
        }

        return bytes;
    }

    /// <summary>A place: anywhere, near the start, or near the end, where formats keep their directories.</summary>
    int Place(int length) => random.Next(4) switch
    {
        0 => random.Next(length),
        1 => random.Next(Math.Min(length, 64)),
        2 => random.Next(Math.Min(length, 4096)),
        _ => length - 1 - random.Next(Math.Min(length, 1024)),
    };

    byte[] FlipBits(byte[] bytes)
    {
        for (var count = 1 + random.Next(8); count > 0; count--)
            bytes[Place(bytes.Length)] ^= (byte)(1 << random.Next(8));
        return bytes;
    }

    byte[] SetBytes(byte[] bytes)
    {
        var at = Place(bytes.Length);
        random.NextBytes(bytes.AsSpan(at, Math.Min(1 + random.Next(16), bytes.Length - at)));
        return bytes;
    }

    byte[] SetInteger(byte[] bytes)
    {
        Span<byte> value = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(value, extremes[random.Next(extremes.Length)]);
        var width = 1 << random.Next(4);
        var at = Place(bytes.Length);
        value[..Math.Min(width, bytes.Length - at)].CopyTo(bytes.AsSpan(at));
        return bytes;
    }

    /// <summary>Replaces a decimal number of a text by another value.</summary>
    byte[] SetDigits(byte[] bytes)
    {
        var start = Place(bytes.Length);
        while (start < bytes.Length && bytes[start] is < (byte)'0' or > (byte)'9')
            start++;
        var end = start;
        while (end < bytes.Length && bytes[end] is >= (byte)'0' and <= (byte)'9')
            end++;
        return [.. bytes.AsSpan(0, start), .. Encoding.UTF8.GetBytes(texts[random.Next(texts.Length)]), .. bytes.AsSpan(end)];
    }

    byte[] Insert(byte[] bytes)
    {
        var at = Place(bytes.Length);
        var repeats = random.Next(8) == 0 ? random.Next(5000) : 1;
        byte[] part = random.Next(2) == 0 ? Encoding.UTF8.GetBytes(texts[random.Next(texts.Length)]) : [(byte)random.Next(256)];
        return [.. bytes.AsSpan(0, at), .. Enumerable.Repeat(part, repeats).SelectMany(value => value), .. bytes.AsSpan(at)];
    }

    byte[] Remove(byte[] bytes)
    {
        var at = Place(bytes.Length);
        var count = Math.Min(random.Next(8) == 0 ? random.Next(4096) : 1 + random.Next(16), bytes.Length - at);
        return [.. bytes.AsSpan(0, at), .. bytes.AsSpan(at + count)];
    }

    byte[] Splice(byte[] bytes, ReadOnlySpan<byte> other)
    {
        if (other.IsEmpty)
            return bytes;
        var from = Place(other.Length);
        var count = Math.Min(1 + random.Next(512), other.Length - from);
        var at = Place(bytes.Length);
        var replaced = random.Next(2) == 0 ? Math.Min(count, bytes.Length - at) : 0;
        return [.. bytes.AsSpan(0, at), .. other.Slice(from, count), .. bytes.AsSpan(at + replaced)];
    }
}
