namespace MultiModal.Runtime.Weights;

/// <summary>Opens files of weights, whatever their format, by what is in them and not by what they are called.</summary>
public static class WeightFiles
{
    /// <summary>Opens a .safetensors file, an index.json of a model in several files, or a PyTorch checkpoint.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The weights; dispose them when no tensor is needed any more.</returns>
    /// <exception cref="InvalidFileException">The file is damaged, or of none of these formats.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static IWeightSource Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (Directory.Exists(path))
            throw new InvalidFileException(path, "This is a folder.", remedy: "Name the file of weights in it.");
        using (var file = new RandomAccessFile(path))
        {
            Span<byte> start = stackalloc byte[(int)Math.Min(file.Length, 512)];
            file.Read(0, start);
            RefuseKnownOthers(file.Path, start);
            if (!SafetensorsFile.Recognises(start, file.Length))
            {
                if (start.TrimStart(" \t\r\n"u8).StartsWith("{"u8))
                    return ShardedWeights.Open(path);
                // Pickles of protocol 2 and later begin with 0x80; a cut or padded .safetensors file never does anything like it.
                if (start.StartsWith("PK"u8) || start[0] == 0x80 || LooksLikePickle(start))
                    return TorchCheckpoint.Open(path);
            }
        }

        return SafetensorsFile.Open(path);
    }

    /// <summary>Names the formats that are often found under the names of weights.</summary>
    internal static void RefuseKnownOthers(string path, ReadOnlySpan<byte> start)
    {
        if (start.IsEmpty)
            throw new InvalidFileException(path, "The file is empty.");
        if (start.StartsWith("version https://git-lfs"u8))
            throw new InvalidFileException(path, "This is the pointer of a file in Git LFS, not the file.", remedy: "Fetch it with 'git lfs pull', or download it by itself.");
        if (start.TrimStart(" \t\r\n"u8).StartsWith("<"u8))
            throw new InvalidFileException(path, "This is a web page, not weights.", remedy: "The download probably asked for a log-in.");
        if (start.StartsWith("GGUF"u8))
            throw new InvalidFileException(path, "Weights in GGUF are not supported.", remedy: "Get the model as .safetensors.");
        if (start.Length > 262 && start[257..].StartsWith("ustar"u8))
            throw new InvalidFileException(path, "This is a checkpoint of PyTorch before 0.1.10, in a tar archive.", remedy: "Load it with PyTorch and save it anew.");
    }

    /// <summary>The first opcodes that protocols 0 and 1 give to a dict, a list, a tuple or a global.</summary>
    static bool LooksLikePickle(ReadOnlySpan<byte> start) => start.Length > 2 && start[0] switch
    {
        (byte)'(' => start[1] is (byte)'d' or (byte)'l' or (byte)'t' or (byte)'i' or (byte)'c',
        (byte)'}' or (byte)']' => start[1] is (byte)'q' or (byte)'(' or (byte)'.',
        (byte)'c' => start.Contains((byte)'\n'),
        _ => false,
    };
}
