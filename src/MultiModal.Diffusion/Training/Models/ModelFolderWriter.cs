using System.Text.Json;
using MultiModal.Diffusion.Networks;
using MultiModal.Diffusion.Schedulers;
using MultiModal.Diffusion.Text;

namespace MultiModal.Diffusion.Training.Models;

/// <summary>Writes what describes a model in diffusers' layout: model_index.json and each component's configuration. Weights go beside them.</summary>
public static class ModelFolderWriter
{
    /// <summary>Writes everything but tokenizer and weights.</summary>
    /// <param name="folder">The folder; made where it is missing.</param>
    /// <param name="model">The dimensions.</param>
    /// <param name="cancellationToken">Stops between files.</param>
    /// <exception cref="ArgumentException">The parts do not fit each other.</exception>
    public static async Task WriteAsync(string folder, NewModel model, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentNullException.ThrowIfNull(model);
        if (model.UNet.CrossAttentionSize != model.Text.HiddenSize)
            throw new ArgumentException($"The UNet reads texts of {model.UNet.CrossAttentionSize} features, the text encoder gives {model.Text.HiddenSize}.", nameof(model));
        if (model.UNet.OutChannels != model.Vae.LatentChannels)
            throw new ArgumentException($"The UNet predicts {model.UNet.OutChannels} channels, the autoencoder has {model.Vae.LatentChannels}.", nameof(model));
        await WriteAsync(folder, "model_index.json", new Dictionary<string, object>
        {
            ["_class_name"] = "StableDiffusionPipeline", ["_diffusers_version"] = "0.27.2",
            ["scheduler"] = Part("diffusers", model.Scheduler.ClassName), ["unet"] = Part("diffusers", "UNet2DConditionModel"), ["vae"] = Part("diffusers", "AutoencoderKL"),
            ["tokenizer"] = Part("transformers", "CLIPTokenizer"), ["text_encoder"] = Part("transformers", "CLIPTextModel"),
            ["safety_checker"] = Part(null, null), ["feature_extractor"] = Part(null, null), ["requires_safety_checker"] = false,
        }, cancellationToken).ConfigureAwait(false);
        await WriteAsync(folder, "scheduler/scheduler_config.json", Scheduler(model.Scheduler), cancellationToken).ConfigureAwait(false);
        await WriteAsync(folder, "text_encoder/config.json", Text(model.Text), cancellationToken).ConfigureAwait(false);
        await WriteAsync(folder, "unet/config.json", UNet(model.UNet), cancellationToken).ConfigureAwait(false);
        await WriteVaeAsync(folder, model.Vae, model.UNet, cancellationToken).ConfigureAwait(false);

        static object Part(string? library, string? name) => new[] { library, name };
    }

    /// <summary>Writes what describes the autoencoder.</summary>
    internal static Task WriteVaeAsync(string folder, VaeConfig vae, UNetConfig unet, CancellationToken cancellationToken) =>
        WriteAsync(folder, "vae/config.json", Vae(vae, unet), cancellationToken);

    static async Task WriteAsync(string folder, string name, IReadOnlyDictionary<string, object> values, CancellationToken cancellationToken)
    {
        var path = Path.Combine(folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await File.WriteAllBytesAsync(path, ModelJson.Bytes(values), cancellationToken).ConfigureAwait(false);
    }

    static Dictionary<string, object> Scheduler(SchedulerConfig config)
    {
        if (config.TrainedBetas is not null) throw new ArgumentException("A listed noise schedule cannot be written; use a named one.", nameof(config));
        return new()
        {
            ["_class_name"] = config.ClassName, ["_diffusers_version"] = "0.27.2", ["num_train_timesteps"] = config.TrainTimesteps,
            ["beta_start"] = config.BetaStart, ["beta_end"] = config.BetaEnd, ["beta_schedule"] = config.BetaSchedule,
            ["prediction_type"] = config.PredictionType switch { PredictionType.Epsilon => "epsilon", PredictionType.VPrediction => "v_prediction", _ => "sample" },
            ["timestep_spacing"] = JsonNamingPolicy.SnakeCaseLower.ConvertName(config.TimestepSpacing.ToString()),
            ["steps_offset"] = config.StepsOffset, ["set_alpha_to_one"] = config.SetAlphaToOne, ["rescale_betas_zero_snr"] = config.RescaleBetasZeroSnr,
            ["clip_sample"] = config.ClipSample, ["skip_prk_steps"] = true,
        };
    }

    static Dictionary<string, object> Text(ClipTextConfig config) => new()
    {
        ["architectures"] = new[] { "CLIPTextModel" }, ["model_type"] = "clip_text_model", ["vocab_size"] = config.VocabularySize, ["hidden_size"] = config.HiddenSize,
        ["intermediate_size"] = config.IntermediateSize, ["num_hidden_layers"] = config.Layers, ["num_attention_heads"] = config.Heads,
        ["max_position_embeddings"] = config.MaximumTokens, ["hidden_act"] = config.QuickGelu ? "quick_gelu" : "gelu", ["layer_norm_eps"] = config.LayerNormEpsilon,
        ["bos_token_id"] = config.EndToken - 1, ["eos_token_id"] = config.EndToken, ["pad_token_id"] = config.EndToken, ["projection_dim"] = config.HiddenSize,
        ["torch_dtype"] = "float16",
    };

    static Dictionary<string, object> UNet(UNetConfig config)
    {
        if (config.AdditionTimeSize is not null || config.GuidanceEmbeddingSize is not null)
            throw new ArgumentException("Models with added conditions (SDXL, LCM) cannot be made from nothing.", nameof(config));
        return new()
        {
            ["_class_name"] = "UNet2DConditionModel", ["_diffusers_version"] = "0.27.2", ["sample_size"] = config.SampleSize, ["in_channels"] = config.InChannels,
            ["out_channels"] = config.OutChannels, ["flip_sin_to_cos"] = config.FlipSinToCos, ["freq_shift"] = config.FrequencyShift,
            ["down_block_types"] = config.DownHasAttention.Select(a => a ? "CrossAttnDownBlock2D" : "DownBlock2D").ToArray(),
            ["mid_block_type"] = "UNetMidBlock2DCrossAttn",
            ["up_block_types"] = config.UpHasAttention.Select(a => a ? "CrossAttnUpBlock2D" : "UpBlock2D").ToArray(),
            ["block_out_channels"] = config.BlockOutChannels, ["layers_per_block"] = config.LayersPerBlock, ["downsample_padding"] = config.DownsamplePadding,
            ["act_fn"] = "silu", ["norm_num_groups"] = config.NormGroups, ["norm_eps"] = config.NormEpsilon, ["cross_attention_dim"] = config.CrossAttentionSize,
            ["transformer_layers_per_block"] = config.TransformerLayers, ["attention_head_dim"] = config.Heads, ["use_linear_projection"] = config.LinearProjection,
        };
    }

    static Dictionary<string, object> Vae(VaeConfig config, UNetConfig unet) => new()
    {
        ["_class_name"] = "AutoencoderKL", ["_diffusers_version"] = "0.27.2", ["in_channels"] = config.InChannels, ["out_channels"] = config.OutChannels,
        ["latent_channels"] = config.LatentChannels, ["block_out_channels"] = config.BlockOutChannels, ["layers_per_block"] = config.LayersPerBlock,
        ["down_block_types"] = config.BlockOutChannels.Select(_ => "DownEncoderBlock2D").ToArray(),
        ["up_block_types"] = config.BlockOutChannels.Select(_ => "UpDecoderBlock2D").ToArray(),
        ["act_fn"] = "silu", ["norm_num_groups"] = config.NormGroups, ["sample_size"] = unet.SampleSize * config.Factor,
        ["scaling_factor"] = config.ScalingFactor, ["shift_factor"] = config.ShiftFactor, ["use_quant_conv"] = config.QuantConv,
        ["use_post_quant_conv"] = config.PostQuantConv, ["mid_block_add_attention"] = config.MidAttention,
    };
}
