using System.Buffers.Binary;
using System.Text;
using MultiModal.Runtime.Weights;
using MultiModal.Testing;

namespace MultiModal.Runtime.Tests.Weights;

public sealed class SafetensorsTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    [Fact]
    public void Tensors_and_metadata_are_read()
    {
        var path = Make("""{"__metadata__":{"format":"pt"},"b":{"dtype":"F32","shape":[2],"data_offsets":[8,16]},"a":{"dtype":"I64","shape":[],"data_offsets":[0,8]}}  """, [5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 128, 63, 0, 0, 0, 64]);
        using var file = SafetensorsFile.Open(path);
        Assert.Equal(["b", "a"], file.Names);
        Assert.Equal("pt", file.Metadata["format"]);
        Assert.Equal([1f, 2f], file.Get("b").ToTensorData().Floats.ToArray());
        Assert.Equal([5L], file.Get("a").ToTensorData().Longs.ToArray());
        Assert.Null(file.Find("c"));
        Assert.Equal(new FileRegion(Path.GetFullPath(path), new FileInfo(path).Length - 8, 8), file.Get("b").Region);
    }

    [Theory]
    [InlineData("""{"a":{"dtype":"F4","shape":[4],"data_offsets":[0,4]}}""", "'F4' is not supported")]
    [InlineData("""{"a":{"dtype":"U8","shape":[5],"data_offsets":[0,4]}}""", "takes 5 bytes")]
    [InlineData("""{"a":{"dtype":"U8","shape":[2],"data_offsets":[2,4]}}""", "gap")]
    [InlineData("""{"a":{"dtype":"U8","shape":[3],"data_offsets":[0,3]}}""", "4 follow")]
    [InlineData("""{"a":{"dtype":"U8","shape":[8],"data_offsets":[0,8]}}""", "cut short")]
    [InlineData("""{"a":{"dtype":"U8","shape":[3],"data_offsets":[0,3]},"b":{"dtype":"U8","shape":[2],"data_offsets":[2,4]}}""", "overlap")]
    [InlineData("""{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"a":{"dtype":"U8","shape":[2],"data_offsets":[2,4]}}""", "twice")]
    [InlineData("""{"a":{"dtype":"U8","shape":[-4],"data_offsets":[0,4]}}""", "whole number")]
    [InlineData("""{"a":{"dtype":"U8","shape":[4294967296,4294967296],"data_offsets":[0,4]}}""", "too large")]
    [InlineData("""{"a":{"dtype":"F64","shape":[9223372036854775807],"data_offsets":[0,4]}}""", "too large")]
    [InlineData("""{"a":{"dtype":"U8","shape":[4],"data_offsets":[4,0]}}""", "offsets")]
    [InlineData("""{"a":{"dtype":"U8","shape":[4]}}""", "needs dtype")]
    [InlineData("""{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4],"extra":1}}""", "unknown")]
    [InlineData("""{"__metadata__":{"a":1},"b":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}""", "String was expected")]
    [InlineData("""{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}} x""", "JSON")]
    [InlineData("""{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}""", "JSON")]
    [InlineData("[1,2]", "brace")]
    public void A_false_header_is_refused(string header, string problem)
    {
        var path = Make(header, [1, 2, 3, 4]);
        var error = Assert.Throws<InvalidFileException>(() => SafetensorsFile.Open(path));
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(100_000_001)]
    [InlineData(ulong.MaxValue)]
    [InlineData(50_000_000)]
    [InlineData(0)]
    public void A_false_header_length_is_refused(ulong length)
    {
        var bytes = new byte[64];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, length);
        Assert.Throws<InvalidFileException>(() => SafetensorsFile.Open(folder.Write("model.safetensors", bytes)));
    }

    [Fact]
    public void What_is_written_is_read()
    {
        var path = folder.File("all.safetensors");
        var tensors = Enum.GetValues<DType>().ToDictionary(type => type.ToString(), type => TensorData.OfBytes(type, [.. Enumerable.Range(0, 6 * type.Size()).Select(i => (byte)i)], 2, 3));
        SafetensorsWriter.Write(path, tensors, new Dictionary<string, string> { ["naïve \"key\""] = "värde" });
        using var file = SafetensorsFile.Open(path);
        Assert.Equal("värde", file.Metadata["naïve \"key\""]);
        foreach (var (name, tensor) in tensors)
        {
            var read = file.Get(name);
            Assert.Equal(tensor.Type, read.Type);
            Assert.Equal(0, read.Region!.Value.Offset % tensor.Type.Size());
            Assert.True(tensor.Bytes.SequenceEqual(read.ToTensorData().Bytes), name);
            using var memory = read.Map();
            Assert.True(memory.IsMapped);
        }
    }

    [Fact]
    public void A_failed_write_leaves_the_old_file()
    {
        var path = folder.File("model.safetensors");
        SafetensorsWriter.Write(path, [KeyValuePair.Create("old", TensorData.Scalar(1f))]);
        using var source = SafetensorsFile.Open(path);
        source.Dispose();
        Assert.Throws<ObjectDisposedException>(() => SafetensorsWriter.Write(path, source));
        using var cancellation = new CancellationTokenSource();
        cancellation.Cancel();
        Assert.Throws<OperationCanceledException>(() => SafetensorsWriter.Write(path, [KeyValuePair.Create("new", TensorData.Scalar(1f))], cancellationToken: cancellation.Token));
        Assert.Equal([path], Directory.GetFiles(folder.Path));
        using var again = SafetensorsFile.Open(path);
        Assert.Equal(["old"], again.Names);
    }

    [Fact]
    public void A_file_that_shrinks_is_an_error_and_no_crash()
    {
        var path = folder.File("model.safetensors");
        SafetensorsWriter.Write(path, [KeyValuePair.Create("w", TensorData.Of(new float[4096], 4096))]);
        using var file = SafetensorsFile.Open(path);
        File.WriteAllBytes(path + ".short", File.ReadAllBytes(path)[..1000]);
        using (var stream = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete))
            stream.SetLength(1000);
        Assert.Throws<InvalidFileException>(() => file.Get("w").ToTensorData());
    }

    [Fact]
    public void Every_file_of_the_fixtures_opens_and_every_tensor_is_read()
    {
        foreach (var path in Fixtures.FilesEndingWith(".safetensors"))
        {
            using var source = WeightFiles.Open(path);
            Assert.IsType<SafetensorsFile>(source);
            Assert.True(source.Names.Count > 0, path);
            foreach (var name in source.Names)
                Assert.Equal(source.Get(name).Length, source.Get(name).ToFloat32().Length);
        }
    }

    public void Dispose() => folder.Dispose();

    string Make(string header, byte[] data)
    {
        var text = Encoding.UTF8.GetBytes(header);
        var bytes = new byte[8 + text.Length + data.Length];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, text.Length);
        text.CopyTo(bytes, 8);
        data.CopyTo(bytes, 8 + text.Length);
        return folder.Write("model.safetensors", bytes);
    }
}
