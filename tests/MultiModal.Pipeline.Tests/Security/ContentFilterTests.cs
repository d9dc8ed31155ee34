using Microsoft.Extensions.DependencyInjection;
using MultiModal.Capabilities;
using MultiModal.Images;
using MultiModal.Pipeline.Security;

namespace MultiModal.Pipeline.Tests.Security;

public sealed class ContentFilterTests
{
    readonly List<ContentAuditEvent> records = [];

    [Fact]
    public async Task Texts_pass_are_covered_or_blocked_as_the_policy_says()
    {
        var words = new WordListCensor(new(new WordEntry("dolt", "abuse"), new WordEntry("bomb", "violence")));
        var policy = new ContentPolicy { Categories = { ["abuse"] = ContentAction.Blur } };
        var filter = new ContentFilter([words], [], policy, new Sink(records));
        Assert.Equal("good day", (await filter.FilterAsync("good day")).Content);
        Assert.Equal("you ████!", (await filter.FilterAsync("you Dolt!")).Content);
        var blocked = await filter.FilterAsync("dolt, a b.o.m.b");
        Assert.Null(blocked.Content);
        Assert.False(blocked.IsAllowed);
        Assert.Equal([ContentAction.Allow, ContentAction.Blur, ContentAction.Block], records.Select(r => r.Action));
        Assert.Equal(["abuse", "violence"], records[2].Categories);
        Assert.DoesNotContain(records, r => r.ToString().Contains("dolt", StringComparison.OrdinalIgnoreCase));
        Assert.All(records, r => Assert.Equal(32, r.Fingerprint.Length));
    }

    [Theory]
    [InlineData(0.79, ContentAction.Allow)]
    [InlineData(0.8, ContentAction.Blur)]
    public async Task A_picture_is_blurred_from_the_threshold_on(double score, ContentAction expected)
    {
        var image = Checkerboard(64);
        var filter = new ContentFilter([], [new Says(ContentVerdict.Block, new ContentFinding(ContentCategories.Sexual, score))], new() { OnBlock = ContentAction.Blur }, new Sink(records));
        var decision = await filter.FilterAsync(image);
        Assert.Equal(expected, decision.Action);
        Assert.Equal((64, 64), (decision.Content!.Width, decision.Content.Height));
        Assert.Equal(expected == ContentAction.Allow, decision.Content.Pixels.SequenceEqual(image.Pixels));
        Assert.True(Checkerboard(64).Pixels.SequenceEqual(image.Pixels));
        // Nothing of the squares of four pixels is left.
        if (expected == ContentAction.Blur) Assert.All(decision.Content.Pixels.ToArray(), p => Assert.InRange(p, 100, 155));
    }

    [Fact]
    public async Task The_strictest_censor_counts_and_one_that_fails_has_not_passed_anything()
    {
        var passes = new Says(ContentVerdict.Pass);
        Assert.Equal(ContentAction.Block, (await new ContentFilter([], [passes, new Fails()]).FilterAsync(Checkerboard(8))).Action);
        Assert.Equal(ContentAction.Flag, (await new ContentFilter([], [passes, new Fails()], new() { OnUnknown = ContentAction.Flag }).FilterAsync(Checkerboard(8))).Action);
        Assert.Equal(ContentAction.Flag, (await new ContentFilter([], [passes, new Says(ContentVerdict.Review)]).FilterAsync(Checkerboard(8))).Action);
        Assert.Equal(ContentAction.Block, (await new ContentFilter([], [new Says(ContentVerdict.Block), passes]).FilterAsync(Checkerboard(8))).Action);
    }

    [Fact]
    public async Task Without_a_censor_nothing_passes()
    {
        var filter = new ContentFilter([], []);
        await Assert.ThrowsAsync<InvalidOperationException>(() => filter.FilterAsync("text"));
        await Assert.ThrowsAsync<InvalidOperationException>(() => filter.FilterAsync(Checkerboard(8)));
    }

    [Fact]
    public async Task What_cannot_be_recorded_does_not_pass() =>
        await Assert.ThrowsAsync<IOException>(() => new ContentFilter([new WordListCensor()], [], null, new Sink(null)).FilterAsync("text"));

    [Fact]
    public async Task Registration_gathers_all_censors()
    {
        var services = new ServiceCollection();
        services.AddSingleton<IImageCensor>(new Says(ContentVerdict.Pass));
        services.AddContentFilter(p => p.OnBlock = ContentAction.Flag);
        await using var provider = services.BuildServiceProvider();
        var filter = provider.GetRequiredService<ContentFilter>();
        Assert.Equal(ContentAction.Flag, (await filter.FilterAsync("p.o.r.n")).Action);
        Assert.Equal(ContentAction.Allow, (await filter.FilterAsync(Checkerboard(8))).Action);
    }

    static ImageBuffer Checkerboard(int size)
    {
        var image = new ImageBuffer(size, size);
        for (var i = 0; i < image.Pixels.Length; i++)
        {
            var (x, y) = (i / image.Channels % size, i / image.Channels / size);
            image.Pixels[i] = (byte)(((x / 4) + (y / 4)) % 2 * 255);
        }

        return image;
    }

    sealed class Says(ContentVerdict verdict, params ContentFinding[] findings) : IImageCensor
    {
        public Task<ContentJudgement> CensorAsync(ImageBuffer image, CancellationToken cancellationToken = default) => Task.FromResult(new ContentJudgement(verdict, findings));
    }

    sealed class Fails : IImageCensor
    {
        public Task<ContentJudgement> CensorAsync(ImageBuffer image, CancellationToken cancellationToken = default) => throw new InvalidFileException("picture", "it cannot be read.");
    }

    sealed class Sink(List<ContentAuditEvent>? records) : IContentAuditSink
    {
        public ValueTask WriteAsync(ContentAuditEvent audit, CancellationToken cancellationToken = default)
        {
            (records ?? throw new IOException("The disk is full.")).Add(audit);
            return ValueTask.CompletedTask;
        }
    }
}
