namespace MultiModal.Runtime.Weights.Torch;

/// <summary>numpy.dtype as a pickle describes it.</summary>
sealed class NumpyType(string code)
{
    public string Code => code;

    /// <summary>Set by the state that follows: '&gt;' means big-endian.</summary>
    public bool BigEndian { get; set; }

    public DType? Type => code.TrimStart('<', '>', '=', '|') switch
    {
        "f2" => DType.Float16,
        "f4" => DType.Float32,
        "f8" => DType.Float64,
        "i1" => DType.Int8,
        "i2" => DType.Int16,
        "i4" => DType.Int32,
        "i8" => DType.Int64,
        "u1" => DType.UInt8,
        "u2" => DType.UInt16,
        "u4" => DType.UInt32,
        "u8" => DType.UInt64,
        "b1" => DType.Bool,
        _ => null,
    };
}
