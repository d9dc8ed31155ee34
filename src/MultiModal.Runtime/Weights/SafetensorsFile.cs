using System.Buffers.Binary;

namespace MultiModal.Runtime.Weights;

/// <summary>A .safetensors file: eight bytes of header length, a JSON header, then the tensors without gaps.</summary>
/// <remarks>
/// Format: https://github.com/huggingface/safetensors#format. Only the header is read on opening; tensors are read when asked for.
/// Every statement of the header is checked against the file first, so that a tensor that is found can be read.
/// </remarks>
public sealed class SafetensorsFile : IWeightSource
{
    readonly RandomAccessFile file;
    readonly OrderedDictionary<string, WeightTensor> tensors = new(StringComparer.Ordinal);

    SafetensorsFile(RandomAccessFile file, SafetensorsHeader header)
    {
        this.file = file;
        Metadata = header.Metadata;
        foreach (var entry in header.Entries)
            tensors.Add(entry.Name, new FileTensor(entry.Name, entry.Type, entry.Dimensions, file, header.DataStart + entry.Begin));
    }

    /// <summary>The file's full path.</summary>
    public string Name => file.Path;

    /// <inheritdoc/>
    /// <remarks>In the order of the header.</remarks>
    public IReadOnlyCollection<string> Names => tensors.Keys;

    /// <summary>The header's <c>__metadata__</c>; empty where there is none.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Opens a file and checks its header.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The open file; dispose it when its tensors are no longer needed.</returns>
    /// <exception cref="InvalidFileException">
    /// The header is over 100 MB, is not the JSON it should be, names an unknown element type, or its offsets leave gaps, overlap, do not
    /// fit the shapes or do not end where the file ends.
    /// </exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static SafetensorsFile Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var file = new RandomAccessFile(path);
        try
        {
            return new(file, SafetensorsHeader.Read(file));
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public WeightTensor? Find(string name) => tensors.GetValueOrDefault(name);

    /// <summary>Closes the file. Tensors of it can no longer be read.</summary>
    public void Dispose() => file.Dispose();

    /// <summary>Whether a file begins as a .safetensors file does: a length that fits, then a brace.</summary>
    internal static bool Recognises(ReadOnlySpan<byte> start, long fileLength) =>
        start.Length >= 9
        && BinaryPrimitives.ReadUInt64LittleEndian(start) is >= 2 and <= SafetensorsHeader.MaximumLength and var length
        && (long)length <= fileLength - 8
        && start[8] == (byte)'{';
}
