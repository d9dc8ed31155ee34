using MultiModal.Audio;
using MultiModal.Capabilities;
using MultiModal.Jimeng.Baidu;
using MultiModal.Jimeng.Baidu.Speech;

namespace MultiModal.Jimeng.Capabilities;

/// <summary>Baidu's recognition of short recordings as <see cref="ISpeechRecognizer"/> of any length.</summary>
internal sealed class BaiduRecognizer(IBaiduAIClient client) : ISpeechRecognizer
{
    const int Rate = 16000;

    public async Task<Transcription> RecognizeAsync(AudioClip audio, TranscriptionRequest? request = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(audio);
        var mono = audio.ToMono();
        if (mono.SampleRate != Rate)
            mono = mono.Resample(Rate);
        var parts = LongRecording.Divide(mono);
        if (parts.Count == 1)
        {
            var whole = await RecognizePartAsync(mono, request, cancellationToken).ConfigureAwait(false);
            return new(whole.Text) { Alternatives = [.. (whole.Candidates ?? []).Skip(1)] };
        }

        // One after the other: the service limits concurrent calls, and texts are joined in order.
        var texts = new List<string>();
        CloudApiException? silence = null;
        foreach (var (start, count) in parts)
        {
            try
            {
                texts.Add((await RecognizePartAsync(mono.Slice(start, count), request, cancellationToken).ConfigureAwait(false)).Text);
            }
            catch (CloudApiException error) when (error.Kind == CloudErrorKind.NoSpeech)
            {
                // A part may be a pause; all of it may not.
                silence = error;
            }
        }

        return texts.Count > 0 ? new(string.Join(Separator(request), texts)) : throw silence!;
    }

    static string Separator(TranscriptionRequest? request) => request?.Language?.StartsWith("en", StringComparison.OrdinalIgnoreCase) == true ? " " : "";

    Task<SpeechRecognition> RecognizePartAsync(AudioClip part, TranscriptionRequest? request, CancellationToken cancellationToken) =>
        client.RecognizeAsync(new(Pcm16.Of(part.Channel(0))) { SampleRate = Rate, Model = ModelFor(request?.Language) }, cancellationToken);

    static int? ModelFor(string? language) => language?.ToLowerInvariant() switch
    {
        null => null,
        ['e', 'n', ..] => SpeechModels.English,
        "yue" or "zh-hk" or "zh-yue" => SpeechModels.Cantonese,
        _ => SpeechModels.Mandarin,
    };
}
