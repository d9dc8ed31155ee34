using MultiModal.Diffusion.Checkpoints;
using MultiModal.Diffusion.Generation;
using MultiModal.Diffusion.Schedulers;
using MultiModal.Diffusion.Text.Prompts;
using MultiModal.Testing;

namespace MultiModal.Diffusion.Tests.Generation;

[Trait("Category", "Parity")]
public sealed class SamplingParityTests
{
    [Theory]
    [InlineData(true, 1, false)]
    [InlineData(true, 2, true)]
    [InlineData(false, 2, false)]
    public Task Whole_generations_equal_the_reference(bool passes, int threads, bool together) => Fixtures.CheckAsync("txt2img", async fixture =>
    {
        var config = SchedulerConfig.Parse(fixture["scheduler"], fixture.Name);
        var options = new DiffusionModelOptions { Passes = passes ? null : Runtime.Graphs.Passes.GraphPasses.None };
        (options.Runtime.Threads, options.Runtime.ShareThreadPool) = (threads, false);
        var folder = await DiffusersFolder.OpenAsync(fixture.PathIn("model"), null, default);
        await using var networks = await DiffusionNetworks.LoadAsync(folder, options, null, default);

        var (height, width) = (fixture["size"][0].GetInt32(), fixture["size"][1].GetInt32());
        var factor = folder.Vae.Factor;
        var shape = new LatentShape(1, folder.Vae.LatentChannels, height / factor, width / factor);
        using var text = new TextEncoding(networks, null, [.. folder.TextEncoders.Select(e => new PromptVocabulary(e.Tokenizer))]);
        var (positive, negative) = await new PromptEncoder(folder).EncodeAsync(fixture.Text("prompt"), fixture.Text("negative_prompt"), text, default);
        var denoiser = new Denoiser(
            (await networks.UNetForAsync(shape.Height, shape.Width, controlled: false, null, default)).Session, shape, positive, negative,
            folder.UNet.AdditionTimeSize is null ? null : [height, width, 0, 0, height, width], fixture["guidance"].GetSingle(), together);

        var schedule = Scheduler.Of(config).Plan(fixture["steps"].GetInt32());
        fixture.Expect("timesteps", schedule.Timesteps);
        if (fixture.Tensors.ContainsKey("sigmas")) fixture.Expect("sigmas", schedule.Sigmas);
        var latents = Array.ConvertAll(Compare.Widen(fixture.Tensors["initial_noise"]), v => (float)v * schedule.InitialNoiseScale);
        var noise = new RecordedNoise(fixture.Tensors.TryGetValue("step_noise", out var drawn) ? drawn.Floats.ToArray() : []);
        var expected = fixture.Tensors["latents"].Floats.ToArray();

        // The cases' eta is DDIM's; samplers that are stochastic by themselves ran with their own default.
        var sampler = new SamplerOptions { Eta = config.ClassName == "DDIMScheduler" ? fixture["eta"].GetSingle() : null };
        var call = 0;
        SamplingLoop.Run(
            schedule, shape, latents, noise, sampler,
            (input, timestep, output) => denoiser.Predict(input, timestep, output, default),
            _ => Compare.Close(expected.AsSpan(call * shape.Count, shape.Count), latents, fixture.Tolerance("latents"), $"{fixture.Name}, latents after call {++call}"),
            default);
        Assert.Equal(schedule.Calls, call);

        var decoder = new TiledDecoder(networks, shape.Channels, factor, folder.Vae.ScalingFactor, folder.Vae.ShiftFactor);
        var (image, _) = await decoder.DecodeAsync(latents, shape.Height, shape.Width, tiled: false, default);
        fixture.Expect("image", Array.ConvertAll(image, v => Math.Clamp((v * 0.5f) + 0.5f, 0, 1)));
    });

    /// <summary>The draws of the reference, one after the other.</summary>
    sealed class RecordedNoise(float[] draws) : INoiseSource
    {
        int next;

        public void Draw(Span<float> noise, LatentShape shape)
        {
            draws.AsSpan(next, shape.Count).CopyTo(noise);
            next += shape.Count;
        }
    }
}
