using Microsoft.Extensions.Options;
using MultiModal.AspNetCore.Errors;
using MultiModal.AspNetCore.Jobs;
using MultiModal.AspNetCore.Limits;
using MultiModal.Capabilities;
using MultiModal.Images;

namespace MultiModal.AspNetCore.Engines;

/// <summary>Drawing and editing as the host offers them, however they are asked for.</summary>
internal sealed class ImageWork(EngineCatalogue engines, EngineQueues queues, JobRunner jobs, IOptions<MultiModalHostOptions> options)
{
    const int SmallestSide = 8;

    LimitOptions Limits => options.Value.Limits;

    public Job Generate(string owner, ImageSettings settings, bool keep)
    {
        CheckPrompt(settings.Prompt);
        CheckPrompt(settings.NegativePrompt ?? "", mayBeEmpty: true);
        CheckSize(settings.Width, settings.Height);
        Check(settings.Count >= 1 && settings.Count <= Limits.MaximumImages, "count-range", $"A request is for 1 to {Limits.MaximumImages} pictures.");
        Check(settings.Steps is null || (settings.Steps >= 1 && settings.Steps <= Limits.MaximumSteps), "steps-range", $"There are 1 to {Limits.MaximumSteps} steps.");
        Check(settings.Guidance is null or (>= 0 and <= 100), "guidance-range", "The guidance is from 0 to 100.");
        Check(settings.PreviewEvery >= 0, "preview-range", "Previews are made after every so many steps: 1 or more, or 0 for none.");
        var engine = engines.Get<IImageGenerator>(settings.Model);
        var request = new ImageGenerationRequest(settings.Prompt)
        {
            NegativePrompt = settings.NegativePrompt,
            Width = settings.Width,
            Height = settings.Height,
            Count = settings.Count,
            Seed = settings.Seed,
            Steps = settings.Steps,
            Guidance = settings.Guidance,
            PreviewEvery = settings.PreviewEvery,
        };
        return jobs.Begin("image", owner, queues.Images(settings.Model), async (job, cancellationToken) =>
        {
            var result = engine is IStreamingImageGenerator streaming
                ? await FollowAsync(streaming, request, job, cancellationToken).ConfigureAwait(false)
                : await engine.GenerateAsync(request, job, cancellationToken).ConfigureAwait(false);
            return Pictures(result, settings.Model, cancellationToken);
        }, keep);
    }

    public Job Edit(string owner, EditSettings settings, bool keep)
    {
        CheckPrompt(settings.Prompt);
        CheckPrompt(settings.NegativePrompt ?? "", mayBeEmpty: true);
        CheckSize(settings.Image.Width, settings.Image.Height);
        Check(settings.Strength is null or (>= 0 and <= 1), "strength-range", "The strength is from 0 to 1.");
        Check(settings.Mask is null || (settings.Mask.Width == settings.Image.Width && settings.Mask.Height == settings.Image.Height), "mask-size", "The mask has the size of the picture.");
        var engine = engines.Get<IImageEditor>(settings.Model);
        var request = new ImageEditRequest(settings.Prompt)
        {
            NegativePrompt = settings.NegativePrompt,
            Mask = settings.Mask,
            Strength = settings.Strength,
            Seed = settings.Seed,
        };
        return jobs.Begin("image-edit", owner, queues.Images(settings.Model), async (job, cancellationToken) =>
        {
            var result = await engine.EditAsync(settings.Image, request, job, cancellationToken).ConfigureAwait(false);
            return Pictures(result, settings.Model, cancellationToken);
        }, keep);
    }

    /// <summary>Reads an uploaded picture within the limits.</summary>
    public ImageBuffer Decode(ReadOnlyMemory<byte> png, string name, CancellationToken cancellationToken)
    {
        try
        {
            // Sixteen-bit RGBA takes eight bytes a pixel, and a byte a row.
            var codec = new PngCodec(new()
            {
                MaximumPixels = Limits.MaximumPixels,
                MaximumInflatedBytes = 9L * Limits.MaximumPixels,
                MaximumFileBytes = Limits.MaximumUploadBytes,
                MaximumTextBytes = 64 << 10,
            });
            return codec.Decode(png, name, cancellationToken);
        }
        catch (InvalidFileException error)
        {
            throw Refusal.BadRequest("image-damaged", $"The {name} is not a PNG file that this host takes: {error.Problem}").Exception();
        }
    }

    static async Task<ImageGenerationResult> FollowAsync(IStreamingImageGenerator engine, ImageGenerationRequest request, Job job, CancellationToken cancellationToken)
    {
        ImageGenerationResult? result = null;
        await foreach (var update in engine.GenerateStreamingAsync(request, cancellationToken).ConfigureAwait(false))
        {
            switch (update)
            {
                case ImageGenerationUpdate.Progress step:
                    job.Report(step.Fraction);
                    break;
                case ImageGenerationUpdate.Preview { Images: [var first, ..] }:
                    job.Preview(first);
                    break;
                case ImageGenerationUpdate.Completed done:
                    result = done.Result;
                    break;
            }
        }

        return result ?? throw new InvalidOperationException("The engine ended without a result.");
    }

    static JobResult Pictures(ImageGenerationResult result, string? model, CancellationToken cancellationToken) => new([.. result.Images.Select((image, number) =>
        new JobItem("image/png", PngCodec.Default.Encode(image, cancellationToken)) { Seed = result.Seed + number })])
    {
        Model = result.Model ?? model,
    };

    void CheckPrompt(string prompt, bool mayBeEmpty = false)
    {
        Check(mayBeEmpty || !string.IsNullOrWhiteSpace(prompt), "prompt-empty", "A prompt is needed.");
        Check(prompt.Length <= Limits.MaximumPromptLength, "prompt-length", $"A prompt has at most {Limits.MaximumPromptLength} characters.");
    }

    void CheckSize(int? width, int? height)
    {
        Check(width is null or >= SmallestSide && height is null or >= SmallestSide, "size-range", $"A side has {SmallestSide} pixels or more.");
        Check((long)(width ?? SmallestSide) * (height ?? SmallestSide) <= Limits.MaximumPixels, "size-range", $"A picture has at most {Limits.MaximumPixels} pixels.");
    }

    static void Check(bool holds, string code, string detail)
    {
        if (!holds)
            throw Refusal.BadRequest(code, detail).Exception();
    }
}
