using MultiModal.Capabilities;
using MultiModal.Pipeline.Composition;
using MultiModal.Pipeline.Ready;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds ready pipelines to a container, each as <see cref="Pipeline{TIn, TOut}"/> with its usual name as key.</summary>
public static class ReadyPipelineExtensions
{
    /// <summary>Adds <see cref="SpeechToPicture"/>.</summary>
    /// <param name="services">The container.</param>
    /// <param name="options">Engines and manners; null for the defaults.</param>
    public static IServiceCollection AddSpeechToPicture(this IServiceCollection services, SpeechToPictureOptions? options = null) =>
        services.AddPipeline<MultiModal.Audio.AudioClip, SpeechPicture>(SpeechToPicture.Name, start => start.Then(SpeechToPicture.Describe(options)));

    /// <summary>Adds <see cref="StoryTeller"/>.</summary>
    /// <param name="services">The container.</param>
    /// <param name="options">Engines and manners; null for the defaults.</param>
    public static IServiceCollection AddStoryTeller(this IServiceCollection services, StoryTellerOptions? options = null) =>
        services.AddPipeline<string, Story>(StoryTeller.Name, start => start.Then(StoryTeller.Describe(options)));

    /// <summary>Adds <see cref="VoiceSwap"/>.</summary>
    /// <param name="services">The container.</param>
    /// <param name="converter">The key of who converts; null for the one without.</param>
    /// <param name="voice">Which voice; null for the converter's first.</param>
    public static IServiceCollection AddVoiceSwap(this IServiceCollection services, string? converter = null, VoiceConversionRequest? voice = null) =>
        services.AddPipeline<IAsyncEnumerable<MultiModal.Audio.AudioClip>, IAsyncEnumerable<MultiModal.Audio.AudioClip>>(VoiceSwap.Name, start => start.Then(VoiceSwap.Describe(converter, voice)));
}
