using Microsoft.Extensions.Options;
using MultiModal.Audio;
using MultiModal.AspNetCore.Errors;
using MultiModal.AspNetCore.Jobs;
using MultiModal.AspNetCore.Limits;
using MultiModal.Capabilities;

namespace MultiModal.AspNetCore.Engines;

/// <summary>Voice conversion as the host offers it, however it is asked for.</summary>
internal sealed class VoiceWork(EngineCatalogue engines, EngineQueues queues, JobRunner jobs, IOptions<MultiModalHostOptions> options)
{
    const int LowestRate = 8000;
    const int HighestRate = 192_000;
    const double MostTranspose = 36;

    public IReadOnlyCollection<string> Voices(string? model) => engines.Get<IVoiceConverter>(model).Voices;

    /// <summary>Begins the conversion of a recording.</summary>
    /// <param name="owner">Who asks.</param>
    /// <param name="input">The recording.</param>
    /// <param name="settings">What is wanted.</param>
    /// <param name="write">Makes the answer's file.</param>
    /// <param name="keep">See <see cref="JobRunner.Begin"/>.</param>
    public Job Begin(string owner, AudioClip input, VoiceSettings settings, Func<AudioClip, JobItem> write, bool keep)
    {
        CheckFormat(input.SampleRate, input.Channels);
        if (input.FrameCount == 0)
            throw Refusal.BadRequest("audio-empty", "The recording is empty.").Exception();
        if (input.Duration > options.Value.Limits.MaximumAudioDuration)
            throw TooLong();
        var engine = engines.Get<IVoiceConverter>(settings.Model);
        var request = Check(settings, engine.Voices);
        return jobs.Begin("voice", owner, queues.Voice(settings.Model), async (job, cancellationToken) =>
        {
            var output = await engine.ConvertAsync(input, request, job, cancellationToken).ConfigureAwait(false);
            return new([write(output)]) { Model = settings.Model };
        }, keep);
    }

    /// <summary>Opens a live conversion: <paramref name="input"/> is taken as it comes, and the answer goes on until it ends.</summary>
    public async IAsyncEnumerable<AudioClip> StreamAsync(
        IAsyncEnumerable<AudioClip> input, VoiceSettings settings, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var engine = engines.Get<IStreamingVoiceConverter>(settings.Model);
        await foreach (var clip in engine.ConvertStreamAsync(input, ToRequest(settings), cancellationToken).ConfigureAwait(false))
            yield return clip;
    }

    /// <summary>Checks what a live conversion needs, and takes its place. To be called before the stream is accepted.</summary>
    public async Task<EngineQueue.Turn> EnterStreamAsync(VoiceSettings settings, int sampleRate, CancellationToken cancellationToken)
    {
        CheckFormat(sampleRate, 1);
        engines.Get<IStreamingVoiceConverter>(settings.Model);
        Check(settings, VoicesOf(settings.Model));
        return await queues.VoiceStreams(settings.Model).EnterAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The most samples of a recording with so many channels at any rate: its memory is bounded before its length is known.</summary>
    public long MostSamples(AudioFormat format) => format.FramesIn(options.Value.Limits.MaximumAudioDuration) * format.Channels;

    public static void CheckFormat(int sampleRate, int channels)
    {
        if (sampleRate is < LowestRate or > HighestRate)
            throw Refusal.BadRequest("audio-rate", $"The sample rate is from {LowestRate} to {HighestRate} Hz.").Exception();
        if (channels is < 1 or > 8)
            throw Refusal.BadRequest("audio-channels", "A recording has 1 to 8 channels.").Exception();
    }

    public RefusalException TooLong() =>
        Refusal.TooLarge($"The recording is longer than {options.Value.Limits.MaximumAudioDuration.TotalSeconds:0} s.").Exception();

    // A streaming engine need not be able to convert recordings too; then it says itself which voices it has.
    IReadOnlyCollection<string>? VoicesOf(string? model)
    {
        try
        {
            return engines.Get<IVoiceConverter>(model).Voices;
        }
        catch (RefusalException)
        {
            return null;
        }
    }

    static VoiceConversionRequest Check(VoiceSettings settings, IReadOnlyCollection<string>? voices)
    {
        if (!(Math.Abs(settings.Transpose) <= MostTranspose))
            throw Refusal.BadRequest("transpose-range", $"The interval is from -{MostTranspose} to {MostTranspose} semitones.").Exception();
        // A model that is not loaded yet lists no voices.
        if (settings.Voice is { } voice && voices is { Count: > 0 } && !voices.Contains(voice))
            throw Refusal.NotFound("voice-unknown", "The model has no such voice; GET v1/voices lists those it has.").Exception();
        return ToRequest(settings);
    }

    static VoiceConversionRequest ToRequest(VoiceSettings settings) => new() { Voice = settings.Voice, Transpose = settings.Transpose, Seed = settings.Seed };
}
