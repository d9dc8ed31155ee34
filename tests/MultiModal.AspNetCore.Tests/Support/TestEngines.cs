using System.Runtime.CompilerServices;
using MultiModal.Audio;
using MultiModal.Capabilities;
using MultiModal.Images;

namespace MultiModal.AspNetCore.Tests.Support;

/// <summary>Halves every sample, as "alto"; turns them round, as "bass". Slow or failing where a test wants it so.</summary>
sealed class TestVoice : IVoiceConverter, IStreamingVoiceConverter
{
    public IReadOnlyCollection<string> Voices => ["alto", "bass"];

    /// <summary>Awaited by every conversion.</summary>
    public Func<CancellationToken, Task>? Before { get; set; }

    public int Finished;
    public int Cancelled;

    public async Task<AudioClip> ConvertAsync(AudioClip input, VoiceConversionRequest? request = null, IProgress<double>? progress = null, CancellationToken cancellationToken = default)
    {
        try
        {
            if (Before is { } before)
                await before(cancellationToken);
            progress?.Report(0.5);
            var output = Apply(input.ToMono(), request);
            Interlocked.Increment(ref Finished);
            return output;
        }
        catch (OperationCanceledException)
        {
            Interlocked.Increment(ref Cancelled);
            throw;
        }
    }

    public async IAsyncEnumerable<AudioClip> ConvertStreamAsync(
        IAsyncEnumerable<AudioClip> input, VoiceConversionRequest? request = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        // As real engines do, it is one piece behind and makes up for that at the end.
        AudioClip? held = null;
        await foreach (var clip in input.WithCancellation(cancellationToken))
        {
            if (held is not null)
                yield return Apply(held, request);
            held = clip;
        }

        if (held is not null)
            yield return Apply(held, request);
        Interlocked.Increment(ref Finished);
    }

    public static float Expected(float sample, string? voice) => voice == "bass" ? -sample : sample / 2;

    static AudioClip Apply(AudioClip clip, VoiceConversionRequest? request)
    {
        var samples = clip.Channel(0).ToArray();
        for (var i = 0; i < samples.Length; i++)
            samples[i] = Expected(samples[i], request?.Voice);
        return new(samples, clip.SampleRate);
    }
}

/// <summary>Draws one colour, which the seed chooses, in as many steps as asked for.</summary>
sealed class TestPainter : IImageGenerator, IStreamingImageGenerator, IImageEditor
{
    public Func<int, CancellationToken, Task>? BeforeStep { get; set; }

    /// <summary>A prompt that is never done.</summary>
    public string? SlowPrompt { get; set; }

    public int Finished;
    public int Cancelled;

    public async IAsyncEnumerable<ImageGenerationUpdate> GenerateStreamingAsync(
        ImageGenerationRequest request, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        if (request.Width is { } width && width % 8 != 0)
            throw new ArgumentException("/srv/models/secret.safetensors: the width is no multiple of 8.", nameof(request));
        if (request.Prompt == "explode")
            throw new InvalidFileException("/srv/models/secret.safetensors", "The file is damaged.");
        var steps = request.Steps ?? 4;
        for (var step = 1; step <= steps; step++)
        {
            if (BeforeStep is not null || request.Prompt == SlowPrompt)
            {
                try
                {
                    await (request.Prompt == SlowPrompt ? Task.Delay(Timeout.Infinite, cancellationToken) : BeforeStep!(step, cancellationToken));
                }
                catch (OperationCanceledException)
                {
                    Interlocked.Increment(ref Cancelled);
                    throw;
                }
            }

            yield return new ImageGenerationUpdate.Progress(step / (double)steps);
            if (request.PreviewEvery > 0 && step % request.PreviewEvery == 0)
                yield return new ImageGenerationUpdate.Preview([Colour(8, 8, step)]);
        }

        Interlocked.Increment(ref Finished);
        var seed = request.Seed ?? 1;
        yield return new ImageGenerationUpdate.Completed(
            new([.. Enumerable.Range(0, request.Count).Select(i => Colour(request.Width ?? 16, request.Height ?? 16, seed + i))]) { Seed = seed, Model = "painter" });
    }

    public async Task<ImageGenerationResult> GenerateAsync(ImageGenerationRequest request, IProgress<double>? progress = null, CancellationToken cancellationToken = default)
    {
        await foreach (var update in GenerateStreamingAsync(request, cancellationToken))
        {
            if (update is ImageGenerationUpdate.Completed done)
                return done.Result;
        }

        throw new InvalidOperationException();
    }

    public Task<ImageGenerationResult> EditAsync(ImageBuffer image, ImageEditRequest request, IProgress<double>? progress = null, CancellationToken cancellationToken = default)
    {
        var edited = new ImageBuffer(image.Width, image.Height, image.Channels, image.Pixels.ToArray());
        for (var i = 0; i < edited.Pixels.Length; i++)
            edited.Pixels[i] = (byte)(255 - edited.Pixels[i]);
        return Task.FromResult(new ImageGenerationResult([edited]) { Seed = request.Seed });
    }

    public static ImageBuffer Colour(int width, int height, long seed)
    {
        var image = new ImageBuffer(width, height);
        image.Pixels.Fill((byte)seed);
        return image;
    }
}
