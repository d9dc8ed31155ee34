using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using MultiModal.Jimeng.Baidu;
using MultiModal.Jimeng.Baidu.Speech;

namespace MultiModal.Extensions.AI;

/// <summary>Baidu's recognition as <see cref="ISpeechToTextClient"/>.</summary>
internal sealed class BaiduSpeechToTextClient(IBaiduAIClient client) : ISpeechToTextClient
{
    const int WavHeader = 44;
    readonly SpeechToTextClientMetadata metadata = new("baidu", null, $"{SpeechModels.Mandarin}");

    public async Task<SpeechToTextResponse> GetTextAsync(Stream audioSpeechStream, SpeechToTextOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(audioSpeechStream);
        using var memory = new MemoryStream();
        await audioSpeechStream.CopyToAsync(memory, cancellationToken).ConfigureAwait(false);
        var audio = new ReadOnlyMemory<byte>(memory.GetBuffer(), 0, (int)memory.Length);
        var request = options?.RawRepresentationFactory?.Invoke(this) is SpeechRecognitionRequest given
            ? new SpeechRecognitionRequest(audio) { Format = given.Format, SampleRate = given.SampleRate, Model = given.Model, LanguageModelId = given.LanguageModelId, Raw = given.Raw, Cuid = given.Cuid, Extra = given.Extra, AsGiven = given.AsGiven }
            : new SpeechRecognitionRequest(audio) { Format = FormatOf(audio.Span), SampleRate = options?.SpeechSampleRate ?? 16000, Model = Model(options) };
        var text = await client.RecognizeAsync(request, cancellationToken).ConfigureAwait(false);
        return new SpeechToTextResponse(text.Text) { ResponseId = text.Sn, ModelId = request.Model?.ToString(System.Globalization.CultureInfo.InvariantCulture), RawRepresentation = text };
    }

    public async IAsyncEnumerable<SpeechToTextResponseUpdate> GetStreamingTextAsync(Stream audioSpeechStream, SpeechToTextOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(audioSpeechStream);
        var settings = options?.RawRepresentationFactory?.Invoke(this) as RealtimeRecognitionOptions ?? new() { SampleRate = options?.SpeechSampleRate ?? 16000 };
        yield return new SpeechToTextResponseUpdate { Kind = SpeechToTextResponseUpdateKind.SessionOpen };
        await foreach (var transcript in client.RecognizeRealtimeAsync(PiecesAsync(audioSpeechStream, cancellationToken), settings, cancellationToken).ConfigureAwait(false))
        {
            yield return new SpeechToTextResponseUpdate(transcript.Error is { } error ? [new ErrorContent(error.Message) { ErrorCode = error.Code }] : [new TextContent(transcript.Text)])
            {
                Kind = transcript.Kind switch
                {
                    RealtimeTranscriptKind.Partial => SpeechToTextResponseUpdateKind.TextUpdating,
                    RealtimeTranscriptKind.Final => SpeechToTextResponseUpdateKind.TextUpdated,
                    _ => SpeechToTextResponseUpdateKind.Error,
                },
                StartTime = transcript.Start,
                EndTime = transcript.End,
                ResponseId = transcript.Sn,
                RawRepresentation = transcript,
            };
        }

        yield return new SpeechToTextResponseUpdate { Kind = SpeechToTextResponseUpdateKind.SessionClose };
    }

    public object? GetService(Type serviceType, object? serviceKey = null) => Services.Find(serviceType, serviceKey, metadata, client, this);

    public void Dispose()
    {
        // The client belongs to whoever made it.
    }

    static int? Model(SpeechToTextOptions? options)
    {
        if (int.TryParse(options?.ModelId, out var model))
            return model;
        return options?.SpeechLanguage?.ToLowerInvariant() switch
        {
            null => null,
            ['e', 'n', ..] => SpeechModels.English,
            "yue" or "zh-hk" or "zh-yue" => SpeechModels.Cantonese,
            _ => SpeechModels.Mandarin,
        };
    }

    static SpeechFormat FormatOf(ReadOnlySpan<byte> audio) =>
        audio.StartsWith("RIFF"u8) ? SpeechFormat.Wav
        : audio.StartsWith("#!AMR"u8) ? SpeechFormat.Amr
        : audio.Length > 8 && audio[4..].StartsWith("ftyp"u8) ? SpeechFormat.M4a
        : SpeechFormat.Pcm;

    // The realtime service takes bare samples: the header of a WAV stream is left out.
    static async IAsyncEnumerable<ReadOnlyMemory<byte>> PiecesAsync(Stream stream, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var head = new byte[WavHeader];
        var length = await stream.ReadAtLeastAsync(head, WavHeader, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        if (!head.AsSpan(0, length).StartsWith("RIFF"u8))
            yield return head.AsMemory(0, length);
        while (true)
        {
            var buffer = new byte[5120];
            var count = await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            if (count == 0)
                yield break;
            yield return buffer.AsMemory(0, count);
        }
    }
}
