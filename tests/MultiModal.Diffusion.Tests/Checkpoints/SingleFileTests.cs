using MultiModal.Diffusion.Checkpoints;
using MultiModal.Diffusion.Generation;
using MultiModal.Diffusion.Schedulers;
using MultiModal.Runtime;
using MultiModal.Runtime.Sessions;
using MultiModal.Runtime.Weights;
using MultiModal.Testing;

namespace MultiModal.Diffusion.Tests.Checkpoints;

/// <summary>The tiny models as single files: what they draw must be, to the last bit, what their folders draw.</summary>
public sealed class SingleFileTests
{
    static readonly ImageRequest Small = new("a small red apple, (on:1.3) the tree") { NegativePrompt = "fog", Seed = 7, Steps = 3, Width = 32, Height = 32, Scheduler = "DDIMScheduler" };

    static string Model(string name) => Fixtures.PathOf($"diffusion/models/{name}");

    [Theory]
    [InlineData("tiny-sd15", ModelFamily.StableDiffusion1)]
    [InlineData("tiny-sd15-fp16", ModelFamily.StableDiffusion1)]
    [InlineData("tiny-sd21v", ModelFamily.StableDiffusion1)]
    [InlineData("tiny-sdxl", ModelFamily.StableDiffusionXL)]
    public async Task A_single_file_draws_what_its_folder_draws(string name, ModelFamily family)
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("model.safetensors");
        await CheckpointConverter.ToSingleFileAsync(Model(name), path);
        await using var expected = await DiffusionModel.LoadAsync(Model(name));
        await using var actual = await DiffusionModel.LoadAsync(path, new() { Configuration = Model(name) });
        Assert.Equal(("model", family), (actual.Info.Name, actual.Info.Family));
        Assert.Equal(expected.Info with { Name = "model" }, actual.Info);
        Assert.Equal(await DrawAsync(expected, Small), await DrawAsync(actual, Small));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_checkpoint_of_PyTorch_is_found_below_its_state_dict_and_with_the_first_names(bool first)
    {
        using var folder = new TemporaryFolder();
        await CheckpointConverter.ToSingleFileAsync(Model("tiny-sd15"), folder.File("model.safetensors"));
        using (var weights = SafetensorsFile.Open(folder.File("model.safetensors")))
        {
            var tensors = weights.Names.ToDictionary(
                n => first ? n.Replace("transformer.text_model.", "transformer.", StringComparison.Ordinal) : n, object (n) => weights.Get(n).ToTensorData());
            tensors["cond_stage_model.transformer." + (first ? "" : "text_model.") + "embeddings.position_ids"] = TensorData.Of([.. Enumerable.Range(0, 77).Select(i => (long)i)], 1, 77);
            tensors["model_ema.decay"] = TensorData.Scalar(0.9f);
            TorchWriter.Write(folder.File("model.ckpt"), new Dictionary<string, object> { ["global_step"] = 840000L, ["state_dict"] = tensors });
        }

        await using var expected = await DiffusionModel.LoadAsync(Model("tiny-sd15"));
        await using var actual = await DiffusionModel.LoadAsync(folder.File("model.ckpt"), new() { Configuration = Model("tiny-sd15") });
        Assert.Equal(await DrawAsync(expected, Small), await DrawAsync(actual, Small));
    }

    [Fact]
    public async Task A_tokenizer_is_found_beside_the_file_or_where_the_user_says()
    {
        using var folder = new TemporaryFolder();
        await CheckpointConverter.ToSingleFileAsync(Model("tiny-sd15"), folder.File("model.safetensors"));
        var error = await Assert.ThrowsAsync<InvalidFileException>(() => DiffusionModel.LoadAsync(folder.File("model.safetensors")));
        Assert.Contains("tokenizer", error.Message, StringComparison.Ordinal);
        Assert.Contains(nameof(DiffusionModelOptions.Downloads), error.Message, StringComparison.Ordinal);

        var merges = folder.Write("tokenizer/merges.txt", File.ReadAllBytes(Path.Combine(Model("tiny-sd15"), "tokenizer", "merges.txt")));
        foreach (var options in (DiffusionModelOptions[])[new(), new() { Configuration = merges }, new() { Configuration = Path.Combine(Model("tiny-sd15"), "tokenizer") }])
        {
            // With the tokenizer alone the file has to be of a published size, which the tiny one is not: it gets as far as its weights.
            var mismatch = await Assert.ThrowsAsync<WeightMismatchException>(() => DiffusionModel.LoadAsync(folder.File("model.safetensors"), options));
            Assert.Contains("[320, 4, 3, 3]", mismatch.Message, StringComparison.Ordinal);
        }

        await Assert.ThrowsAsync<InvalidFileException>(() => DiffusionModel.LoadAsync(folder.File("model.safetensors"), new() { Configuration = Path.GetTempPath() }));
    }

    [Theory]
    [InlineData(-5, PredictionType.VPrediction)]
    [InlineData(0.4f, PredictionType.Epsilon)]
    public async Task What_a_file_of_Stable_Diffusion_2_predicts_is_found_out_by_running_it(float answer, PredictionType prediction)
    {
        // A UNet that always answers the same.
        var files = await DiffusersFolder.OpenAsync(Model("tiny-sd21v"), null, default);
        await using var networks = await DiffusionNetworks.LoadAsync(new Constant(files, answer), new(), null, default);
        Assert.Equal(prediction, networks.ProbePrediction(default));
    }

    [Fact]
    public void Flags_of_training_are_read_off_tensors_that_are_no_weights()
    {
        var layout = new SingleFileLayout(ModelFamily.StableDiffusionXL, 4, "model.diffusion_model.", null, []);
        var published = ModelConfigurations.Of(ModelFamily.StableDiffusionXL).SchedulerConfig();
        var plain = PredictionFlags.Of(With("x"), layout);
        Assert.Equal(new(null, false, null), plain);

        var zero = PredictionFlags.Of(With("v_pred", "ztsnr"), layout);
        Assert.Equal(PredictionType.VPrediction, zero.Prediction);
        var scheduler = zero.Apply(published);
        Assert.Equal((true, TimestepSpacing.Trailing), (scheduler.RescaleBetasZeroSnr, scheduler.TimestepSpacing));
        Assert.True(scheduler.For("DPMSolverMultistepScheduler").RescaleBetasZeroSnr);

        var edm = PredictionFlags.Of(With("edm_vpred.sigma_max", "edm_vpred.sigma_min"), layout).Apply(published);
        Assert.Equal(("EulerDiscreteScheduler", "continuous", true, PredictionType.VPrediction), (edm.ClassName, edm.TimestepType, edm.UseKarrasSigmas, edm.PredictionType));
        var sigmas = Scheduler.Of(edm).Plan(10).Sigmas;
        Assert.Equal((120f, 0.002f), (sigmas[0], MathF.Round(sigmas[9], 5)));
        Assert.Throws<InvalidFileException>(() => PredictionFlags.Of(With("edm_mean", "edm_std"), layout));

        static MemoryWeights With(params string[] names) => new(names.Select(n => KeyValuePair.Create(n, TensorData.Zeros(DType.Float32, 0))));
    }

    [Fact]
    public async Task What_the_user_says_of_the_prediction_holds_for_every_sampler()
    {
        await using var model = await DiffusionModel.LoadAsync(Model("tiny-sd15"), new() { Prediction = PredictionType.VPrediction, ZeroTerminalSnr = true });
        Assert.Equal(PredictionType.VPrediction, model.Info.Prediction);
        await using var plain = await DiffusionModel.LoadAsync(Model("tiny-sd15"));
        foreach (var scheduler in (string[])["DDIMScheduler", "EulerDiscreteScheduler"])
            Assert.NotEqual(await DrawAsync(plain, Small with { Scheduler = scheduler }), await DrawAsync(model, Small with { Scheduler = scheduler }));
    }

    [Theory]
    [InlineData("joint_blocks.0.x", "Stable Diffusion 3")]
    [InlineData("double_blocks.0.img_attn.norm.key_norm.scale", "Flux")]
    [InlineData("lora_unet_x.lora_down.weight", "a LoRA")]
    [InlineData("control_model.zero_convs.0.0.weight", "a ControlNet")]
    [InlineData("first_stage_model.decoder.up.0.block.0.conv1.weight", "an autoencoder")]
    [InlineData("down_blocks.0.resnets.0.conv1.weight", "diffusers folder")]
    [InlineData("something", "no Stable Diffusion model")]
    public async Task Files_of_something_else_are_named(string tensor, string kind)
    {
        using var folder = new TemporaryFolder();
        SafetensorsWriter.Write(folder.File("x.safetensors"), new Dictionary<string, TensorData> { [tensor] = TensorData.Scalar(1f) });
        var before = LiveHandles.Total;
        var error = await Assert.ThrowsAsync<InvalidFileException>(() => DiffusionModel.LoadAsync(folder.File("x.safetensors")));
        Assert.Contains(kind, error.Message, StringComparison.Ordinal);
        Assert.Equal(before, LiveHandles.Total);
    }

    /// <summary>A model whose UNet's last convolution is nothing but a bias.</summary>
    sealed class Constant : ModelFiles
    {
        readonly ModelFiles files;
        readonly float answer;

        [System.Diagnostics.CodeAnalysis.SetsRequiredMembers]
        public Constant(ModelFiles files, float answer)
        {
            (this.files, this.answer) = (files, answer);
            (Name, UNet, Vae, TextEncoders, Scheduler, ZerosForEmptyPrompt) = (files.Name, files.UNet, files.Vae, files.TextEncoders, files.Scheduler, files.ZerosForEmptyPrompt);
        }

        public override string ConfigPath(string component) => files.ConfigPath(component);

        protected override IWeightSource OpenOwnWeights(string component)
        {
            var weights = files.OpenWeights(component);
            if (component != "unet") return weights;
            var (weight, bias) = (weights.Get("conv_out.weight").ToFloat32(), weights.Get("conv_out.bias").ToFloat32());
            weight.Floats.Clear();
            bias.Floats.Fill(answer);
            return new OverlayWeights(weights, new Dictionary<string, TensorData> { ["conv_out.weight"] = weight, ["conv_out.bias"] = bias });
        }
    }

    static async Task<byte[]> DrawAsync(DiffusionModel model, ImageRequest request) => (await model.GenerateAsync(request))[0].Image.Pixels.ToArray();
}
