using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace MultiModal.Runtime.Weights;

/// <summary>The header of a .safetensors file, read and checked.</summary>
sealed class SafetensorsHeader
{
    /// <summary>The limit of the format's reference reader.</summary>
    public const int MaximumLength = 100_000_000;

    // What a hostile header may make us keep. The largest models published have some ten thousand tensors, and kohya's
    // training metadata a few megabytes.
    const int MaximumTensors = 200_000;
    const int MaximumTextBytes = 32 << 20;
    const int MaximumRank = 16;

    readonly string path;
    readonly List<Entry> entries = [];
    readonly Dictionary<string, string> metadata = new(StringComparer.Ordinal);
    readonly HashSet<string> names = new(StringComparer.Ordinal);
    int textBytes;

    SafetensorsHeader(string path) => this.path = path;

    public IReadOnlyList<Entry> Entries => entries;

    public IReadOnlyDictionary<string, string> Metadata => metadata;

    /// <summary>The offset in the file to which the entries' offsets are relative.</summary>
    public long DataStart { get; private set; }

    public static unsafe SafetensorsHeader Read(RandomAccessFile file)
    {
        var header = new SafetensorsHeader(file.Path);
        if (file.Length < 8)
            throw header.Error($"The file has {file.Length} bytes; a .safetensors file has at least eight.");
        Span<byte> prefix = stackalloc byte[8];
        file.Read(0, prefix);
        var length = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (length > MaximumLength)
            throw header.Error($"The header claims {length} bytes; the limit is {MaximumLength}.", remedy: "This is not a .safetensors file, or it is damaged.");
        if ((long)length > file.Length - 8)
            throw header.Error($"The header claims {length} bytes, but the file has only {file.Length}.", remedy: "The download was probably cut short.");
        if (length < 2)
            throw header.Error($"The header claims {length} bytes; the shortest has two.");

        var text = (byte*)NativeMemory.Alloc((nuint)length);
        try
        {
            var bytes = new Span<byte>(text, (int)length);
            file.Read(8, bytes);
            header.Parse(bytes);
        }
        finally
        {
            NativeMemory.Free(text);
        }

        header.DataStart = 8 + (long)length;
        header.CheckOffsets(file.Length - header.DataStart);
        return header;
    }

    void Parse(ReadOnlySpan<byte> json)
    {
        if (json[0] != (byte)'{')
            throw Error("The header does not begin with a brace.", remedy: "This is not a .safetensors file, or it is damaged.");
        var reader = new Utf8JsonReader(json);
        try
        {
            Expect(ref reader, JsonTokenType.StartObject);
            while (Next(ref reader) == JsonTokenType.PropertyName)
            {
                var name = Text(ref reader);
                if (!names.Add(name))
                    throw Error("The name occurs twice.", $"tensor '{name}'");
                if (name == "__metadata__")
                    ParseMetadata(ref reader);
                else
                    ParseEntry(ref reader, name);
            }

            if (reader.Read())
                throw Error("Something follows the header's closing brace.");
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: text that is no UTF-8, or half of a surrogate pair.
            throw Error("The header is not valid JSON.", $"byte {8 + reader.BytesConsumed}", inner: error);
        }
    }

    void ParseMetadata(ref Utf8JsonReader reader)
    {
        Expect(ref reader, JsonTokenType.StartObject, "__metadata__");
        while (Next(ref reader) == JsonTokenType.PropertyName)
        {
            var key = Text(ref reader);
            Expect(ref reader, JsonTokenType.String, $"__metadata__, key '{key}'");
            if (!metadata.TryAdd(key, Text(ref reader)))
                throw Error("The key occurs twice.", $"__metadata__, key '{key}'");
        }
    }

    void ParseEntry(ref Utf8JsonReader reader, string name)
    {
        if (entries.Count == MaximumTensors)
            throw Error($"The header lists more than {MaximumTensors} tensors.");
        var location = $"tensor '{name}'";
        DType? type = null;
        long[]? dimensions = null;
        long[]? offsets = null;
        Expect(ref reader, JsonTokenType.StartObject, location);
        while (Next(ref reader) == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("dtype"u8) && type is null)
                type = ParseType(ref reader, location);
            else if (reader.ValueTextEquals("shape"u8) && dimensions is null)
                dimensions = ParseNumbers(ref reader, location, MaximumRank);
            else if (reader.ValueTextEquals("data_offsets"u8) && offsets is null)
                offsets = ParseNumbers(ref reader, location, 2);
            else
                throw Error($"The field '{Text(ref reader)}' is unknown or occurs twice.", location);
        }

        if (type is null || dimensions is null || offsets is not { Length: 2 })
            throw Error("A tensor needs dtype, shape and two data_offsets.", location);
        entries.Add(new(name, type.Value, dimensions, offsets[0], offsets[1]));
        CheckSize(entries[^1]);
    }

    DType ParseType(ref Utf8JsonReader reader, string location)
    {
        Expect(ref reader, JsonTokenType.String, location);
        var name = Text(ref reader);
        return SafetensorsTypes.Parse(name)
            ?? throw Error($"The element type '{name}' is not supported.", location, $"Supported are {SafetensorsTypes.All}.");
    }

    long[] ParseNumbers(ref Utf8JsonReader reader, string location, int atMost)
    {
        Span<long> numbers = stackalloc long[MaximumRank];
        var count = 0;
        Expect(ref reader, JsonTokenType.StartArray, location);
        while (Next(ref reader) == JsonTokenType.Number)
        {
            if (count == atMost)
                throw Error($"A list has more than {atMost} numbers.", location);
            if (!reader.TryGetInt64(out numbers[count]) || numbers[count] < 0)
                throw Error("A size or offset is not a whole number from 0 to 2^63 - 1.", location);
            count++;
        }

        if (reader.TokenType != JsonTokenType.EndArray)
            throw Error("A list holds something that is no number.", location);
        return numbers[..count].ToArray();
    }

    void CheckSize(Entry entry)
    {
        long size;
        try
        {
            size = checked(TensorData.ElementCount(entry.Dimensions) * entry.Type.Size());
        }
        catch (OverflowException)
        {
            throw Error($"The shape [{string.Join(", ", entry.Dimensions)}] is too large.", $"tensor '{entry.Name}'");
        }

        if (entry.End < entry.Begin || entry.End - entry.Begin != size)
        {
            throw Error(
                $"{entry.Type}[{string.Join(", ", entry.Dimensions)}] takes {size} bytes, but the offsets are {entry.Begin} to {entry.End}.",
                $"tensor '{entry.Name}'");
        }
    }

    /// <summary>The tensors fill the data without gap or overlap, as the format demands: no bytes are there twice or unaccounted for.</summary>
    void CheckOffsets(long dataLength)
    {
        var end = 0L;
        foreach (var entry in entries.OrderBy(e => e.Begin).ThenBy(e => e.End))
        {
            if (entry.Begin != end)
                throw Error($"The data begins at {entry.Begin}, where {end} is due: tensors {(entry.Begin > end ? "leave a gap" : "overlap")}.", $"tensor '{entry.Name}'");
            end = entry.End;
        }

        if (end != dataLength)
        {
            var remedy = end > dataLength ? "The download was probably cut short." : null;
            throw Error($"The tensors take {end} bytes, but {dataLength} follow the header.", remedy: remedy);
        }
    }

    void Expect(ref Utf8JsonReader reader, JsonTokenType type, string? location = null)
    {
        var found = Next(ref reader);
        if (found != type)
            throw Error($"{type} was expected, not {found}.", location);
    }

    JsonTokenType Next(ref Utf8JsonReader reader) => reader.Read() ? reader.TokenType : throw Error("The header ends too early.");

    string Text(ref Utf8JsonReader reader)
    {
        textBytes += reader.ValueSpan.Length;
        return textBytes <= MaximumTextBytes ? reader.GetString()! : throw Error($"Names and metadata take more than {MaximumTextBytes >> 20} MB.");
    }

    InvalidFileException Error(string problem, string? location = null, string? remedy = null, Exception? inner = null) =>
        new(path, problem, location is { Length: > 300 } ? location[..300] + "…" : location, remedy, inner);

    public sealed record Entry(string Name, DType Type, long[] Dimensions, long Begin, long End);
}
