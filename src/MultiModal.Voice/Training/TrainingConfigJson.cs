using System.Text.Json.Nodes;
using MultiModal.Voice.Signal;

namespace MultiModal.Voice.Training;

/// <summary>The keys of config.json.</summary>
static class TrainingConfigJson
{
    public static VoiceTrainingConfig Read(ConfigSection root)
    {
        var (train, data, model) = (root.Section("train"), root.Section("data"), root.Section("model"));
        var d = new VoiceTrainingConfig();
        foreach (var key in (string[])["use_transformer_flow", "use_depthwise_conv", "flow_share_parameter", "use_spectral_norm"])
            if (model.Bool(key, false)) throw model.Wrong(key, "false: networks of that kind are converted with, not trained");
        if (model.Text("vocoder_name") is not (null or "nsf-hifigan")) throw model.Wrong("vocoder_name", "\"nsf-hifigan\": others are converted with, not trained");
        var betas = train.Numbers("betas");
        return new()
        {
            SampleRate = data.Size("sampling_rate", d.SampleRate, 8000, 192_000),
            FilterLength = data.Size("filter_length", d.FilterLength, 16, 1 << 16),
            HopLength = data.Size("hop_length", d.HopLength, 16, 1 << 14),
            MelChannels = data.Size("n_mel_channels", d.MelChannels, 1, 1024),
            MelLowest = data.Double("mel_fmin", d.MelLowest),
            MelHighest = data.Has("mel_fmax") ? data.Double("mel_fmax", 0) : null,
            UnitAlignment = data.Text("unit_interpolate_mode") is "left" ? UnitAlignmentMode.Left : UnitAlignmentMode.Nearest,
            Epochs = train.Size("epochs", d.Epochs),
            BatchSize = train.Size("batch_size", d.BatchSize, 1, 4096),
            GradientAccumulationSteps = train.SizeOrNull("gradient_accumulation_steps", 1, 4096) ?? train.Size("accumulate_grad_batches", d.GradientAccumulationSteps, 1, 4096),
            LearningRate = train.Double("learning_rate", d.LearningRate),
            LearningRateDecay = train.Double("lr_decay", d.LearningRateDecay),
            WarmupEpochs = train.Size("warmup_epochs", d.WarmupEpochs, 0),
            Beta1 = betas is [var first, _] ? first : d.Beta1,
            Beta2 = betas is [_, var second] ? second : d.Beta2,
            Epsilon = train.Double("eps", d.Epsilon),
            SegmentSize = train.Size("segment_size", d.SegmentSize, 32),
            MelWeight = train.Double("c_mel", d.MelWeight),
            DivergenceWeight = train.Double("c_kl", d.DivergenceWeight),
            Seed = (ulong)train.Size("seed", (int)d.Seed, 0, int.MaxValue),
            LogInterval = train.Size("log_interval", d.LogInterval),
            EvaluationInterval = train.Size("eval_interval", d.EvaluationInterval),
            KeepCheckpoints = train.Size("keep_ckpts", d.KeepCheckpoints, 0),
            InterChannels = model.Size("inter_channels", d.InterChannels, 2, 1 << 14),
            HiddenChannels = model.Size("hidden_channels", d.HiddenChannels, 2, 1 << 14),
            FilterChannels = model.Size("filter_channels", d.FilterChannels, 2, 1 << 16),
            Heads = model.Size("n_heads", d.Heads, 1, 256),
            Layers = model.Size("n_layers", d.Layers, 1, 256),
            KernelSize = model.Size("kernel_size", d.KernelSize, 1, 99),
            FlowLayers = model.Size("n_flow_layer", d.FlowLayers, 1, 64),
            SpeakerChannels = model.Size("gin_channels", d.SpeakerChannels, 1, 1 << 14),
            PairedResiduals = (model.Text("resblock") ?? "1") == "1",
            ResidualKernels = model.Sizes("resblock_kernel_sizes", 99) ?? d.ResidualKernels,
            ResidualDilations = model.SizeLists("resblock_dilation_sizes", 1024) ?? d.ResidualDilations,
            UpsampleRates = model.Sizes("upsample_rates", 64) ?? d.UpsampleRates,
            UpsampleKernels = model.Sizes("upsample_kernel_sizes", 256) ?? d.UpsampleKernels,
            UpsampleInitialChannels = model.Size("upsample_initial_channel", d.UpsampleInitialChannels, 2, 1 << 14),
            VolumeEmbedding = model.Bool("vol_embedding", d.VolumeEmbedding),
            PredictsPitch = model.Bool("use_automatic_f0_prediction", d.PredictsPitch),
            SourceSampleRate = model.Size("sampling_rate", d.SourceSampleRate, 8000, 192_000),
        };
    }

    public static JsonObject Write(VoiceTrainingConfig config, IReadOnlyDictionary<string, int> speakers, int speakerCount, string encoder, int contentChannels)
    {
        static JsonArray List(IEnumerable<int> values) => [.. values.Select(v => JsonValue.Create(v))];
        var json = new JsonObject
        {
            ["train"] = new JsonObject
            {
                ["log_interval"] = config.LogInterval, ["eval_interval"] = config.EvaluationInterval, ["seed"] = config.Seed, ["epochs"] = config.Epochs,
                ["learning_rate"] = config.LearningRate, ["betas"] = new JsonArray(config.Beta1, config.Beta2), ["eps"] = config.Epsilon, ["batch_size"] = config.BatchSize,
                ["gradient_accumulation_steps"] = config.GradientAccumulationSteps, ["fp16_run"] = false, ["half_type"] = "fp16", ["lr_decay"] = config.LearningRateDecay,
                ["segment_size"] = config.SegmentSize, ["init_lr_ratio"] = 1, ["warmup_epochs"] = config.WarmupEpochs, ["c_mel"] = config.MelWeight,
                ["c_kl"] = config.DivergenceWeight, ["use_sr"] = true, ["max_speclen"] = 512, ["port"] = "8001", ["keep_ckpts"] = config.KeepCheckpoints,
                ["all_in_mem"] = true, ["vol_aug"] = false,
            },
            ["data"] = new JsonObject
            {
                ["training_files"] = "filelists/train.txt", ["validation_files"] = "filelists/val.txt", ["max_wav_value"] = 32768.0, ["sampling_rate"] = config.SampleRate,
                ["filter_length"] = config.FilterLength, ["hop_length"] = config.HopLength, ["win_length"] = config.FilterLength, ["n_mel_channels"] = config.MelChannels,
                ["mel_fmin"] = config.MelLowest, ["mel_fmax"] = config.MelHighest ?? config.SampleRate / 2.0,
                ["unit_interpolate_mode"] = config.UnitAlignment == UnitAlignmentMode.Left ? "left" : "nearest",
            },
            ["model"] = new JsonObject
            {
                ["inter_channels"] = config.InterChannels, ["hidden_channels"] = config.HiddenChannels, ["filter_channels"] = config.FilterChannels, ["n_heads"] = config.Heads,
                ["n_layers"] = config.Layers, ["kernel_size"] = config.KernelSize, ["p_dropout"] = 0.0, ["resblock"] = config.PairedResiduals ? "1" : "2",
                ["resblock_kernel_sizes"] = List(config.ResidualKernels), ["resblock_dilation_sizes"] = new JsonArray([.. config.ResidualDilations.Select(List)]),
                ["upsample_rates"] = List(config.UpsampleRates), ["upsample_initial_channel"] = config.UpsampleInitialChannels,
                ["upsample_kernel_sizes"] = List(config.UpsampleKernels), ["n_layers_q"] = 3, ["n_layers_trans_flow"] = 3, ["n_flow_layer"] = config.FlowLayers,
                ["use_spectral_norm"] = false, ["gin_channels"] = config.SpeakerChannels, ["ssl_dim"] = contentChannels, ["n_speakers"] = speakerCount,
                ["vocoder_name"] = "nsf-hifigan", ["speech_encoder"] = encoder, ["speaker_embedding"] = false, ["vol_embedding"] = config.VolumeEmbedding,
                ["use_depthwise_conv"] = false, ["flow_share_parameter"] = false, ["use_automatic_f0_prediction"] = config.PredictsPitch, ["use_transformer_flow"] = false,
            },
            ["spk"] = new JsonObject(speakers.OrderBy(s => s.Value).Select(s => KeyValuePair.Create<string, JsonNode?>(s.Key, s.Value))),
        };
        // The original's constructor takes it from this section; where it is the default, its files have no such key.
        if (config.SourceSampleRate != 44100) json["model"]!["sampling_rate"] = config.SourceSampleRate;
        return json;
    }
}
