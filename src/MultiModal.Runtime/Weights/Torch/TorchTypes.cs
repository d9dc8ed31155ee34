namespace MultiModal.Runtime.Weights.Torch;

/// <summary>The names PyTorch gives to element types and to the storages that hold them.</summary>
static class TorchTypes
{
    static readonly (string Storage, string DType, DType Type)[] table =
    [
        ("FloatStorage", "float32", DType.Float32), ("HalfStorage", "float16", DType.Float16), ("BFloat16Storage", "bfloat16", DType.BFloat16),
        ("DoubleStorage", "float64", DType.Float64), ("LongStorage", "int64", DType.Int64), ("IntStorage", "int32", DType.Int32),
        ("ShortStorage", "int16", DType.Int16), ("CharStorage", "int8", DType.Int8), ("ByteStorage", "uint8", DType.UInt8),
        ("BoolStorage", "bool", DType.Bool), ("Float8_e4m3fnStorage", "float8_e4m3fn", DType.Float8E4M3),
        ("Float8_e5m2Storage", "float8_e5m2", DType.Float8E5M2), ("UInt16Storage", "uint16", DType.UInt16),
        ("UInt32Storage", "uint32", DType.UInt32), ("UInt64Storage", "uint64", DType.UInt64),
    ];

    public static DType? OfStorage(string name)
    {
        foreach (var entry in table)
        {
            if (entry.Storage == name)
                return entry.Type;
        }

        return null;
    }

    public static DType? OfDType(string name)
    {
        foreach (var entry in table)
        {
            if (entry.DType == name)
                return entry.Type;
        }

        return null;
    }

    /// <summary>The storage class to write for a type; null for types that PyTorch keeps in untyped storages only.</summary>
    public static string? StorageOf(DType type) => type is DType.Float8E4M3 or DType.Float8E5M2 or DType.UInt16 or DType.UInt32 or DType.UInt64
        ? null
        : table.First(entry => entry.Type == type).Storage;

    public static string NameOf(DType type) => table.First(entry => entry.Type == type).DType;
}
