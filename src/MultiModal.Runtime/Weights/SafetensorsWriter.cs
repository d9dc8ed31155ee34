using System.Buffers.Binary;
using System.Text.Json;

namespace MultiModal.Runtime.Weights;

/// <summary>Writes .safetensors files.</summary>
public static class SafetensorsWriter
{
    /// <summary>Writes tensors of a source: all of it, under their names.</summary>
    /// <param name="path">The file. An existing one is replaced, and only when the new one is whole.</param>
    /// <param name="source">The tensors.</param>
    /// <param name="metadata">The header's <c>__metadata__</c>, such as {"format": "pt"}; none by default.</param>
    /// <param name="cancellationToken">Stops writing; the file is then as it was.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(
        string path, IWeightSource source, IReadOnlyDictionary<string, string>? metadata = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        Write(path, source.Names.Select(name => KeyValuePair.Create(name, source.Get(name))), metadata, cancellationToken);
    }

    /// <summary>Writes tensors in memory.</summary>
    /// <param name="path">The file. An existing one is replaced, and only when the new one is whole.</param>
    /// <param name="tensors">The tensors by name.</param>
    /// <param name="metadata">The header's <c>__metadata__</c>; none by default.</param>
    /// <param name="cancellationToken">Stops writing; the file is then as it was.</param>
    /// <exception cref="ArgumentException">A name occurs twice, or is "__metadata__".</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(
        string path, IEnumerable<KeyValuePair<string, TensorData>> tensors, IReadOnlyDictionary<string, string>? metadata = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        Write(path, tensors.Select(pair => KeyValuePair.Create<string, WeightTensor>(pair.Key, new MemoryTensor(pair.Key, pair.Value))), metadata, cancellationToken);
    }

    /// <summary>Writes tensors of any origin. Those of other files are copied part by part, so that large models need little memory.</summary>
    /// <inheritdoc cref="Write(string, IEnumerable{KeyValuePair{string, TensorData}}, IReadOnlyDictionary{string, string}?, CancellationToken)"/>
    public static void Write(
        string path, IEnumerable<KeyValuePair<string, WeightTensor>> tensors, IReadOnlyDictionary<string, string>? metadata = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        // Widest elements first, as the reference writer has it: each tensor then lies at a multiple of its element's size.
        var ordered = tensors.OrderByDescending(pair => pair.Value.Type.Size()).ThenBy(pair => pair.Key, StringComparer.Ordinal).ToList();
        var header = Header(ordered, metadata);
        AtomicFile.Write(path, stream =>
        {
            Span<byte> prefix = stackalloc byte[8];
            BinaryPrimitives.WriteInt64LittleEndian(prefix, header.Length);
            stream.Write(prefix);
            stream.Write(header);
            foreach (var (_, tensor) in ordered)
            {
                cancellationToken.ThrowIfCancellationRequested();
                TensorBytes.Stream(tensor, part => stream.Write(part), cancellationToken);
            }
        });
    }

    static byte[] Header(List<KeyValuePair<string, WeightTensor>> tensors, IReadOnlyDictionary<string, string>? metadata)
    {
        var names = new HashSet<string>(StringComparer.Ordinal) { "__metadata__" };
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            if (metadata is { Count: > 0 })
            {
                writer.WriteStartObject("__metadata__");
                foreach (var (key, value) in metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal))
                    writer.WriteString(key, value);
                writer.WriteEndObject();
            }

            var offset = 0L;
            foreach (var (name, tensor) in tensors)
            {
                if (!names.Add(name))
                    throw new ArgumentException($"The name '{name}' occurs twice, or is reserved.", nameof(tensors));
                writer.WriteStartObject(name);
                writer.WriteString("dtype", SafetensorsTypes.NameOf(tensor.Type));
                writer.WriteStartArray("shape");
                foreach (var length in tensor.Dimensions)
                    writer.WriteNumberValue(length);
                writer.WriteEndArray();
                writer.WriteStartArray("data_offsets");
                writer.WriteNumberValue(offset);
                writer.WriteNumberValue(offset += tensor.ByteLength);
                writer.WriteEndArray();
                writer.WriteEndObject();
            }

            writer.WriteEndObject();
        }

        // Spaces up to a multiple of eight, so that the data are aligned.
        while (buffer.Length % 8 != 0)
            buffer.WriteByte((byte)' ');
        return buffer.ToArray();
    }
}
