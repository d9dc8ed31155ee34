using System.Runtime.CompilerServices;
using Google.Protobuf;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using MultiModal.Audio;
using MultiModal.AspNetCore.Engines;
using MultiModal.AspNetCore.Errors;
using MultiModal.AspNetCore.Grpc.Messages;
using MultiModal.AspNetCore.Grpc.Wire;
using MultiModal.AspNetCore.Jobs;
using MultiModal.AspNetCore.Rest;

namespace MultiModal.AspNetCore.Grpc;

/// <summary>multimodal.v1.Voice.</summary>
internal sealed class VoiceService(VoiceWork work, Uploads uploads, IHostApplicationLifetime lifetime, IOptions<MultiModalHostOptions> options)
{
    public async Task ListVoicesAsync(GrpcCall call)
    {
        var request = await call.ReadOnlyOneAsync(ListVoicesRequest.Parser).ConfigureAwait(false);
        await call.WriteAsync(new ListVoicesResponse { Voices = { work.Voices(Name(request.Model)) } }).ConfigureAwait(false);
    }

    public async Task ConvertAsync(GrpcCall call)
    {
        var request = await call.ReadOnlyOneAsync(ConvertRequest.Parser).ConfigureAwait(false);
        var input = await DecodeAsync(request.Audio ?? throw Refusal.BadRequest("audio-empty", "The recording is empty.").Exception(), call.Ended).ConfigureAwait(false);
        var rate = 0;
        var job = work.Begin(call.Context.Caller().Id, input, Settings(request.Settings), output =>
        {
            rate = output.SampleRate;
            return Encode(output, request.AnswerEncoding);
        }, keep: false);
        var result = await job.ResultAsync(call.Ended).ConfigureAwait(false);
        // The bytes are the job's and the job is this call's: nobody else writes to them.
        await call.WriteAsync(new ConvertResponse
        {
            Audio = new() { Data = UnsafeByteOperations.UnsafeWrap(result.Items[0].Data), Encoding = Known(request.AnswerEncoding), SampleRate = rate, Channels = 1 },
        }).ConfigureAwait(false);
    }

    public async Task StreamAsync(GrpcCall call)
    {
        call.LiftBodyLimits();
        var first = await NextAsync(call).ConfigureAwait(false);
        if (first?.KindCase != StreamRequest.KindOneofCase.Start)
            throw Refusal.BadRequest("start-missing", "The first message of a stream says what is wanted (start).").Exception();
        var (start, settings) = (first.Start, Settings(first.Start.Settings));
        var isFloat = Known(start.Encoding) switch
        {
            AudioEncoding.Pcm16 => false,
            AudioEncoding.Float32 => true,
            _ => throw Refusal.BadRequest("audio-encoding", "A stream is of PCM16 or FLOAT32.").Exception(),
        };
        using var turn = await work.EnterStreamAsync(settings, start.SampleRate, call.Ended).ConfigureAwait(false);
        // The headers say that the stream has its place: a client may wait for them before it records.
        await call.Context.Response.BodyWriter.FlushAsync(call.Ended).ConfigureAwait(false);
        await foreach (var clip in work.StreamAsync(ReadAsync(call, new(start.SampleRate), isFloat, call.Ended), settings, call.Ended).ConfigureAwait(false))
            await call.WriteAsync(new StreamResponse { Audio = UnsafeByteOperations.UnsafeWrap(PcmCodec.Encode(clip, isFloat)) }).ConfigureAwait(false);
        if (lifetime.ApplicationStopping.IsCancellationRequested)
            throw Refusal.Stopping().Exception();
    }

    async IAsyncEnumerable<AudioClip> ReadAsync(GrpcCall call, AudioFormat format, bool isFloat, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (await NextAsync(call).ConfigureAwait(false) is { } message)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (message.KindCase != StreamRequest.KindOneofCase.Audio)
                throw Refusal.BadRequest("message-unknown", "After the first, all messages of a stream carry sound.").Exception();
            if (message.Audio.Length > 0)
                yield return PcmCodec.Decode(message.Audio.Span, format, isFloat);
        }
    }

    /// <summary>The next message; null after the last, and when the host stops: what has come is then still converted and sent.</summary>
    async ValueTask<StreamRequest?> NextAsync(GrpcCall call)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(call.Ended, lifetime.ApplicationStopping);
        patience.CancelAfter(options.Value.Limits.StreamIdleTimeout);
        try
        {
            return await call.ReadAsync(StreamRequest.Parser, patience.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!call.Ended.IsCancellationRequested)
        {
            return lifetime.ApplicationStopping.IsCancellationRequested
                ? null
                : throw new GrpcException(GrpcStatus.Aborted, "Nothing has come for too long.");
        }
    }

    async Task<AudioClip> DecodeAsync(Messages.Audio audio, CancellationToken cancellationToken)
    {
        if (audio.Encoding == AudioEncoding.Wav)
        {
            using var stream = new MemoryStream(audio.Data.ToByteArray(), writable: false);
            return await uploads.WavAsync(stream, cancellationToken).ConfigureAwait(false);
        }

        var encoding = Known(audio.Encoding);
        var channels = audio.Channels == 0 ? 1 : audio.Channels;
        VoiceWork.CheckFormat(audio.SampleRate, channels);
        return PcmCodec.Decode(audio.Data.Span, new(audio.SampleRate, channels), encoding == AudioEncoding.Float32);
    }

    static JobItem Encode(AudioClip clip, AudioEncoding encoding) => Known(encoding) == AudioEncoding.Wav
        ? VoiceEndpoints.Wav(clip, WavEncoding.Pcm16)
        : new("audio/pcm", PcmCodec.Encode(clip, encoding == AudioEncoding.Float32));

    static AudioEncoding Known(AudioEncoding encoding) => encoding switch
    {
        AudioEncoding.Unspecified => AudioEncoding.Pcm16,
        AudioEncoding.Pcm16 or AudioEncoding.Float32 or AudioEncoding.Wav => encoding,
        _ => throw Refusal.BadRequest("audio-encoding", "The encoding of the sound is not known.").Exception(),
    };

    static Engines.VoiceSettings Settings(Messages.VoiceSettings? settings) => settings is null
        ? new(null, null, 0, null)
        : new(Name(settings.Model), Name(settings.Voice), settings.Transpose, settings.HasSeed ? settings.Seed : null);

    static string? Name(string name) => name.Length > 0 ? name : null;
}
