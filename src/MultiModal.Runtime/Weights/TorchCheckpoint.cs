using MultiModal.Runtime.Weights.Pickles;
using MultiModal.Runtime.Weights.Torch;

namespace MultiModal.Runtime.Weights;

/// <summary>A file of PyTorch's torch.save (.pth, .pt, .ckpt, .bin): the zip form, the legacy form before 1.6, or a plain pickle.</summary>
/// <remarks>
/// <para>Nothing in a file can run: its pickle is read by a machine that builds tensors and plain containers, and keeps every other class
/// or function as a <see cref="PickleObject"/>.</para>
/// <para>As a source of weights the file is flattened: each tensor is called by the keys that lead to it, joined by dots, so that a dict
/// of tensors has their plain names, and {"model": {"enc.weight": t}} has "model.enc.weight"
/// (<see cref="WeightSourceExtensions.Under"/> takes the "model." away). Whole numbers as keys and places in lists count as
/// names. A pickled module (torch.nn.Module, or TorchScript) has the names of its state dict.</para>
/// </remarks>
public sealed class TorchCheckpoint : IWeightSource
{
    readonly RandomAccessFile file;
    readonly OrderedDictionary<string, WeightTensor> tensors;

    TorchCheckpoint(RandomAccessFile file, object? root)
    {
        this.file = file;
        Root = root;
        tensors = TorchFlattening.Flatten(file.Path, root);
    }

    /// <summary>The file's full path.</summary>
    public string Name => file.Path;

    /// <inheritdoc/>
    public IReadOnlyCollection<string> Names => tensors.Keys;

    /// <summary>
    /// What the file holds as a whole: null, bool, long, BigInteger, double, string, byte[], <see cref="PickleDictionary"/>,
    /// <see cref="PickleList"/>, <see cref="PickleArray"/>, <see cref="PickleObject"/>, or a <see cref="WeightTensor"/> without a name.
    /// </summary>
    public object? Root { get; }

    /// <summary>Opens a file and reads its pickle; tensors are read when asked for.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The open file; dispose it when its tensors are no longer needed.</returns>
    /// <exception cref="InvalidFileException">The file is damaged, of another format, or its pickle asks for more than any checkpoint does.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static TorchCheckpoint Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var file = new RandomAccessFile(path);
        try
        {
            Span<byte> start = stackalloc byte[(int)Math.Min(file.Length, 512)];
            file.Read(0, start);
            WeightFiles.RefuseKnownOthers(file.Path, start);
            return new(file, start.StartsWith("PK"u8) ? TorchContents.ReadZip(file) : TorchContents.ReadPickles(file));
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
}
