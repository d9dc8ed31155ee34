using MultiModal.Audio;
using MultiModal.Testing;
using MultiModal.Voice.Tests.Conversion;
using MultiModal.Voice.Training;
using MultiModal.Voice.Training.Data;

namespace MultiModal.Voice.Tests.Training;

/// <summary>A voice so small that a step takes a blink, and a data set of glides for it.</summary>
static class TinyTraining
{
    public static VoiceTrainingConfig Config { get; } = new()
    {
        SampleRate = 16000, SourceSampleRate = 16000, FilterLength = 256, HopLength = 64, MelChannels = 20, SegmentSize = 512, BatchSize = 2, LearningRate = 2e-3,
        InterChannels = 8, HiddenChannels = 16, FilterChannels = 16, Layers = 1, FlowLayers = 1, SpeakerChannels = 4, PairedResiduals = false,
        ResidualKernels = [3], ResidualDilations = [[1, 3]], UpsampleRates = [8, 8], UpsampleKernels = [16, 16], UpsampleInitialChannels = 16,
        EvaluationInterval = 1000, LogInterval = 2,
    };

    public static async Task<VoiceDataset> DataAsync(TemporaryFolder folder, PlainEncoder? encoder = null, int speakers = 2)
    {
        for (var s = 0; s < speakers; s++)
        {
            Directory.CreateDirectory(folder.File($"clips/s{s}"));
            for (var i = 0; i < 4; i++)
                if (folder.File($"clips/s{s}/{i}.wav") is var path && !File.Exists(path)) WavFile.Write(path, TinyVoice.Sound(0.5 + (0.1 * i) + (0.05 * s), 16000));
        }

        return await VoiceDataset.OpenAsync(folder.File("clips"), encoder ?? new(), new() { SampleRate = 16000, Hop = 64, ValidationClips = 1 });
    }

    public static VoiceTrainingOptions Options(TemporaryFolder folder, string name, long steps, TrainingStage stage = TrainingStage.Full, bool adversarial = true) => new()
    {
        Config = Config, Folder = folder.File(name), Steps = steps, Stage = stage, Adversarial = adversarial, CropFrames = 60,
        Discriminator = new() { Periods = [2], ChannelDivisor = 64 },
    };
}
