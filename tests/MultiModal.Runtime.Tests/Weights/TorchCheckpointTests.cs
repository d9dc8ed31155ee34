using System.Text;
using MultiModal.Runtime.Weights;
using MultiModal.Runtime.Weights.Pickles;
using MultiModal.Testing;

namespace MultiModal.Runtime.Tests.Weights;

public sealed class TorchCheckpointTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public static TheoryData<string, byte[]> Forms => new()
    {
        { "zip", CheckpointSamples.Zip(deflated: false) },
        { "zip, deflated", CheckpointSamples.Zip(deflated: true) },
        { "zip, big-endian", CheckpointSamples.Zip(deflated: false, "big") },
        { "legacy", CheckpointSamples.Legacy() },
        { "legacy, big-endian", CheckpointSamples.Legacy(bigEndian: true) },
    };

    [Theory]
    [MemberData(nameof(Forms))]
    public void Every_form_gives_the_same_tensors(string form, byte[] bytes)
    {
        using var source = WeightFiles.Open(folder.Write("model.ckpt", bytes));
        using var weights = source.Under("state_dict.");
        Assert.Equal(["plain", "transposed", "row", "count"], weights.Names);
        var plain = CheckpointSamples.Values;
        Assert.Equal(plain, weights.Get("plain").ToTensorData().Floats.ToArray());
        Assert.Equal(plain[4..8], weights.Get("row").ToTensorData().Floats.ToArray());
        Assert.Equal([9L], weights.Get("count").ToTensorData().Longs.ToArray());
        var transposed = weights.Get("transposed");
        Assert.Equal([4, 3], transposed.Dimensions);
        Assert.Equal(Enumerable.Range(0, 12).Select(i => plain[(i % 3 * 4) + (i / 3)]), transposed.ToFloat32().Floats.ToArray());
        Assert.Null(transposed.Region);
        Assert.Equal(7L, ((PickleDictionary)((TorchCheckpoint)source).Root!)["epoch"]);
        // Only where the elements lie in the file as they are can a session be pointed at them.
        Assert.Equal(form is "zip" or "legacy", weights.Get("row").Region is not null);
    }

    [Fact]
    public void A_region_is_where_the_elements_lie()
    {
        var path = folder.Write("model.pth", CheckpointSamples.Zip(deflated: false));
        using var file = TorchCheckpoint.Open(path);
        var region = file.Get("state_dict.row").Region!.Value;
        var bytes = File.ReadAllBytes(path).AsSpan((int)region.Offset, (int)region.Length);
        Assert.Equal(CheckpointSamples.Values[4..8], System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(bytes).ToArray());
    }

    [Fact]
    public void Tensors_in_untyped_storages_are_read()
    {
        var pickle = new PickleBuilder().Proto(2).Raw("}(").Text("w").Global("torch._utils", "_rebuild_tensor_v3").Raw("(").Storage("UntypedStorage", "0", 48)
            .Int(2).Ints(3).Ints(1).Raw(0x89).Raw("}").Global("torch", "float8_e5m2").Raw("tRu").Stop();
        using var file = TorchCheckpoint.Open(folder.Write("model.pth", CheckpointSamples.Zip(deflated: false, pickle: pickle)));
        Assert.Equal(DType.Float8E5M2, file.Get("w").Type);
        Assert.Equal(3, file.Get("w").ToFloat32().Length);
    }

    [Fact]
    public void A_pickled_module_has_the_names_of_its_state_dict()
    {
        var pickle = new PickleBuilder().Proto(2).Global("model", "Net").Raw(")").Raw(0x81).Raw("}(")
            .Text("_parameters").Raw("}")
            .Text("_modules").Raw("}(").Text("conv").Global("torch.nn.modules.conv", "Conv1d").Raw(")").Raw(0x81).Raw("}(")
            .Text("_parameters").Raw("}(").Text("weight").Global("torch._utils", "_rebuild_parameter").Raw("(")
            .Tensor("FloatStorage", "0", 12, 0, [12], [1]).Raw(0x88).Raw("}tRu")
            .Text("_modules").Raw("}ub").Raw("u")
            .Raw("ub").Stop();
        using var file = TorchCheckpoint.Open(folder.Write("model.pt", CheckpointSamples.Zip(deflated: false, pickle: pickle)));
        Assert.Equal(["conv.weight"], file.Names);
    }

    [Theory]
    [InlineData(12, 1, 12, 1)] // begins one too late
    [InlineData(12, 0, 13, 1)]
    [InlineData(12, 0, 4, 4)]
    [InlineData(12, -1, 4, 1)]
    [InlineData(12, 0, 4, -1)]
    [InlineData(12, 0, int.MaxValue, int.MaxValue)]
    [InlineData(12, 0, 100_000_000, 0)] // a few bytes as many
    [InlineData(13, 0, 12, 1)] // more than the member has
    public void A_tensor_outside_its_storage_is_refused(int count, int offset, int length, int stride)
    {
        var pickle = new PickleBuilder().Proto(2).Raw("}(").Text("w").Tensor("FloatStorage", "0", count, offset, [length], [stride]).Raw("u").Stop();
        var path = folder.Write("model.pth", CheckpointSamples.Zip(deflated: false, pickle: pickle));
        Assert.Throws<InvalidFileException>(() => TorchCheckpoint.Open(path));
    }

    [Fact]
    public void A_view_may_repeat_elements()
    {
        var pickle = new PickleBuilder().Proto(2).Raw("}(").Text("w").Tensor("FloatStorage", "0", 12, 3, [2, 3], [0, 1]).Raw("u").Stop();
        using var file = TorchCheckpoint.Open(folder.Write("model.pth", CheckpointSamples.Zip(deflated: false, pickle: pickle)));
        Assert.Equal([1.5f, 2, 2.5f, 1.5f, 2, 2.5f], file.Get("w").ToTensorData().Floats.ToArray());
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("version https://git-lfs.github.com/spec/v1\n", "Git LFS")]
    [InlineData("<!DOCTYPE html><html>", "web page")]
    [InlineData("GGUF\u0003\0\0\0", "GGUF")]
    public void Other_files_are_named(string content, string expected)
    {
        var path = folder.Write("model.ckpt", Encoding.Latin1.GetBytes(content));
        var error = Assert.Throws<InvalidFileException>(() => WeightFiles.Open(path));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_tar_checkpoint_is_named()
    {
        var bytes = new byte[1024];
        "ustar"u8.CopyTo(bytes.AsSpan(257));
        bytes[0] = (byte)'a';
        var error = Assert.Throws<InvalidFileException>(() => TorchCheckpoint.Open(folder.Write("old.pth", bytes)));
        Assert.Contains("tar", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_checkpoint_of_the_fixtures_opens_and_every_tensor_is_read()
    {
        foreach (var path in Fixtures.FilesEndingWith(".pth", ".pt"))
        {
            using var source = WeightFiles.Open(path);
            Assert.IsType<TorchCheckpoint>(source);
            Assert.True(source.Names.Count > 0, path);
            foreach (var name in source.Names)
            {
                var tensor = source.Get(name);
                Assert.True(tensor.Region is not null, $"{path}: {name} lies in the file as it is");
                Assert.All(tensor.ToFloat32().Floats.ToArray(), value => Assert.True(float.IsFinite(value), $"{path}: {name}"));
            }
        }
    }

    public void Dispose() => folder.Dispose();
}
