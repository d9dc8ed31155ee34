using MultiModal.Diffusion.Networks;
using MultiModal.Diffusion.Schedulers;
using MultiModal.Diffusion.Training;
using MultiModal.Diffusion.Training.Data;
using MultiModal.Diffusion.Training.Models;

namespace TrainDemoDiffusion;

/// <summary>The dimensions: Stable Diffusion's layout with 9.8 million weights, 64x64 pixels by way of latents of 16x16.</summary>
static class DemoModel
{
    const int TextFeatures = 128, Tokens = 24;

    /// <summary>Makes the model's folder with a tokenizer of the captions' words and fresh weights, unless it is there.</summary>
    public static async Task CreateAsync(string folder, ImageDataset dataset, CancellationToken cancellationToken)
    {
        if (File.Exists(Path.Combine(folder, "model_index.json"))) return;
        var tokenizer = await ClipTokenizerTrainer.WriteAsync(Path.Combine(folder, "tokenizer"), dataset.Images.Select(i => i.Captions[0]), length: Tokens, cancellationToken: cancellationToken);
        await ModelTrainer.CreateAsync(folder, new(
            new()
            {
                VocabularySize = tokenizer.VocabularySize, EndToken = tokenizer.EosId, HiddenSize = TextFeatures, IntermediateSize = 4 * TextFeatures, Layers = 2, Heads = 4,
                MaximumTokens = Tokens,
            },
            new()
            {
                // Most of the weights are where there are few positions: there they cost little time, and what is learnt is what things look like.
                SampleSize = 16, BlockOutChannels = [64, 128, 176], LayersPerBlock = 1, NormGroups = 16, CrossAttentionSize = TextFeatures,
                DownHasAttention = [false, true, false], UpHasAttention = [false, true, false], Heads = [4, 4, 4], TransformerLayers = [1, 1, 1],
            },
            new VaeConfig { BlockOutChannels = [24, 48, 96], LayersPerBlock = 1, NormGroups = 8 },
            SchedulerConfig.DefaultsOf("DDIMScheduler") with
            {
                BetaStart = 0.00085, BetaEnd = 0.012, BetaSchedule = "scaled_linear", PredictionType = PredictionType.VPrediction,
                TimestepSpacing = TimestepSpacing.Trailing, ClipSample = false, SetAlphaToOne = false, StepsOffset = 1,
            }), seed: 7, cancellationToken);
    }
}
