using MultiModal.Audio;

namespace MultiModal.Abstractions.Tests.Audio;

public sealed class AudioClipTests
{
    [Fact]
    public void Interleaved_samples_come_back_interleaved()
    {
        float[] interleaved = [1, -1, 2, -2, 3, -3];
        var clip = AudioClip.FromInterleaved(interleaved, new(8000, 2));
        Assert.Equal([1f, 2f, 3f], clip.Channel(0).ToArray());
        Assert.Equal([-1f, -2f, -3f], clip.Channel(1).ToArray());
        var back = new float[6];
        clip.CopyInterleavedTo(back);
        Assert.Equal(interleaved, back);
    }

    [Fact]
    public void Mono_is_the_mean_of_the_channels() =>
        Assert.Equal([2f, 3f], new AudioClip([1, 2, 3, 4], 8000, 2).ToMono().Channel(0).ToArray());

    [Fact]
    public void A_slice_of_a_slice_holds_the_right_samples_of_every_channel()
    {
        var clip = new AudioClip([0, 1, 2, 3, 4, 10, 11, 12, 13, 14], 10, 2).Slice(1, 4).Slice(1, 2);
        Assert.Equal([2f, 3f], clip.Channel(0).ToArray());
        Assert.Equal([12f, 13f], clip.Channel(1).ToArray());
        Assert.Equal(TimeSpan.FromSeconds(0.2), clip.Duration);
        Assert.Equal([7f, 8f], clip.ToMono().Channel(0).ToArray());
    }

    [Fact]
    public void A_slice_by_time_ends_with_the_clip()
    {
        var clip = AudioClip.Silence(100, new(100)).Slice(TimeSpan.FromSeconds(0.9), TimeSpan.FromSeconds(5));
        Assert.Equal(10, clip.FrameCount);
        Assert.Equal(0, clip.Slice(TimeSpan.FromSeconds(7), TimeSpan.FromSeconds(1)).FrameCount);
    }

    [Fact]
    public void A_slice_beyond_the_end_is_refused()
    {
        var clip = AudioClip.Silence(10, new(100));
        Assert.Throws<ArgumentOutOfRangeException>(() => clip.Slice(5, 6));
        Assert.Throws<ArgumentOutOfRangeException>(() => clip.Slice(-1, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => clip.Channel(1));
    }

    [Fact]
    public void Concatenated_clips_follow_each_other_in_every_channel()
    {
        var clip = AudioClip.Concatenate(new AudioClip([1, 2, 10, 20], 10, 2), new AudioClip([3, 30], 10, 2));
        Assert.Equal([1f, 2f, 3f], clip.Channel(0).ToArray());
        Assert.Equal([10f, 20f, 30f], clip.Channel(1).ToArray());
        Assert.Throws<ArgumentException>(() => AudioClip.Concatenate(clip, clip.ToMono()));
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void A_sample_that_is_no_number_is_found_wherever_it_is_and_made_silence(float bad)
    {
        for (var at = 0; at < 37; at++)
        {
            var samples = new float[37];
            Array.Fill(samples, 0.5f);
            samples[at] = bad;
            var clip = new AudioClip(samples, 8000);
            Assert.False(clip.IsFinite());
            var clean = clip.WithFiniteSamples();
            Assert.True(clean.IsFinite());
            Assert.Equal(0, clean.Channel(0)[at]);
            Assert.Equal(36, clean.Channel(0).ToArray().Count(v => v == 0.5f));
        }
    }

    [Fact]
    public void Samples_that_are_no_whole_number_of_frames_are_refused()
    {
        Assert.Throws<ArgumentException>(() => new AudioClip(new float[5], 8000, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => new AudioClip(new float[5], 0));
        Assert.Throws<ArgumentException>(() => new AudioClip(new float[5], default));
    }

    [Fact]
    public void Durations_are_exact()
    {
        var format = new AudioFormat(44100);
        Assert.Equal(TimeSpan.FromSeconds(1800), format.DurationOf(44100L * 1800));
        Assert.Equal(44100L * 1800, format.FramesIn(TimeSpan.FromMinutes(30)));
        Assert.Equal(22, format.FramesIn(TimeSpan.FromSeconds(0.0005)));
    }
}
