using MultiModal.Diffusion.Checkpoints;
using MultiModal.Diffusion.Generation;
using MultiModal.Diffusion.Schedulers;
using MultiModal.Diffusion.Schedulers.KDiffusion;
using MultiModal.Diffusion.Text.Prompts;
using MultiModal.Testing;

namespace MultiModal.Diffusion.Tests.Generation;

[Trait("Category", "Parity")]
public sealed class KSamplingParityTests
{
    [Theory]
    [InlineData(true, 2, false)]
    [InlineData(false, 1, true)]
    public Task Whole_generations_equal_k_diffusion(bool passes, int threads, bool together) => Fixtures.CheckAsync("txt2img-k", async fixture =>
    {
        var options = new DiffusionModelOptions { Passes = passes ? null : Runtime.Graphs.Passes.GraphPasses.None };
        (options.Runtime.Threads, options.Runtime.ShareThreadPool) = (threads, false);
        var folder = await DiffusersFolder.OpenAsync(fixture.PathIn("model"), null, default);
        await using var networks = await DiffusionNetworks.LoadAsync(folder, options, null, default);
        var initial = fixture.Tensors["initial_noise"];
        var shape = new LatentShape(1, (int)initial.Dimensions[1], (int)initial.Dimensions[2], (int)initial.Dimensions[3]);
        var (height, width) = (shape.Height * folder.Vae.Factor, shape.Width * folder.Vae.Factor);
        using var unet = await networks.UNetForAsync(shape.Height, shape.Width, controlled: false, null, default);

        // Read in the syntax of A1111, as requests are; plain prompts must not change by that.
        var request = new ImageRequest(fixture.Text("prompt")) { NegativePrompt = fixture.Text("negative_prompt") };
        using var text = new TextEncoding(networks, null, [.. folder.TextEncoders.Select(e => new PromptVocabulary(e.Tokenizer))]);
        var denoiser = new Denoiser(new DenoiserSetup
        {
            UNet = unet.Session,
            Shape = shape,
            Prompts = await new PromptEncoder(folder).PlanAsync(request, guided: true, fixture["steps"].GetInt32(), 0, text, default),
            Sizes = folder.UNet.AdditionTimeSize is null ? null : [height, width, 0, 0, height, width],
            Guidance = fixture["guidance"].GetSingle(),
            Together = together,
        });
        var schedule = KDiffusionScheduler.Of(folder.Scheduler, fixture.Text("sampler"), fixture.Text("sigmas")).Plan(fixture["steps"].GetInt32());
        fixture.Expect("sigmas", schedule.Sigmas);
        var latents = Array.ConvertAll(Compare.Widen(initial), v => (float)v * schedule.InitialNoiseScale);
        var expected = fixture.Tensors["latents"].Floats.ToArray();
        var at = 0;
        Check();
        SamplingLoop.Run(
            schedule, shape, latents, new Replay(fixture.Tensors.TryGetValue("step_noise", out var drawn) ? drawn.Floats.ToArray() : []), SamplerOptions.Default,
            (input, timestep, output) => denoiser.Predict(input, timestep, output, default),
            run =>
            {
                if (run.IsStepComplete) Check();
            },
            default);
        Assert.Equal(expected.Length, at * shape.Count);

        void Check() => Compare.Close(expected.AsSpan(at * shape.Count, shape.Count), latents, fixture.Tolerance("latents"), $"{fixture.Name}, latents {at++}");
    });

    sealed class Replay(float[] draws) : INoiseSource
    {
        int next;

        public void Draw(Span<float> noise, LatentShape shape)
        {
            draws.AsSpan(next, noise.Length).CopyTo(noise);
            next += noise.Length;
        }
    }
}
