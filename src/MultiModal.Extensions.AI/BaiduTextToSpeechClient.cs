using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using MultiModal.Jimeng.Baidu;
using MultiModal.Jimeng.Baidu.Speech;

namespace MultiModal.Extensions.AI;

/// <summary>Baidu's synthesis as <see cref="ITextToSpeechClient"/>. Speed, pitch and volume of 1 are the voice's own; 0.5 and 2 are the ends.</summary>
internal sealed class BaiduTextToSpeechClient(IBaiduAIClient client) : ITextToSpeechClient
{
    readonly TextToSpeechClientMetadata metadata = new("baidu", null, null);

    public async Task<TextToSpeechResponse> GetAudioAsync(string text, TextToSpeechOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(text);
        var request = options?.RawRepresentationFactory?.Invoke(this) is SpeechSynthesisRequest given
            ? given with { Text = text }
            : new SpeechSynthesisRequest(text)
            {
                Voice = Voice(options),
                Speed = Scale(options?.Speed),
                Pitch = Scale(options?.Pitch),
                Volume = Scale(options?.Volume),
                Format = options?.AudioFormat is null ? null : Format(options.AudioFormat),
            };
        var speech = await client.SynthesizeAsync(request, cancellationToken).ConfigureAwait(false);
        return new TextToSpeechResponse([new DataContent(speech.Audio, Media(speech.Format))]) { RawRepresentation = speech };
    }

    public async IAsyncEnumerable<TextToSpeechResponseUpdate> GetStreamingAudioAsync(string text, TextToSpeechOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(text);
        var settings = options?.RawRepresentationFactory?.Invoke(this) as StreamingSpeechOptions ?? new()
        {
            Voice = Voice(options) ?? 0,
            Speed = Scale(options?.Speed) ?? 5,
            Pitch = Scale(options?.Pitch) ?? 5,
            Volume = Scale(options?.Volume) ?? 5,
            Format = options?.AudioFormat is null ? SpeechOutputFormat.Pcm16k : Format(options.AudioFormat),
        };
        yield return new TextToSpeechResponseUpdate { Kind = TextToSpeechResponseUpdateKind.SessionOpen };
        await foreach (var sound in client.SynthesizeStreamingAsync(One(text), settings, cancellationToken).ConfigureAwait(false))
        {
            yield return new TextToSpeechResponseUpdate([new DataContent(sound, Media(settings.Format))])
            {
                Kind = TextToSpeechResponseUpdateKind.AudioUpdating,
            };
        }

        yield return new TextToSpeechResponseUpdate { Kind = TextToSpeechResponseUpdateKind.SessionClose };
    }

    public object? GetService(Type serviceType, object? serviceKey = null) => Services.Find(serviceType, serviceKey, metadata, client, this);

    public void Dispose()
    {
        // The client belongs to whoever made it.
    }

    static int? Voice(TextToSpeechOptions? options) => int.TryParse(options?.VoiceId, NumberStyles.None, CultureInfo.InvariantCulture, out var voice) ? voice : null;

    // 0.5, 1 and 2 become 0, 5 and 10: an octave is five steps.
    static int? Scale(float? factor) => factor is { } value ? (int)Math.Clamp(MathF.Round(5 + (5 * MathF.Log2(Math.Max(value, 0.01f)))), 0, 15) : null;

    static SpeechOutputFormat Format(string name) => name.ToLowerInvariant().Replace("audio/", "", StringComparison.Ordinal) switch
    {
        "mp3" or "mpeg" => SpeechOutputFormat.Mp3,
        "wav" or "wave" => SpeechOutputFormat.Wav,
        "pcm" or "pcm16" or "l16" => SpeechOutputFormat.Pcm16k,
        "pcm8k" => SpeechOutputFormat.Pcm8k,
        _ => throw new MultiModal.Jimeng.CloudApiException("Baidu", BaiduOperations.Synthesize, MultiModal.Jimeng.CloudErrorKind.InvalidInput, $"The sound format {name} is not offered.", "Use mp3, wav, pcm or pcm8k."),
    };

    static string Media(SpeechOutputFormat format) => format switch
    {
        SpeechOutputFormat.Mp3 => "audio/mpeg",
        SpeechOutputFormat.Wav => "audio/wav",
        SpeechOutputFormat.Pcm8k => "audio/l16;rate=8000",
        _ => "audio/l16;rate=16000",
    };

    static async IAsyncEnumerable<string> One(string text)
    {
        await Task.CompletedTask.ConfigureAwait(false);
        yield return text;
    }
}
