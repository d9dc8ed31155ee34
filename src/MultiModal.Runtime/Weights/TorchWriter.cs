using System.Globalization;
using System.Text;
using MultiModal.Runtime.Weights.Torch;

namespace MultiModal.Runtime.Weights;

/// <summary>Writes checkpoints that <c>torch.load(path, weights_only=True)</c> reads, in the zip form of torch.save.</summary>
public static class TorchWriter
{
    /// <summary>Writes nested containers of tensors, numbers and text.</summary>
    /// <param name="path">The file, such as G_800.pth. An existing one is replaced, and only when the new one is whole.</param>
    /// <param name="root">
    /// What to write: a dictionary as a rule. Dictionaries and lists may hold each other, <see cref="TensorData"/>,
    /// <see cref="WeightTensor"/>, <see cref="NumpyArray"/>, whole sources of weights (as dictionaries), whole and real numbers, truth values, text and null; also what
    /// <see cref="TorchCheckpoint.Root"/> gives.
    /// </param>
    /// <param name="cancellationToken">Stops writing; the file is then as it was.</param>
    /// <exception cref="ArgumentException">Something in it has no counterpart in a checkpoint, or contains itself.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(string path, object root, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(root);
        using var writer = new PickleWriter();
        var pickle = writer.Write(root);
        // torch.save calls the archive's one folder after the file.
        var folder = Path.GetFileNameWithoutExtension(path);
        AtomicFile.Write(path, stream =>
        {
            var zip = new ZipWriter(stream);
            AddBytes(zip, $"{folder}/data.pkl", pickle);
            AddBytes(zip, $"{folder}/byteorder", "little"u8.ToArray());
            for (var i = 0; i < writer.Tensors.Count; i++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var tensor = writer.Tensors[i];
                var name = string.Create(CultureInfo.InvariantCulture, $"{folder}/data/{i}");
                zip.Add(name, tensor.ByteLength, receive => TensorBytes.Stream(tensor, receive, cancellationToken));
            }

            AddBytes(zip, $"{folder}/version", Encoding.ASCII.GetBytes("3\n"));
            zip.Finish();
        });
    }

    static void AddBytes(ZipWriter zip, string name, byte[] bytes) => zip.Add(name, bytes.Length, receive => receive(bytes));
}
