using MultiModal.Runtime.Weights;
using MultiModal.Testing;

namespace MultiModal.Runtime.Tests.Weights;

public sealed class WeightMapTests
{
    [Fact]
    public void The_first_rule_that_fits_decides()
    {
        using var weights = new WeightMap()
            .Rename("blocks.{i}.0.conv{n}.{p*}", "down.{i}.conv_{n}.{p*}")
            .Rename("blocks.{rest*}", "other.{rest*}")
            .Drop("{any*}.position_ids")
            .Apply(Weights("blocks.12.0.conv1.weight", "blocks.a.0.conv1.weight", "text.position_ids", "untouched"));
        Assert.Equal(["down.12.conv_1.weight", "other.a.0.conv1.weight", "untouched"], weights.Names);
        Assert.Equal("down.12.conv_1.weight", weights.Get("down.12.conv_1.weight").Name);
    }

    [Fact]
    public void Others_can_be_dropped()
    {
        using var weights = new WeightMap().Rename("a.{p*}", "{p*}").DropOthers().Apply(Weights("a.b", "c"));
        Assert.Equal(["b"], weights.Names);
    }

    [Fact]
    public void A_split_cuts_the_first_axis_and_keeps_the_place_in_the_file()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("clip.safetensors");
        SafetensorsWriter.Write(path, [KeyValuePair.Create("in_proj_weight", TensorData.Of([.. Enumerable.Range(0, 12).Select(i => (float)i)], 6, 2))]);
        using var weights = new WeightMap().Split("in_proj_{p*}", "q.{p*}", "k.{p*}", "v.{p*}").Apply(SafetensorsFile.Open(path));
        Assert.Equal(["q.weight", "k.weight", "v.weight"], weights.Names);
        var part = weights.Get("k.weight");
        Assert.Equal([2, 2], part.Dimensions);
        Assert.Equal([4f, 5, 6, 7], part.ToTensorData().Floats.ToArray());
        Assert.Equal([4f, 5, 6, 7], part.ToFloat32().Floats.ToArray());
        Assert.Equal(16, part.Region!.Value.Length);
    }

    [Fact]
    public void Matrices_are_transposed_and_1x1_convolutions_squeezed()
    {
        var source = new MemoryWeights(
        [
            KeyValuePair.Create("t", TensorData.Of([1f, 2, 3, 4, 5, 6], 2, 3)),
            KeyValuePair.Create("c", TensorData.Of([1f, 2, 3, 4, 5, 6], 2, 3, 1, 1)),
        ]);
        using var weights = new WeightMap().Transpose("t", "t").Squeeze("c", "c").Apply(source);
        Assert.Equal([3, 2], weights.Get("t").Dimensions);
        Assert.Equal([1f, 4, 2, 5, 3, 6], weights.Get("t").ToTensorData().Floats.ToArray());
        Assert.Equal([2, 3], weights.Get("c").Dimensions);
    }

    [Theory]
    [InlineData("conv.weight_g", "conv.weight_v")]
    [InlineData("conv.parametrizations.weight.original0", "conv.parametrizations.weight.original1")]
    public void Weight_norms_are_joined(string length, string direction)
    {
        var source = new MemoryWeights(
        [
            KeyValuePair.Create(length, TensorData.Of([10f, 2], 2, 1, 1)),
            KeyValuePair.Create(direction, TensorData.Of([3f, 4, 0, 0, 0, 5], 2, 1, 3)),
            KeyValuePair.Create("conv.bias", TensorData.Of([0f, 0], 2)),
        ]);
        using var weights = new WeightMap().MergeWeightNorm().Apply(source);
        Assert.Equal(["conv.weight", "conv.bias"], weights.Names);
        Assert.Equal([6f, 8, 0, 0, 0, 2], weights.Get("conv.weight").ToTensorData().Floats.ToArray());
    }

    [Fact]
    public void A_weight_norm_over_all_axes_but_the_last_is_joined()
    {
        // HuBERT's positions: g is [1, 1, kernel].
        var source = new MemoryWeights(
        [
            KeyValuePair.Create("p.weight_g", TensorData.Of([5f, 2], 1, 1, 2)),
            KeyValuePair.Create("p.weight_v", TensorData.Of([3f, 0, 4, 7], 2, 1, 2)),
        ]);
        using var weights = new WeightMap().MergeWeightNorm().Apply(source);
        Assert.Equal([3f, 0, 4, 2], weights.Get("p.weight").ToTensorData().Floats.ToArray());
    }

    [Fact]
    public void What_a_rule_cannot_handle_is_an_error()
    {
        Assert.Throws<InvalidFileException>(() => new WeightMap().Rename("a", "b").Apply(Weights("a", "b")));
        Assert.Throws<InvalidFileException>(() => new WeightMap().Split("a", "b", "c").Apply(Weights("a")));
        Assert.Throws<InvalidFileException>(() => new WeightMap().Transpose("a", "a").Apply(Weights("a")));
        Assert.Throws<InvalidFileException>(() => new WeightMap().MergeWeightNorm().Apply(Weights("x.weight_g")));
        Assert.Throws<ArgumentException>(() => new WeightMap().Rename("a.{n}", "b.{m}"));
    }

    [Fact]
    public void An_overlay_replaces_and_adds()
    {
        using var weights = new OverlayWeights(Weights("a", "b"), [KeyValuePair.Create("b", TensorData.Scalar(7f)), KeyValuePair.Create("c", TensorData.Scalar(8f))]);
        Assert.Equal(["a", "b", "c"], weights.Names);
        Assert.Equal([7f], weights.Get("b").ToTensorData().Floats.ToArray());
        Assert.Equal([0f], weights.Get("a").ToTensorData().Floats.ToArray());
    }

    [Fact]
    public void A_mismatch_lists_what_is_missing_surplus_and_misshapen()
    {
        using var source = new MemoryWeights([.. Enumerable.Range(0, 25).Select(i => KeyValuePair.Create($"extra.{i}", TensorData.Scalar(0f))), KeyValuePair.Create("w", TensorData.Of([1f, 2], 2))], "file.pth");
        var error = Assert.Throws<WeightMismatchException>(() => WeightMatching.Check(source, [("w", [3]), ("absent", [1])]));
        Assert.Equal(["absent"], error.Missing);
        Assert.Equal(25, error.Surplus.Count);
        Assert.Equal(["w: expected [3], found [2]"], error.Misshapen);
        Assert.Contains("file.pth", error.Message, StringComparison.Ordinal);
        Assert.Contains("extra.19", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("extra.20", error.Message, StringComparison.Ordinal);
        Assert.Contains("and 5 more", error.Message, StringComparison.Ordinal);
        WeightMatching.Check(source, [("w", [2])], "extra.{n}");
    }

    static MemoryWeights Weights(params string[] names) => new(names.Select(name => KeyValuePair.Create(name, TensorData.Scalar(0f))));
}
