using System.Text;
using MultiModal.Runtime.Weights;
using MultiModal.Testing;

namespace MultiModal.Runtime.Tests.Weights;

public sealed class ShardedWeightsTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public ShardedWeightsTests()
    {
        SafetensorsWriter.Write(folder.File("one.safetensors"), [KeyValuePair.Create("a", TensorData.Of([1f, 2], 2))]);
        TorchWriter.Write(folder.File("two.bin"), new Dictionary<string, TensorData> { ["b"] = TensorData.Of([3f], 1) });
    }

    [Fact]
    public void Files_are_joined_by_their_index()
    {
        using var weights = WeightFiles.Open(Index("""{"metadata":{"total_size":12},"weight_map":{"b":"two.bin","a":"one.safetensors"}}"""));
        Assert.IsType<ShardedWeights>(weights);
        Assert.Equal(["b", "a"], weights.Names);
        Assert.Equal([1f, 2f], weights.Get("a").ToTensorData().Floats.ToArray());
        Assert.Equal([3f], weights.Get("b").ToTensorData().Floats.ToArray());
    }

    [Theory]
    [InlineData("""{"weight_map":{"a":"../one.safetensors"}}""", "plain name")]
    [InlineData("""{"weight_map":{"a":"/etc/passwd"}}""", "plain name")]
    [InlineData("""{"weight_map":{"a":"..\\one.safetensors"}}""", "plain name")]
    [InlineData("""{"weight_map":{"a":"C:one.safetensors"}}""", "plain name")]
    [InlineData("""{"weight_map":{"a":"model.safetensors.index.json"}}""", "plain name")]
    [InlineData("""{"weight_map":{"a":""}}""", "plain name")]
    [InlineData("""{"weight_map":{"a":"three.safetensors"}}""", "missing")]
    [InlineData("""{"weight_map":{"z":"one.safetensors"}}""", "does not hold")]
    [InlineData("""{"weight_map":{"a":"one.safetensors","a":"one.safetensors"}}""", "twice")]
    [InlineData("""{"weight_map":{"a":1}}""", "no string")]
    [InlineData("""{"hidden_size":768}""", "weight_map")]
    [InlineData("""{"weight_map":""", "JSON")]
    public void A_false_index_is_refused(string index, string problem)
    {
        var error = Assert.Throws<InvalidFileException>(() => WeightFiles.Open(Index(index)));
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
    }

    public void Dispose() => folder.Dispose();

    string Index(string text) => folder.Write("model.safetensors.index.json", Encoding.UTF8.GetBytes(text));
}
