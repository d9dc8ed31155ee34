using MultiModal.Diffusion.Checkpoints;
using MultiModal.Diffusion.Generation;
using MultiModal.Diffusion.Networks;
using MultiModal.Diffusion.Text;
using MultiModal.Images;
using MultiModal.Runtime;
using MultiModal.Runtime.Graphs.Onnx;
using MultiModal.Runtime.Graphs.Passes;
using MultiModal.Runtime.Random;
using MultiModal.Runtime.Sessions;
using MultiModal.Runtime.Weights;
using MultiModal.Testing;

namespace MultiModal.Diffusion.Tests.Generation;

public sealed class MemoryModeTests : NoLeakedHandles
{
    static readonly ImageRequest Small = new("a small (red:1.3) apple") { NegativePrompt = "fog", Seed = 7, Steps = 3, Width = 32, Height = 32, Scheduler = "DDIMScheduler" };

    static string Model(string name) => Fixtures.PathOf($"diffusion/models/{name}");

    [Theory]
    [InlineData("tiny-sd15")]
    [InlineData("tiny-sdxl")]
    public async Task Every_mode_draws_the_same(string name)
    {
        var drawn = new List<byte[]>();
        foreach (var mode in (MemoryMode[])[MemoryMode.Full, MemoryMode.Balanced, MemoryMode.Low])
        {
            // As large networks have their weights; constants the runtime reorders, and sums in another order end in other last bits.
            await using var model = await DiffusionModel.LoadAsync(Model(name), new() { Memory = mode, Runtime = new() { Weights = WeightPlacement.Shared } });
            Assert.Equal(mode, model.Info.Memory);
            Assert.Contains(mode.ToString(), model.Describe(), StringComparison.Ordinal);
            drawn.Add((await model.GenerateAsync(Small))[0].Image.Pixels.ToArray());
            AssertNear(drawn[^1], (await model.GenerateAsync(Small))[0].Image.Pixels.ToArray());
            var both = await Task.WhenAll(model.GenerateAsync(Small), model.GenerateAsync(Small with { Seed = 8, Count = 2 }));
            AssertNear(drawn[^1], both[0][0].Image.Pixels.ToArray());
        }

        AssertNear(drawn[0], drawn[1]);
        AssertNear(drawn[0], drawn[2]);
    }

    /// <summary>Equal but for a rounding of single values: the runtime's sums depend in their last bits on where activations lie in memory and on who shares its threads.</summary>
    static void AssertNear(byte[] expected, byte[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++) Assert.InRange(actual[i], expected[i] - 1, expected[i] + 1);
    }

    [Fact]
    public async Task A_UNet_in_parts_gives_what_it_gives_whole()
    {
        var files = await DiffusersFolder.OpenAsync(Model("tiny-sdxl"), null, default);
        var graph = DiffusionGraphs.UNet(files.UNet).Optimise();
        using var weights = files.OpenWeights("unet");
        await using var whole = await NetworkSession.CreateAsync(OnnxWriter.Write(graph, weights), new() { Weights = WeightPlacement.Shared });
        await using var streamed = await StreamedNetwork.CreateAsync(graph, files.OpenWeights("unet"), 100_000);
        Assert.True(streamed.Parts > 5, $"{streamed.Parts} parts");
        var random = new TorchRandom(3);
        var inputs = new Dictionary<string, TensorData>
        {
            ["sample"] = random.Normal(2, 4, 16, 8), ["timestep"] = TensorData.Of([700f, 20f], 2), ["encoder_hidden_states"] = random.Normal(2, 77, 80),
            ["text_embeds"] = random.Normal(2, 48), ["time_ids"] = TensorData.Of([32f, 32, 0, 0, 32, 32, 32, 32, 0, 0, 32, 32], 2, 6),
        };

        // The runtime joins operations (a sum and the normalisation after it) that a border may lie between: last bits differ.
        Compare.Close(whole.Run(inputs)["output"], streamed.Run(inputs)["output"], 1e-5, "the UNet in parts");
    }

    [Fact]
    public async Task Balanced_loads_encoders_and_autoencoder_for_a_request_and_frees_them_after()
    {
        var options = new DiffusionModelOptions { Memory = MemoryMode.Balanced };
        var files = await DiffusersFolder.OpenAsync(Model("tiny-sdxl"), null, default);
        await using var networks = await DiffusionNetworks.LoadAsync(files, options, null, default);
        var info = new DiffusionModelInfo("x", files.Family, 32, 2, files.Scheduler.PredictionType, files.Scheduler.ClassName);
        var generator = new ImageGenerator(files, networks, options, info);
        Assert.Equal(0, networks.LoadedBesideUNet);
        var most = 0;
        await generator.GenerateAsync(Small with { AfterStep = _ => most = Math.Max(most, networks.LoadedBesideUNet) }, _ => { }, default);
        Assert.Equal((0, 0), (most, networks.LoadedBesideUNet));
        using (await networks.HoldVaeDecoderAsync(default)) Assert.Equal(1, networks.LoadedBesideUNet);
        Assert.Equal(0, networks.LoadedBesideUNet);
    }

    [Fact]
    public async Task Weights_that_are_loaded_later_are_looked_at_when_the_model_is()
    {
        using var folder = new TemporaryFolder();
        VariedModel.Make(folder, Model("tiny-sd15"), _ => { }, _ => { });
        File.Copy(Path.Combine(Model("tiny-sd15"), "vae", "diffusion_pytorch_model.safetensors"), folder.File("text_encoder/model.safetensors"), overwrite: true);
        await Assert.ThrowsAsync<WeightMismatchException>(() => DiffusionModel.LoadAsync(folder.Path, new() { Memory = MemoryMode.Low }));
    }

    [Fact]
    public async Task Out_of_memory_names_the_mode_to_try_and_the_model_goes_on()
    {
        foreach (var (mode, next) in (IEnumerable<(MemoryMode, string)>)[(MemoryMode.Full, "MemoryMode.Balanced"), (MemoryMode.Balanced, "MemoryMode.Low"), (MemoryMode.Low, "Tiles")])
        {
            await using var model = await DiffusionModel.LoadAsync(Model("tiny-sd15"), new() { Memory = mode });
            var expected = (await model.GenerateAsync(Small))[0].Image.Pixels.ToArray();
            foreach (var failure in (Exception[])[new DeviceMemoryException("bad allocation"), new InsufficientMemoryException()])
            {
                var error = await Assert.ThrowsAsync<DeviceMemoryException>(() => model.GenerateAsync(Small with { AfterStep = _ => throw failure }));
                Assert.Contains(next, error.Message, StringComparison.Ordinal);
                Assert.Same(failure, error.InnerException);
            }

            AssertNear(expected, (await model.GenerateAsync(Small))[0].Image.Pixels.ToArray());
        }
    }

    [Theory]
    [InlineData(ModelFamily.StableDiffusion1, 16, MemoryMode.Full)]
    [InlineData(ModelFamily.StableDiffusion1, 3, MemoryMode.Low)]
    [InlineData(ModelFamily.StableDiffusionXL, 64, MemoryMode.Full)]
    [InlineData(ModelFamily.StableDiffusionXL, 17, MemoryMode.Balanced)]
    [InlineData(ModelFamily.StableDiffusionXL, 8, MemoryMode.Low)]
    public void The_mode_is_the_first_that_fits(ModelFamily family, int gigabytes, MemoryMode mode) =>
        Assert.Equal(mode, MemoryChoice.ModeFor(new Published(family), (long)gigabytes << 30));

    /// <summary>A family's dimensions without files.</summary>
    sealed class Published : ModelFiles
    {
        [System.Diagnostics.CodeAnalysis.SetsRequiredMembers]
        public Published(ModelFamily family)
        {
            var known = ModelConfigurations.Of(family);
            (Name, UNet, Vae, Scheduler, ZerosForEmptyPrompt) = (family.ToString(), known.UNet, known.Vae, known.SchedulerConfig(), known.ZerosForEmptyPrompt);
            TextEncoders = [.. known.TextEncoders.Select(c => new TextEncoderFiles("text_encoder", c, null!))];
        }

        public override string ConfigPath(string component) => Name;

        protected override IWeightSource OpenOwnWeights(string component) => throw new NotSupportedException();
    }
}
