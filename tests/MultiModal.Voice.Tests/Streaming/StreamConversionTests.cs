using MultiModal.Audio;
using MultiModal.Capabilities;
using MultiModal.Voice.Streaming;
using MultiModal.Voice.Tests.Conversion;

namespace MultiModal.Voice.Tests.Streaming;

public sealed class StreamConversionTests
{
    [Theory]
    [InlineData(44100, 1)]
    [InlineData(16000, 2)]
    public async Task As_many_samples_come_out_as_go_in_however_they_are_cut(int rate, int channels)
    {
        await using var voice = await TinyVoice.LoadAsync();
        var sound = TinyVoice.Sound(1.3, rate, channels);
        var whole = await JoinAsync(voice, [sound], new() { Voice = "bob", Transpose = 2 });
        var cut = await JoinAsync(voice, Cut(sound, [1, 999, 7, 12345, 50000]), new() { Voice = "bob", Transpose = 2 });
        Assert.Equal((sound.FrameCount, rate, 1), (whole.FrameCount, whole.SampleRate, whole.Channels));
        Assert.Equal(whole.Channel(0).ToArray(), cut.Channel(0).ToArray());
    }

    [Fact]
    public async Task The_streams_delay_is_taken_off()
    {
        await using var voice = await TinyVoice.LoadAsync();
        using var stream = await voice.OpenStreamAsync(new() { SampleRate = 44100 });
        var sound = TinyVoice.Sound(1.5);
        var (block, raw) = (new float[stream.BlockLength], new List<float>());
        for (var at = 0; at < sound.FrameCount + (2 * block.Length); at += block.Length)
        {
            var input = new float[block.Length];
            if (at < sound.FrameCount) sound.Channel(0)[at..Math.Min(at + block.Length, sound.FrameCount)].CopyTo(input);
            stream.Process(input, block);
            raw.AddRange(block);
        }

        var delay = (int)Math.Round(stream.AlgorithmicLatency.TotalSeconds * 44100) - stream.BlockLength;
        Assert.InRange(delay, 1, 44100 / 4);
        Assert.Equal(raw.GetRange(delay, sound.FrameCount), (await JoinAsync(voice, [sound])).Channel(0).ToArray());
    }

    [Fact]
    public async Task A_piece_of_another_format_is_refused_and_nothing_is_no_sound()
    {
        await using var voice = await TinyVoice.LoadAsync();
        await Assert.ThrowsAsync<ArgumentException>(() => JoinAsync(voice, [TinyVoice.Sound(0.1), TinyVoice.Sound(0.1, 48000)]));
        Assert.Empty(await ToListAsync(((IStreamingVoiceConverter)voice).ConvertStreamAsync(Async([]))));
    }

    static IEnumerable<AudioClip> Cut(AudioClip sound, int[] lengths)
    {
        var at = 0;
        for (var i = 0; at < sound.FrameCount; i++)
        {
            var count = Math.Min(lengths[i % lengths.Length], sound.FrameCount - at);
            yield return sound.Slice(at, count);
            at += count;
        }
    }

    static async Task<AudioClip> JoinAsync(IStreamingVoiceConverter voice, IEnumerable<AudioClip> pieces, VoiceConversionRequest? request = null) =>
        AudioClip.Concatenate([.. await ToListAsync(voice.ConvertStreamAsync(Async(pieces), request))]);

    static async IAsyncEnumerable<AudioClip> Async(IEnumerable<AudioClip> pieces)
    {
        foreach (var piece in pieces)
        {
            await Task.Yield();
            yield return piece;
        }
    }

    static async Task<List<AudioClip>> ToListAsync(IAsyncEnumerable<AudioClip> source)
    {
        var list = new List<AudioClip>();
        await foreach (var item in source) list.Add(item);
        return list;
    }
}
