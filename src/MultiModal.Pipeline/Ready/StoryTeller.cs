using MultiModal.Capabilities;
using MultiModal.Pipeline.Composition;
using MultiModal.Pipeline.Steps;

namespace MultiModal.Pipeline.Ready;

/// <summary>A text, spoken in a chosen voice and illustrated at the same time; the picture is drawn anew until its caption says the text.</summary>
public static class StoryTeller
{
    /// <summary>The usual name.</summary>
    public const string Name = "story-teller";

    /// <summary>Describes the pipeline, to be built or continued.</summary>
    /// <param name="options">Engines and manners; null for the defaults.</param>
    public static PipelineBuilder<string, Story> Describe(StoryTellerOptions? options = null)
    {
        options ??= new();
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxAttempts, 1);
        return PipelineBuilder.Create<string>(Name)
            .Censor(options.TextCensor)
            .Fork(
                static way => way,
                way =>
                {
                    var spoken = way.Speak(options.Synthesizer, options.Speech);
                    return options.ConvertVoice ? spoken.ConvertVoice(options.Converter, options.Voice) : spoken;
                },
                way => way.ThenFrom("illustrate", services => new IllustrateStep(
                    EngineSteps.Find<IImageGenerator>(services, options.Generator), EngineSteps.Find<IImageDescriber>(services, options.Describer),
                    EngineSteps.Find<IImageCensor>(services, options.ImageCensor), options)))
            .Join(static (text, speech, illustration) => new Story(text, speech, illustration));
    }
}
