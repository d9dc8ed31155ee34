using System.Text;
using MultiModal.Runtime.Weights;
using MultiModal.Runtime.Tests.Weights;
using MultiModal.Testing;
using MultiModal.Testing.Fuzzing;

namespace MultiModal.Runtime.Tests.Fuzzing;

public sealed class WeightFileFuzzTests
{
    static readonly byte[] buffer = new byte[16 << 20];

    [Fact]
    public void A_damaged_safetensors_file_is_read_or_refused() => FuzzRun.Run("model.safetensors", SafetensorsFiles(), ReadAll, seed: 1000);

    [Fact]
    public void A_safetensors_header_with_false_statements_is_read_or_refused() => FuzzRun.Run(
        "model.safetensors",
        [
            """{"__metadata__":{"format":"pt"},"a":{"dtype":"F32","shape":[2,4],"data_offsets":[0,32]},"b":{"dtype":"F16","shape":[16],"data_offsets":[32,64]}}"""u8.ToArray(),
            """{"x.weight":{"dtype":"BF16","shape":[4,4,2],"data_offsets":[0,64]},"y":{"dtype":"I64","shape":[0],"data_offsets":[64,64]}}"""u8.ToArray(),
        ],
        ReadAll,
        seed: 6000,
        wrap: header => [.. BitConverter.GetBytes((long)header.Length), .. header, .. new byte[64]]);

    [Fact]
    public void A_zip_checkpoint_with_a_damaged_pickle_is_read_or_refused() => FuzzRun.Run(
        "model.pth",
        [CheckpointSamples.Pickle(), PickleSamples.Stranger, PickleSamples.Numpy],
        ReadAll,
        seed: 7000,
        wrap: pickle => CheckpointSamples.Zip(deflated: false, pickle: pickle));

    [Fact]
    public void A_damaged_zip_checkpoint_is_read_or_refused() => FuzzRun.Run("model.pth", ZipFiles(), ReadAll, seed: 2000);

    [Fact]
    public void A_damaged_legacy_checkpoint_is_read_or_refused() => FuzzRun.Run("legacy.pth", LegacyFiles(), ReadAll, seed: 3000);

    [Fact]
    public void A_damaged_pickle_is_read_or_refused() => FuzzRun.Run("plain.pkl", PickleSamples.All, path => TorchCheckpoint.Open(path).Dispose(), seed: 4000);

    [Fact]
    public void A_damaged_index_is_read_or_refused() => FuzzRun.Run(
        "model.safetensors.index.json",
        [
            """{"metadata":{"total_size":32},"weight_map":{"a":"one.safetensors","b":"two.safetensors"}}"""u8.ToArray(),
            """{"weight_map": {"b": "two.safetensors"}}"""u8.ToArray(),
        ],
        ReadAll,
        seed: 5000,
        prepare: folder =>
        {
            SafetensorsWriter.Write(folder.File("one.safetensors"), [KeyValuePair.Create("a", TensorData.Of([1f, 2, 3, 4], 4))]);
            SafetensorsWriter.Write(folder.File("two.safetensors"), [KeyValuePair.Create("b", TensorData.Of([5f, 6, 7, 8], 2, 2))]);
        });

    static void ReadAll(string path)
    {
        using var source = WeightFiles.Open(path);
        foreach (var name in source.Names)
        {
            var tensor = source.Find(name)!;
            if (tensor.ByteLength <= buffer.Length)
                tensor.CopyTo(buffer);
        }
    }

    static List<byte[]> SafetensorsFiles()
    {
        using var folder = new TemporaryFolder();
        var several = folder.File("several.safetensors");
        SafetensorsWriter.Write(
            several,
            [
                KeyValuePair.Create("unet.conv_in.weight", TensorData.Of(new float[24], 2, 3, 4)),
                KeyValuePair.Create("ids", TensorData.Of([1L, 2, 3], 3)),
                KeyValuePair.Create("half", TensorData.Zeros(DType.Float16, 5)),
                KeyValuePair.Create("empty", TensorData.Zeros(DType.UInt8, 0, 7)),
                KeyValuePair.Create("scalar", TensorData.Scalar(1f)),
            ],
            new Dictionary<string, string> { ["format"] = "pt", ["ss_network_dim"] = "8" });
        var one = folder.File("one.safetensors");
        SafetensorsWriter.Write(one, [KeyValuePair.Create("w", TensorData.Of(new float[64], 8, 8))]);
        return [File.ReadAllBytes(several), File.ReadAllBytes(one), .. Small(".safetensors", 100_000, 2)];
    }

    static List<byte[]> ZipFiles()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("G_0.pth");
        TorchWriter.Write(path, CheckpointSamples.Nested());
        return [File.ReadAllBytes(path), CheckpointSamples.Zip(deflated: true), CheckpointSamples.Zip(deflated: false)];
    }

    static List<byte[]> LegacyFiles() => [CheckpointSamples.Legacy(), CheckpointSamples.Legacy(bigEndian: true)];

    static IEnumerable<byte[]> Small(string ending, int most, int count) =>
        Fixtures.FilesEndingWith(ending).Where(path => new FileInfo(path).Length <= most).Take(count).Select(File.ReadAllBytes);
}
