using MultiModal.Audio;
using MultiModal.Capabilities;
using MultiModal.Pipeline.Composition;
using MultiModal.Pipeline.Steps;

namespace MultiModal.Pipeline.Ready;

/// <summary>A voice into another while it speaks.</summary>
public static class VoiceSwap
{
    /// <summary>The usual name.</summary>
    public const string Name = "voice-swap";

    /// <summary>Describes the pipeline, to be built or continued.</summary>
    /// <param name="converter">The key of who converts; null for the one without.</param>
    /// <param name="voice">Which voice; null for the converter's first.</param>
    /// <param name="ahead">How many pieces of sound may wait for the converter. Default 8.</param>
    public static PipelineBuilder<IAsyncEnumerable<AudioClip>, IAsyncEnumerable<AudioClip>> Describe(string? converter = null, VoiceConversionRequest? voice = null, int ahead = 8) =>
        PipelineBuilder.Create<IAsyncEnumerable<AudioClip>>(Name).Buffer("hear", ahead).ConvertVoice(converter, voice);
}
