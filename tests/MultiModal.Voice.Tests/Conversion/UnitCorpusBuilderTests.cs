using MultiModal.Runtime.Random;
using MultiModal.Testing;
using MultiModal.Voice.Content;
using MultiModal.Voice.Conversion;

namespace MultiModal.Voice.Tests.Conversion;

public sealed class UnitCorpusBuilderTests : IDisposable
{
    const int Channels = 6;
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Clusters_are_where_the_units_are()
    {
        var builder = new UnitCorpusBuilder();
        builder.Add("alice", 0, Heaps(200, 1));
        builder.Add("alice", 0, Heaps(100, 2));
        builder.Add("bob", 1, Heaps(60, 3, shift: 50));
        var seen = new List<double>();
        await builder.WriteClustersAsync(folder.File("kmeans.pt"), 3, progress: new Reports(seen));
        Assert.Equal(seen.Order(), seen);
        Assert.Equal(1, seen[^1], 1e-9);
        var corpus = Corpora.Open(folder.File("kmeans.pt"));
        foreach (var (speaker, shift) in new[] { ("alice", 0f), ("bob", 50f) })
        {
            for (var heap = 0; heap < 3; heap++)
            {
                var unit = Enumerable.Repeat((heap * 10) + shift, Channels).ToArray();
                var nearest = new float[Channels];
                corpus.Nearest(speaker, 0, unit, nearest);
                // Means of dozens of values with a deviation of a tenth.
                Assert.All(nearest, v => Assert.Equal((heap * 10) + shift, v, 0.1));
            }
        }
    }

    [Fact]
    public async Task An_index_gives_back_what_was_put_in()
    {
        var builder = new UnitCorpusBuilder();
        var units = Heaps(300, 1);
        builder.Add("alice", 3, units);
        await builder.WriteIndexAsync(folder.File("feature_and_index.pkl"));
        await builder.WriteIndexAsync(folder.File("alice.index"));
        foreach (var name in new[] { "feature_and_index.pkl", "alice.index" })
        {
            var corpus = Corpora.Open(folder.File(name));
            var (unit, nearest) = (new float[Channels], new float[Channels]);
            for (var t = 0; t < units.Frames; t += 17)
            {
                for (var c = 0; c < Channels; c++) unit[c] = units.Values[(c * units.Frames) + t];
                corpus.Nearest("alice", 3, unit, nearest);
                Assert.Equal(unit, nearest);
            }
        }

        var index = FaissIndex.Read(await File.ReadAllBytesAsync(folder.File("alice.index")), "alice.index");
        Assert.Equal((300, Channels), (index.Count, index.Dimensions));
    }

    [Fact]
    public async Task A_corpus_of_ones_own_changes_a_conversion()
    {
        var options = new ConversionOptions { Pitch = PitchMethod.Praat, Speaker = "alice" };
        var input = TinyVoice.Sound(0.6);
        await using (var voice = await TinyVoice.LoadAsync())
        {
            var builder = new UnitCorpusBuilder();
            builder.Add("alice", 0, await voice.Encoder.EncodeAsync(TinyVoice.Sound(2, 16000).Channel(0).ToArray()));
            await builder.WriteIndexAsync(folder.File("feature_and_index.pkl"));
            await builder.WriteClustersAsync(folder.File("kmeans_10.pt"), 10);
        }

        foreach (var name in new[] { "feature_and_index.pkl", "kmeans_10.pt" })
        {
            await using var voice = await TinyVoice.LoadAsync(configure: o => o.ClusterPath = folder.File(name));
            var plain = await voice.ConvertAsync(input, options);
            var drawn = await voice.ConvertAsync(input, options with { ClusterRatio = 0.7 });
            Assert.NotEqual(plain.Channel(0).ToArray(), drawn.Channel(0).ToArray());
            await Assert.ThrowsAsync<VoiceConversionException>(() => voice.ConvertAsync(input, options with { ClusterRatio = 0.7, Speaker = "bob" }));
        }
    }

    [Fact]
    public async Task Units_that_do_not_belong_together_are_refused()
    {
        var builder = new UnitCorpusBuilder();
        await Assert.ThrowsAsync<InvalidOperationException>(() => builder.WriteIndexAsync(folder.File("x.pkl")));
        builder.Add("alice", 0, Heaps(5, 1));
        Assert.Throws<ArgumentException>(() => builder.Add("alice", 1, Heaps(5, 1)));
        Assert.Throws<ArgumentException>(() => builder.Add("bob", 1, new(new float[10], 5, 2)));
        Assert.Throws<ArgumentException>(() => builder.Add("bob", 1, new([float.NaN, 0, 0, 0, 0, 0], 6, 1)));
        builder.Add("bob", 1, Heaps(5, 1));
        await Assert.ThrowsAsync<InvalidOperationException>(() => builder.WriteIndexAsync(folder.File("x.index")));
    }

    /// <summary>Units around (0, ...), (10, ...) and (20, ...) in turns.</summary>
    static ContentUnits Heaps(int frames, ulong seed, float shift = 0)
    {
        var values = new float[Channels * frames];
        new TorchRandom(seed).Normal(values, 0, 0.1);
        for (var i = 0; i < values.Length; i++) values[i] += (i % frames % 3 * 10) + shift;
        return new(values, Channels, frames);
    }

    sealed class Reports(List<double> seen) : IProgress<double>
    {
        public void Report(double value) => seen.Add(value);
    }
}
