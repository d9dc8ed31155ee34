using MultiModal.Audio;
using MultiModal.Images;
using MultiModal.Pipeline.Composition;
using MultiModal.Pipeline.Steps;

namespace MultiModal.Pipeline.Ready;

/// <summary>Voice to text to a checked prompt to a checked picture to its caption.</summary>
public static class SpeechToPicture
{
    /// <summary>The usual name.</summary>
    public const string Name = "speech-to-picture";

    /// <summary>Describes the pipeline, to be built or continued.</summary>
    /// <param name="options">Engines and manners; null for the defaults.</param>
    public static PipelineBuilder<AudioClip, SpeechPicture> Describe(SpeechToPictureOptions? options = null)
    {
        options ??= new();
        return PipelineBuilder.Create<AudioClip>(Name)
            .Enrich(static speech => speech, way => way.Recognize(options.Recognizer, new() { Language = options.Language }).Censor(options.TextCensor), static (speech, text) => new SpeechPicture(speech) { Text = text })
            .Enrich(static made => made.Text, way => way.Prompt(options.Template), static (made, prompt) => made with { Prompt = prompt })
            .Enrich(static made => made.Prompt, way => Draw(way, options).Censor(options.ImageCensor), static (made, image) => made with { Image = image })
            .Enrich(static made => made.Image, way => way.Describe(options.Describer), static (made, caption) => made with { Caption = caption });
    }

    static PipelineBuilder<string, ImageBuffer> Draw(PipelineBuilder<string, string> way, SpeechToPictureOptions options) => options.FallbackGenerator is { } other
        ? way.Fallback("draw", first => first.Draw(options.Generator, options.Picture, $"draw by {options.Generator ?? "default"}", options.Drawing), next => next.Draw(other, options.Picture, $"draw by {other}", options.Drawing))
        : way.Draw(options.Generator, options.Picture, "draw", options.Drawing);
}
