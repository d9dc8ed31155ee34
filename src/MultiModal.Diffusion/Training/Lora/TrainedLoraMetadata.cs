using System.Globalization;
using System.Text.Json;
using MultiModal.Diffusion.Checkpoints;
using MultiModal.Diffusion.Generation;
using MultiModal.Diffusion.Schedulers;
using MultiModal.Diffusion.Training.Data;

namespace MultiModal.Diffusion.Training.Lora;

/// <summary>What a LoRA's file says of how it was made, in kohya's entries (train_network.py) and those of Stability's model specification 1.0.1.</summary>
static class TrainedLoraMetadata
{
    const int TagsKept = 2000;

    public static Dictionary<string, string> Of(
        LoraTrainingOptions options, ModelFiles model, IReadOnlyList<(ImageDataset Dataset, int Batch, float Share)> data, int stepsDone, DateTimeOffset started, DateTimeOffset finished)
    {
        var dataset = data[0].Dataset;
        var prior = data.Skip(1).ToList();
        var batches = Math.Max(1, (dataset.Images.Sum(i => i.Repeats) + options.BatchSize - 1) / options.BatchSize);
        var alpha = options.Alpha ?? options.Rank;
        var resolution = dataset.Resolution;
        var (isVelocity, isXL) = (model.Scheduler.PredictionType == PredictionType.VPrediction, model.Family == ModelFamily.StableDiffusionXL);
        var entries = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["ss_session_id"] = (options.Seed ^ (ulong)started.ToUnixTimeSeconds()).ToString(CultureInfo.InvariantCulture),
            ["ss_training_started_at"] = Seconds(started),
            ["ss_training_finished_at"] = Seconds(finished),
            ["ss_output_name"] = options.Name,
            ["ss_learning_rate"] = Text(options.LearningRate),
            ["ss_unet_lr"] = options.TrainUNet ? Text(options.LearningRate) : "None",
            ["ss_text_encoder_lr"] = options.TrainText ? Text(options.TextLearningRate ?? options.LearningRate) : "None",
            ["ss_num_train_images"] = Text(dataset.Images.Sum(i => i.Repeats)),
            ["ss_num_reg_images"] = Text(prior.Sum(p => p.Dataset.Images.Count)),
            ["ss_num_batches_per_epoch"] = Text(batches),
            ["ss_num_epochs"] = Text(((stepsDone * options.GradientAccumulation) + batches - 1) / batches),
            ["ss_epoch"] = Text(stepsDone * options.GradientAccumulation / batches),
            ["ss_steps"] = Text(stepsDone),
            ["ss_max_train_steps"] = Text(options.Steps),
            ["ss_total_batch_size"] = Text(options.BatchSize * options.GradientAccumulation),
            ["ss_gradient_accumulation_steps"] = Text(options.GradientAccumulation),
            ["ss_gradient_checkpointing"] = "False",
            ["ss_lr_scheduler"] = JsonNamingPolicy.SnakeCaseLower.ConvertName(options.LearningRateShape.ToString()),
            ["ss_lr_warmup_steps"] = Text(options.WarmupSteps),
            ["ss_network_module"] = "networks.lora",
            ["ss_network_dim"] = Text(options.Rank),
            ["ss_network_alpha"] = Text(alpha),
            ["ss_network_dropout"] = "None",
            ["ss_network_args"] = options.Targets == LoraTargetLayers.Convolutions
                ? JsonSerializer.Serialize(new Dictionary<string, string> { ["conv_dim"] = Text(options.ConvolutionRank ?? options.Rank), ["conv_alpha"] = Text(options.ConvolutionAlpha ?? options.ConvolutionRank ?? options.Rank) }) : "{}",
            ["ss_mixed_precision"] = "no",
            ["ss_full_fp16"] = "False",
            ["ss_v2"] = model.Family == ModelFamily.StableDiffusion2 ? "True" : "False",
            ["ss_v_parameterization"] = isVelocity ? "True" : "False",
            ["ss_base_model_version"] = BaseModel(model.Family, isVelocity),
            ["ss_clip_skip"] = "None",
            ["ss_max_token_length"] = "None",
            ["ss_cache_latents"] = "True",
            ["ss_seed"] = options.Seed.ToString(CultureInfo.InvariantCulture),
            ["ss_noise_offset"] = options.NoiseOffset > 0 ? Text(options.NoiseOffset) : "None",
            ["ss_min_snr_gamma"] = options.MinSnrGamma is { } gamma ? Text(gamma) : "None",
            ["ss_caption_dropout_rate"] = Text(options.CaptionDropout),
            ["ss_optimizer"] = $"AdamW(weight_decay={Text(options.WeightDecay)})",
            ["ss_max_grad_norm"] = options.GradientClip is { } clip ? Text(clip) : "0.0",
            ["ss_prior_loss_weight"] = Text(prior.Count > 0 ? prior[0].Share : 1f),
            ["ss_resolution"] = $"({resolution}, {resolution})",
            ["ss_bucket_info"] = Buckets(dataset),
            ["ss_enable_bucket"] = dataset.HasBuckets ? "True" : "False",
            ["ss_tag_frequency"] = Tags(dataset),
            ["ss_dataset_dirs"] = JsonSerializer.Serialize(new Dictionary<string, object>
            {
                [dataset.FolderName] = new { n_repeats = dataset.Images.Max(i => i.Repeats), img_count = dataset.Images.Count },
            }),
            ["ss_sd_model_name"] = model.Name,
            ["modelspec.sai_model_spec"] = "1.0.1",
            ["modelspec.architecture"] = (isXL ? "stable-diffusion-xl-v1-base" : model.Family == ModelFamily.StableDiffusion2 ? isVelocity ? "stable-diffusion-v2-768-v" : "stable-diffusion-v2-512" : "stable-diffusion-v1") + "/lora",
            ["modelspec.implementation"] = "https://github.com/Stability-AI/generative-models",
            ["modelspec.title"] = options.Name,
            ["modelspec.resolution"] = $"{resolution}x{resolution}",
            ["modelspec.date"] = finished.ToString("yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture),
            ["modelspec.prediction_type"] = isVelocity ? "v" : "epsilon",
        };
        return entries;
    }

    /// <summary>What A1111 tells families apart by.</summary>
    static string BaseModel(ModelFamily family, bool isVelocity) => family switch
    {
        ModelFamily.StableDiffusion1 => "sd_v1",
        ModelFamily.StableDiffusion2 => isVelocity ? "sd_v2_v" : "sd_v2",
        ModelFamily.StableDiffusionXL => "sdxl_base_v1-0",
        _ => family.ToString(),
    };

    static string Buckets(ImageDataset dataset)
    {
        var buckets = dataset.Images.GroupBy(i => (i.Placement.Width, i.Placement.Height)).OrderBy(g => g.Key).ToList();
        var error = dataset.Images.Average(i => Math.Abs(((double)i.Width / i.Height) - ((double)i.Placement.Width / i.Placement.Height)));
        return JsonSerializer.Serialize(new
        {
            buckets = buckets.Select((g, i) => (i, g)).ToDictionary(
                b => b.i.ToString(CultureInfo.InvariantCulture), b => new { resolution = new[] { b.g.Key.Width, b.g.Key.Height }, count = b.g.Sum(i => i.Repeats) }),
            mean_img_ar_error = error,
        });
    }

    /// <summary>How often each part of the captions between commas occurs; of very many the most frequent.</summary>
    static string Tags(ImageDataset dataset)
    {
        var counts = dataset.Images.SelectMany(i => i.Captions.Distinct(StringComparer.Ordinal))
            .SelectMany(c => c.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)).CountBy(t => t)
            .OrderByDescending(t => t.Value).ThenBy(t => t.Key, StringComparer.Ordinal).Take(TagsKept).ToDictionary();
        return JsonSerializer.Serialize(new Dictionary<string, object> { [dataset.FolderName] = counts });
    }

    static string Seconds(DateTimeOffset time) => (time.ToUnixTimeMilliseconds() / 1000.0).ToString("F3", CultureInfo.InvariantCulture);

    static string Text(IFormattable number) => number.ToString(null, CultureInfo.InvariantCulture);
}
