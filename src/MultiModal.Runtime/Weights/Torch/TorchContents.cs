using System.Text;
using MultiModal.Runtime.Weights.Pickles;

namespace MultiModal.Runtime.Weights.Torch;

/// <summary>Reads the two forms of torch.save's files, and plain pickles: what the pickle describes, with each storage's place in the file.</summary>
static class TorchContents
{
    /// <summary>The longest pickle read. Tensors lie outside it; the longest honest ones hold some megabytes of names and settings.</summary>
    const int LongestPickle = 100_000_000;

    /// <summary>A file of at most this length may be one pickle that holds its arrays inside.</summary>
    const int MostStorages = 200_000;

    // torch.serialization.MAGIC_NUMBER, 0x1950a86a20f9469cfc6c, as the pickle of protocol 2 that a legacy file begins with.
    static ReadOnlySpan<byte> Magic => [0x80, 0x02, 0x8A, 0x0A, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19, (byte)'.'];

    public static object? ReadZip(RandomAccessFile file)
    {
        var zip = ZipDirectory.Read(file);
        var pickle = zip.Entries.Where(entry => entry.Name == "data.pkl" || entry.Name.EndsWith("/data.pkl", StringComparison.Ordinal)).MinBy(entry => entry.Name.Length)
            ?? throw new InvalidFileException(file.Path, "The zip archive has no data.pkl.", remedy: "It is no PyTorch checkpoint.");
        var prefix = pickle.Name[..^"data.pkl".Length];
        var budget = new PickleBudget(file.Path);
        var builder = new TorchPickleBuilder(file.Path, budget);
        var root = new PickleReader(file.Path, ReadMember(file, zip, pickle, LongestPickle), 0, builder, budget).Read();

        var bigEndian = zip.Find(prefix + "byteorder") is { } order && Encoding.ASCII.GetString(ReadMember(file, zip, order, 16)).Trim() == "big";
        foreach (var (key, storage) in builder.Storages)
        {
            var entry = zip.Find($"{prefix}data/{key}") ?? throw new InvalidFileException(file.Path, "The archive lacks the data of a tensor.", $"member '{prefix}data/{key}'");
            if (entry.Length < storage.ByteLength)
                throw new InvalidFileException(file.Path, $"The member has {entry.Length} bytes, but {storage.ByteLength} are due.", $"member '{entry.Name}'");
            storage.BigEndian = bigEndian;
            storage.Data = Open(file, zip, entry);
        }

        return root;
    }

    /// <summary>A legacy file is five pickles (magic number, version, the machine's properties, contents, keys) and the storages; others are one.</summary>
    public static object? ReadPickles(RandomAccessFile file)
    {
        Span<byte> start = stackalloc byte[Magic.Length];
        if (file.Length >= start.Length)
            file.Read(0, start);
        var legacy = start.SequenceEqual(Magic);
        if (!legacy && file.Length > LongestPickle)
            throw new InvalidFileException(file.Path, $"The pickle is longer than {LongestPickle} bytes.", remedy: "Save it anew with torch.save, or as .safetensors.");

        var budget = new PickleBudget(file.Path);
        var builder = new TorchPickleBuilder(file.Path, budget);
        var source = file.ReadBytes(0, (int)Math.Min(file.Length, LongestPickle));
        if (!legacy)
            return new PickleReader(file.Path, source, 0, builder, budget).Read();

        var position = Magic.Length;
        var version = Next(out position, position);
        if (version is not 1001L)
            throw new InvalidFileException(file.Path, $"The legacy format's version is {version}, not 1001.");
        var machine = Next(out position, position) as PickleDictionary;
        var bigEndian = machine is not null && machine.TryGet<bool>("little_endian", out var little) && !little;
        var root = Next(out position, position);
        if (Next(out position, position) is not PickleList keys)
            throw new InvalidFileException(file.Path, "The list of storages is missing.");
        Place(file, position, keys, builder.Storages, bigEndian);
        return root;

        object? Next(out int end, int from)
        {
            var reader = new PickleReader(file.Path, source, from, builder, budget);
            var value = reader.Read();
            end = reader.Position;
            return value;
        }
    }

    /// <summary>Behind the pickles, in the order of the keys: the number of elements in eight bytes, then the elements.</summary>
    static void Place(RandomAccessFile file, long position, PickleList keys, IReadOnlyDictionary<string, TorchStorage> storages, bool bigEndian)
    {
        Span<byte> prefix = stackalloc byte[8];
        if (keys.Count > MostStorages)
            throw new InvalidFileException(file.Path, $"The file lists {keys.Count} storages, which no checkpoint has.");
        foreach (var key in keys)
        {
            var location = $"storage '{key}'";
            if (!storages.TryGetValue(key?.ToString() ?? "", out var storage) || storage.Data is not null)
                throw new InvalidFileException(file.Path, "The storage is listed twice, or belongs to no tensor.", location);
            file.Read(position, prefix, location);
            var count = System.Buffers.Binary.BinaryPrimitives.ReadInt64LittleEndian(prefix);
            var size = storage.Type?.Size() ?? 1;
            if (count != storage.ByteLength / size)
                throw new InvalidFileException(file.Path, $"The storage has {count} elements, but {storage.ByteLength / size} are due.", location);
            position += 8;
            if (storage.ByteLength > file.Length - position)
                throw new InvalidFileException(file.Path, "The file ends before the storage does.", location, "The download was probably cut short.");
            storage.Data = new FileStorage(file, position);
            storage.BigEndian = bigEndian;
            position += storage.ByteLength;
        }

        foreach (var (key, storage) in storages)
        {
            if (storage.Data is null)
                throw new InvalidFileException(file.Path, "The file lacks the data of a tensor.", $"storage '{key}'");
        }
    }

    static byte[] ReadMember(RandomAccessFile file, ZipDirectory zip, ZipEntry entry, int most)
    {
        if (entry.Length > most)
            throw new InvalidFileException(file.Path, $"The member has {entry.Length} bytes; the limit is {most}.", $"member '{entry.Name}'");
        var data = Open(file, zip, entry);
        var bytes = GC.AllocateUninitializedArray<byte>((int)entry.Length);
        data.Read(0, bytes);
        return bytes;
    }

    static IStorageData Open(RandomAccessFile file, ZipDirectory zip, ZipEntry entry)
    {
        var start = zip.DataOffset(entry);
        // Deflate cannot shrink data more than 1032 times: a greater claim is false, and would only make us allocate.
        return entry.Method switch
        {
            0 => new FileStorage(file, start),
            8 when entry.Length / 1032 <= entry.CompressedLength => new DeflatedStorage(file, start, entry),
            8 => throw new InvalidFileException(file.Path, $"The member claims {entry.Length} bytes out of {entry.CompressedLength}.", $"member '{entry.Name}'"),
            _ => throw new InvalidFileException(file.Path, $"The compression method {entry.Method} is not supported.", $"member '{entry.Name}'"),
        };
    }
}
