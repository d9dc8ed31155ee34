using MultiModal.Voice.Training;
using MultiModal.Voice.Training.Networks;

namespace TrainVoice;

/// <summary>Sizes to begin with; --config takes a model's own instead.</summary>
static class Presets
{
    public static IReadOnlyDictionary<string, (string Description, VoiceTrainingConfig Config, DiscriminatorConfig Discriminator)> All { get; } =
        new Dictionary<string, (string, VoiceTrainingConfig, DiscriminatorConfig)>
        {
            ["4.1"] = ("So-VITS-SVC 4.1 (units of 768 channels), 44.1 kHz, 52 million parameters", new(), DiscriminatorConfig.Original),
            ["4.0"] = ("So-VITS-SVC 4.0 (units of 256 channels), 44.1 kHz, 45 million parameters", new() { SpeakerChannels = 256 }, DiscriminatorConfig.Original),
            ["guide"] = (
                "what common guides say: batches of 16 in four parts, rate 3e-4",
                new() { BatchSize = 16, GradientAccumulationSteps = 4, LearningRate = 3e-4, Epochs = 500 }, DiscriminatorConfig.Original),
            ["small"] = (
                "16 kHz, a few million parameters: trains on a processor within hours",
                new()
                {
                    SampleRate = 16000, SourceSampleRate = 16000, FilterLength = 1024, HopLength = 256, SegmentSize = 8192, BatchSize = 12, LearningRate = 1e-3,
                    LearningRateDecay = 0.98, InterChannels = 96, HiddenChannels = 128, FilterChannels = 384, Layers = 3, FlowLayers = 1, SpeakerChannels = 64,
                    PairedResiduals = false, ResidualKernels = [3, 7], ResidualDilations = [[1, 3], [1, 3]], UpsampleRates = [8, 8, 4], UpsampleKernels = [16, 16, 8],
                    UpsampleInitialChannels = 128,
                },
                DiscriminatorConfig.Small),
        };
}
