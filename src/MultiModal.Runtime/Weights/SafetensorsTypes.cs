namespace MultiModal.Runtime.Weights;

/// <summary>The names the safetensors format gives to element types.</summary>
static class SafetensorsTypes
{
    static readonly (string Name, DType Type)[] table =
    [
        ("BOOL", DType.Bool), ("U8", DType.UInt8), ("I8", DType.Int8), ("U16", DType.UInt16), ("I16", DType.Int16),
        ("U32", DType.UInt32), ("I32", DType.Int32), ("U64", DType.UInt64), ("I64", DType.Int64), ("F8_E4M3", DType.Float8E4M3),
        ("F8_E5M2", DType.Float8E5M2), ("F16", DType.Float16), ("BF16", DType.BFloat16), ("F32", DType.Float32), ("F64", DType.Float64),
    ];

    public static string All => string.Join(", ", table.Select(entry => entry.Name));

    public static DType? Parse(string name)
    {
        foreach (var entry in table)
        {
            if (entry.Name == name)
                return entry.Type;
        }

        return null;
    }

    public static string NameOf(DType type) => table.First(entry => entry.Type == type).Name;
}
