using MultiModal.Runtime.Weights;
using MultiModal.Runtime.Weights.Pickles;
using MultiModal.Testing;

namespace MultiModal.Runtime.Tests.Weights;

public sealed class PickleTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void Every_protocol_gives_the_same_value(int protocol)
    {
        var root = Assert.IsType<PickleDictionary>(Read(PickleSamples.All[protocol]));
        Assert.Equal(["a", "b"], root.Keys);
        Assert.Equal([1L, -2L, 3.5, true, null, "x\u00e9"], Assert.IsType<PickleList>(root["a"]));
        var tuple = Assert.IsType<PickleList>(root["b"]);
        Assert.Equal(PickleListKind.Tuple, tuple.Kind);
        Assert.Equal([1L, 2L], tuple);
    }

    [Fact]
    public void Unknown_classes_and_functions_stay_data()
    {
        var root = (PickleDictionary)Read(PickleSamples.Stranger)!;
        var evil = Assert.IsType<PickleObject>(root["evil"]);
        Assert.Equal("os.system", evil.ToString());
        Assert.Equal(["true"], Assert.IsType<PickleList>(evil.Arguments));
        var state = Assert.IsType<PickleDictionary>(Assert.IsType<PickleObject>(root["config"]).State);
        Assert.True(state.TryGet("lr", out double rate) && rate > 0);
        Assert.Equal([1L, 2L], ((PickleObject)root["list"]!).Items!);
        Assert.Equal(3L, ((PickleObject)root["dict"]!).Entries!["k"]);
    }

    [Fact]
    public void Arrays_and_scalars_of_numpy_are_read()
    {
        using var file = TorchCheckpoint.Open(folder.Write("numpy.pkl", PickleSamples.Numpy));
        var centres = file.Get("centres");
        Assert.Equal([2, 2], centres.Dimensions);
        Assert.Equal([1f, 2, 3, 4], centres.ToTensorData().Floats.ToArray());
        Assert.Equal(1.5, ((PickleDictionary)file.Root!)["scale"]);
    }

    [Fact]
    public void A_list_that_contains_itself_is_read()
    {
        var list = Assert.IsType<PickleList>(Read(new PickleBuilder().Proto(2).Raw("]q\0h\0a").Stop()));
        Assert.Same(list, list[0]);
    }

    [Fact]
    public void Sharing_without_end_is_refused()
    {
        // Forty lists, each holding the one before it twice: 2^40 ways to the last.
        var pickle = new PickleBuilder().Proto(2).Raw("]q\0");
        for (byte i = 0; i < 40; i++)
            pickle.Raw("0](").Raw((byte)'h', i, (byte)'h', i).Raw("eq").Raw((byte)(i + 1));
        Assert.Throws<InvalidFileException>(() => Read(pickle.Stop()));
    }

    [Theory]
    [InlineData("2", 20_000_000)] // DUP
    [InlineData("]", 20_000_000)]
    [InlineData("(", 20_000_000)]
    [InlineData("]\u0085", 20_000_000)] // nested tuples
    public void A_pickle_that_asks_for_too_much_is_refused(string repeated, int count)
    {
        var body = new byte[count];
        for (var i = 0; i < count; i++)
            body[i] = (byte)repeated[i % repeated.Length];
        byte[] bytes = [0x80, 2, (byte)'N', .. body, (byte)'.'];
        var path = folder.Write("hostile.pkl", bytes);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var error = Assert.Throws<InvalidFileException>(() => TorchCheckpoint.Open(path));
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 200L << 20);
        Assert.Contains("hostile.pkl", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Ten_thousand_nested_tuples_are_read_without_recursion()
    {
        var pickle = new PickleBuilder().Proto(2).Raw("N");
        for (var i = 0; i < 10_000; i++)
            pickle.Raw(0x85);
        Assert.IsType<PickleList>(Read(pickle.Stop()));
    }

    [Theory]
    [InlineData("R")]
    [InlineData("t")]
    [InlineData("u")]
    [InlineData("h\0")]
    [InlineData("NNR")]
    [InlineData("N)R")]
    [InlineData("X\u00ff\u00ff\u00ff\u007f")]
    [InlineData("I12x\n")]
    [InlineData("\u0082\u0001")]
    [InlineData("\u00ff")]
    [InlineData("(K\u0001b")]
    [InlineData(")K\u0001a")]
    [InlineData("}(K\u0001u")]
    [InlineData("Vabc")]
    [InlineData("")]
    public void A_malformed_pickle_is_refused_with_its_place(string body)
    {
        var error = Assert.Throws<InvalidFileException>(() => Read(new PickleBuilder().Proto(2).Raw(body).Stop()));
        Assert.Contains("pickle", error.Location, StringComparison.Ordinal);
    }

    public void Dispose() => folder.Dispose();

    object? Read(byte[] pickle)
    {
        using var file = TorchCheckpoint.Open(folder.Write("plain.pkl", pickle));
        return file.Root;
    }
}
