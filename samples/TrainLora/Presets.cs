using MultiModal.Diffusion.Training;

namespace TrainLora;

/// <summary>Settings that suit a purpose; every one can be overridden on the command line.</summary>
static class Presets
{
    public static readonly IReadOnlyDictionary<string, LoraTrainingOptions> All = new Dictionary<string, LoraTrainingOptions>(StringComparer.OrdinalIgnoreCase)
    {
        // A way of drawing, from 20 to some hundred pictures.
        ["style"] = new()
        {
            Rank = 16, Targets = LoraTargetLayers.Linear, Steps = 1500, LearningRate = 2e-4, WarmupSteps = 50, LearningRateShape = LearningRateShape.Cosine,
            LearningRateFloor = 0.1, MinSnrGamma = 5, NoiseOffset = 0.05f, CaptionDropout = 0.05f,
        },

        // One thing or person, from a few pictures; the text encoder learns the new word.
        ["subject"] = new()
        {
            Rank = 8, TrainText = true, Steps = 800, LearningRate = 1e-4, TextLearningRate = 5e-5, WarmupSteps = 20, LearningRateShape = LearningRateShape.Cosine, LearningRateFloor = 0.1,
        },

        // Much data, much to learn.
        ["detail"] = new()
        {
            Rank = 128, Alpha = 64, Targets = LoraTargetLayers.Convolutions, ConvolutionRank = 32, Steps = 4000, GradientAccumulation = 4, LearningRate = 1e-4, WarmupSteps = 100,
            LearningRateShape = LearningRateShape.Cosine, LearningRateFloor = 0.1, MinSnrGamma = 5, AverageDecay = 0.999,
        },

        // A look at whether it runs, in a minute.
        ["quick"] = new() { Rank = 4, Steps = 25, LearningRate = 5e-4, CheckpointEvery = 0 },
    };
}
