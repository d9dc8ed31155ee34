using Microsoft.Extensions.AI;
using MultiModal.CloudSimulator.Media;
using MultiModal.Jimeng.Baidu.Speech;

namespace MultiModal.Extensions.AI.Tests;

public sealed class SpeechTests
{
    [Fact]
    public async Task What_is_spoken_is_understood()
    {
        await using var cloud = await SimulatedClients.StartAsync();
        using var speaker = cloud.Baidu.AsITextToSpeechClient();
        using var listener = cloud.Baidu.AsISpeechToTextClient();
        foreach (var format in (string[])["wav", "pcm", "audio/wav"])
        {
            var speech = await speaker.GetAudioAsync("今天天气很好。", new() { AudioFormat = format, VoiceId = "1", Speed = 1.2f, Pitch = 1, Volume = 1 });
            var sound = Assert.IsType<DataContent>(Assert.Single(speech.Contents));
            using var stream = new MemoryStream(sound.Data.ToArray());
            var text = await listener.GetTextAsync(stream, new() { SpeechLanguage = "zh-CN" });
            Assert.Equal("今天天气很好。", text.Text);
            Assert.IsType<SpeechRecognition>(text.RawRepresentation);
        }
    }

    [Fact]
    public async Task Sound_streams_both_ways()
    {
        await using var cloud = await SimulatedClients.StartAsync();
        using var speaker = cloud.Baidu.AsITextToSpeechClient();
        using var sound = new MemoryStream();
        var kinds = new List<TextToSpeechResponseUpdateKind>();
        await foreach (var update in speaker.GetStreamingAudioAsync("流式的一句话。"))
        {
            kinds.Add(update.Kind);
            foreach (var part in update.Contents.OfType<DataContent>())
                sound.Write(part.Data.Span);
        }

        Assert.Equal((TextToSpeechResponseUpdateKind.SessionOpen, TextToSpeechResponseUpdateKind.SessionClose), (kinds[0], kinds[^1]));
        Assert.Equal("流式的一句话。", SimulatedSpeech.Understand(sound.ToArray()));

        using var listener = cloud.Baidu.AsISpeechToTextClient();
        sound.Position = 0;
        var updates = new List<SpeechToTextResponseUpdate>();
        await foreach (var update in listener.GetStreamingTextAsync(sound, new() { RawRepresentationFactory = static _ => new RealtimeRecognitionOptions { Pace = false } }))
            updates.Add(update);
        Assert.Equal("流式的一句话。", updates.Last(static update => update.Kind == SpeechToTextResponseUpdateKind.TextUpdated).Text);
        Assert.Equal(SpeechToTextResponseUpdateKind.SessionClose, updates[^1].Kind);
    }

    [Fact]
    public async Task Services_are_found()
    {
        await using var cloud = await SimulatedClients.StartAsync();
        using var listener = cloud.Baidu.AsISpeechToTextClient();
        using var speaker = cloud.Baidu.AsITextToSpeechClient();
        Assert.Equal("baidu", listener.GetService<SpeechToTextClientMetadata>()!.ProviderName);
        Assert.Equal("baidu", speaker.GetService<TextToSpeechClientMetadata>()!.ProviderName);
        Assert.Null(speaker.GetService(typeof(string)));
    }
}
