using Microsoft.Extensions.DependencyInjection;
using MultiModal.Audio;
using MultiModal.Capabilities;
using MultiModal.Images;
using MultiModal.Pipeline.Composition;
using MultiModal.Pipeline.Prompts;

namespace MultiModal.Pipeline.Steps;

/// <summary>
/// Steps by engines from the container: the one registered under a key, or the one registered without. Cloud and local engines stand for each other; which
/// is used is decided where they are registered.
/// </summary>
public static class EngineSteps
{
    /// <summary>Writes down what is said.</summary>
    /// <param name="builder">The description.</param>
    /// <param name="engine">The engine's key; null for the one without.</param>
    /// <param name="request">What is wanted; null for the engine's defaults.</param>
    /// <param name="name">The step's name.</param>
    /// <param name="options">How it is carried out; null for the defaults.</param>
    public static PipelineBuilder<TIn, string> Recognize<TIn>(
        this PipelineBuilder<TIn, AudioClip> builder, string? engine = null, TranscriptionRequest? request = null, string name = "recognize", StepOptions? options = null) =>
        From(builder, name, engine, (ISpeechRecognizer found) => new RecognizeStep(found, request), options);

    /// <summary>Speaks.</summary>
    /// <inheritdoc cref="Recognize" path="/param"/>
    public static PipelineBuilder<TIn, AudioClip> Speak<TIn>(
        this PipelineBuilder<TIn, string> builder, string? engine = null, SpeechRequest? request = null, string name = "speak", StepOptions? options = null) =>
        From(builder, name, engine, (ISpeechSynthesizer found) => new SynthesizeStep(found, request), options);

    /// <summary>Converts a voice.</summary>
    /// <inheritdoc cref="Recognize" path="/param"/>
    public static PipelineBuilder<TIn, AudioClip> ConvertVoice<TIn>(
        this PipelineBuilder<TIn, AudioClip> builder, string? engine = null, VoiceConversionRequest? request = null, string name = "convert voice", StepOptions? options = null) =>
        From(builder, name, engine, (IVoiceConverter found) => new ConvertVoiceStep(found, request), options);

    /// <summary>Converts a voice while it speaks.</summary>
    /// <param name="builder">The description.</param>
    /// <param name="engine">The engine's key; null for the one without.</param>
    /// <param name="request">What is wanted; null for the first voice as it comes.</param>
    /// <param name="name">The step's name.</param>
    public static PipelineBuilder<TIn, IAsyncEnumerable<AudioClip>> ConvertVoice<TIn>(
        this PipelineBuilder<TIn, IAsyncEnumerable<AudioClip>> builder, string? engine = null, VoiceConversionRequest? request = null, string name = "convert voice")
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.ThenStreamFrom<TIn, AudioClip, AudioClip>(name, services =>
        {
            var converter = Find<IStreamingVoiceConverter>(services, engine);
            return (input, _, token) => converter.ConvertStreamAsync(input, request, token);
        });
    }

    /// <summary>Draws a prompt.</summary>
    /// <inheritdoc cref="Recognize" path="/param"/>
    public static PipelineBuilder<TIn, ImageBuffer> Draw<TIn>(
        this PipelineBuilder<TIn, string> builder, string? engine = null, ImageGenerationRequest? request = null, string name = "draw", StepOptions? options = null) =>
        From(builder, name, engine, (IImageGenerator found) => new DrawStep(found, request), options);

    /// <summary>Changes a picture.</summary>
    /// <inheritdoc cref="Recognize" path="/param"/>
    public static PipelineBuilder<TIn, ImageBuffer> Edit<TIn>(
        this PipelineBuilder<TIn, ImageBuffer> builder, ImageEditRequest request, string? engine = null, string name = "edit", StepOptions? options = null) =>
        From(builder, name, engine, (IImageEditor found) => new EditStep(found, request), options);

    /// <summary>Says what a picture shows.</summary>
    /// <inheritdoc cref="Recognize" path="/param"/>
    public static PipelineBuilder<TIn, string> Describe<TIn>(
        this PipelineBuilder<TIn, ImageBuffer> builder, string? engine = null, ImageDescriptionRequest? request = null, string name = "describe", StepOptions? options = null) =>
        From(builder, name, engine, (IImageDescriber found) => new DescribeStep(found, request), options);

    /// <summary>Lets only texts through that a censor passes.</summary>
    /// <param name="builder">The description.</param>
    /// <param name="engine">The engine's key; null for the one without.</param>
    /// <param name="allowReview">Whether what a person should look at passes too.</param>
    /// <param name="name">The step's name.</param>
    /// <param name="options">How it is carried out; null for the defaults.</param>
    public static PipelineBuilder<TIn, string> Censor<TIn>(
        this PipelineBuilder<TIn, string> builder, string? engine = null, bool allowReview = false, string name = "check text", StepOptions? options = null) =>
        From(builder, name, engine, (ITextCensor found) => new CensorTextStep(found, allowReview), options);

    /// <summary>Lets only pictures through that a censor passes.</summary>
    /// <inheritdoc cref="Censor{TIn}(PipelineBuilder{TIn, string}, string?, bool, string, StepOptions?)" path="/param"/>
    public static PipelineBuilder<TIn, ImageBuffer> Censor<TIn>(
        this PipelineBuilder<TIn, ImageBuffer> builder, string? engine = null, bool allowReview = false, string name = "check picture", StepOptions? options = null) =>
        From(builder, name, engine, (IImageCensor found) => new CensorImageStep(found, allowReview), options);

    /// <summary>Asks a language model.</summary>
    /// <param name="builder">The description.</param>
    /// <param name="instructions">What the model is told to do with the text; null for nothing.</param>
    /// <param name="engine">The engine's key; null for the one without.</param>
    /// <param name="request">Model, temperature and length; null for the model's own.</param>
    /// <param name="name">The step's name.</param>
    /// <param name="options">How it is carried out; null for the defaults.</param>
    public static PipelineBuilder<TIn, string> Chat<TIn>(
        this PipelineBuilder<TIn, string> builder, string? instructions = null, string? engine = null, ChatModelRequest? request = null, string name = "chat", StepOptions? options = null) =>
        From(builder, name, engine, (IChatModel found) => new ChatStep(found, instructions, request), options);

    /// <summary>Puts a text into a template.</summary>
    /// <param name="builder">The description.</param>
    /// <param name="template">A template with the placeholder <c>{text}</c>.</param>
    /// <param name="name">The step's name.</param>
    public static PipelineBuilder<TIn, string> Prompt<TIn>(this PipelineBuilder<TIn, string> builder, PromptTemplate template, string name = "prompt")
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(template);
        return builder.Then(name, template.Fill);
    }

    internal static T Find<T>(IServiceProvider services, string? key)
        where T : class =>
        (key is null ? services.GetService<T>() : services.GetKeyedService<T>(key))
        ?? throw new InvalidOperationException($"There is no {typeof(T).Name}{(key is null ? "" : $" with the key '{key}'")}; register an engine for it, such as AddBaiduAI, AddJimeng, AddVoiceModel or AddDiffusionModel.");

    static PipelineBuilder<TIn, TNext> From<TIn, TOut, TEngine, TNext>(
        PipelineBuilder<TIn, TOut> builder, string name, string? engine, Func<TEngine, IPipelineStep<TOut, TNext>> make, StepOptions? options)
        where TEngine : class
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.ThenFrom(name, services => make(Find<TEngine>(services, engine)), options);
    }
}
