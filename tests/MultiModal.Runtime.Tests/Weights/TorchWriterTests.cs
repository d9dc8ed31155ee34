using System.IO.Compression;
using MultiModal.Runtime.Weights;
using MultiModal.Runtime.Weights.Pickles;
using MultiModal.Testing;

namespace MultiModal.Runtime.Tests.Weights;

public sealed class TorchWriterTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    [Fact]
    public void What_is_written_is_read()
    {
        var path = folder.File("G_800.pth");
        TorchWriter.Write(path, CheckpointSamples.Nested());
        using var file = TorchCheckpoint.Open(path);
        Assert.Equal(["model.enc.weight", "model.enc.ids"], file.Names);
        Assert.Equal(CheckpointSamples.Values, file.Get("model.enc.weight").ToTensorData().Floats.ToArray());
        Assert.Equal([1L, -2, 3], file.Get("model.enc.ids").ToTensorData().Longs.ToArray());
        var root = Assert.IsType<PickleDictionary>(file.Root);
        Assert.Equal(["model", "iteration", "learning_rate", "name", "fp16", "nothing", "sizes"], root.Keys);
        Assert.Equal(800L, root["iteration"]);
        Assert.Equal(0.0001, root["learning_rate"]);
        Assert.Equal("tiny", root["name"]);
        Assert.Equal(false, root["fp16"]);
        Assert.Null(root["nothing"]);
        Assert.Equal([1L << 40, -5L, 1.5], Assert.IsType<PickleList>(root["sizes"]));
    }

    [Fact]
    public void Every_type_of_element_is_written()
    {
        var path = folder.File("types.pth");
        var types = Enum.GetValues<DType>();
        TorchWriter.Write(path, types.ToDictionary(type => type.ToString(), type => TensorData.OfBytes(type, [.. Enumerable.Range(0, 2 * type.Size()).Select(i => (byte)i)], 2)));
        using var file = TorchCheckpoint.Open(path);
        foreach (var type in types)
        {
            var tensor = file.Get(type.ToString()).ToTensorData();
            Assert.Equal(type, tensor.Type);
            Assert.Equal(Enumerable.Range(0, 2 * type.Size()).Select(i => (byte)i), tensor.Bytes.ToArray());
        }
    }

    [Fact]
    public void Tensors_begin_at_multiples_of_64_and_checksums_hold()
    {
        var path = folder.File("G_800.pth");
        TorchWriter.Write(path, CheckpointSamples.Nested());
        using (var file = TorchCheckpoint.Open(path))
            Assert.All(file.Names, name => Assert.Equal(0, file.Get(name).Region!.Value.Offset % 64));
        using var zip = ZipFile.OpenRead(path);
        Assert.Contains("G_800/data.pkl", zip.Entries.Select(entry => entry.FullName));
        Assert.Contains("G_800/version", zip.Entries.Select(entry => entry.FullName));
        foreach (var entry in zip.Entries)
        {
            using var stream = entry.Open();
            using var bytes = new MemoryStream();
            stream.CopyTo(bytes);
            Assert.Equal(entry.Length, bytes.Length);
            Assert.Equal(entry.Crc32, Checksum(bytes.ToArray()));
        }
    }

    [Fact]
    public void A_checkpoint_can_be_written_as_it_was_read()
    {
        foreach (var path in Fixtures.FilesEndingWith(".pth").Take(1))
        {
            using var original = TorchCheckpoint.Open(path);
            var copyPath = folder.File("copy.pth");
            TorchWriter.Write(copyPath, original.Root!);
            using var copy = TorchCheckpoint.Open(copyPath);
            Assert.Equal(original.Names, copy.Names);
            foreach (var name in original.Names)
                Assert.True(original.Get(name).ToTensorData().Bytes.SequenceEqual(copy.Get(name).ToTensorData().Bytes), name);
        }
    }

    [Fact]
    public void What_contains_itself_is_refused_and_leaves_no_file()
    {
        var list = new List<object?>();
        list.Add(list);
        Assert.Throws<ArgumentException>(() => TorchWriter.Write(folder.File("loop.pth"), list));
        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    /// <summary>CRC-32 bit by bit.</summary>
    static uint Checksum(byte[] bytes)
    {
        var crc = ~0u;
        foreach (var value in bytes)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc >> 1) ^ ((crc & 1) * 0xEDB88320);
        }

        return ~crc;
    }

    public void Dispose() => folder.Dispose();
}
