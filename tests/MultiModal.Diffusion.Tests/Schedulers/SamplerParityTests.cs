using MultiModal.Diffusion.Schedulers;
using MultiModal.Diffusion.Schedulers.KDiffusion;
using MultiModal.Testing;

namespace MultiModal.Diffusion.Tests.Schedulers;

/// <summary>Whole sampling loops on the fixtures' tiny models: the latents after every call of the model.</summary>
[Trait("Category", "Parity")]
public class SamplerParityTests
{
    [Fact]
    public Task Latents_equal_those_of_diffusers() => Fixtures.CheckPartAsync("txt2img", async fixture =>
    {
        var scheduler = Scheduler.Of(SchedulerConfig.Parse(fixture["scheduler"], fixture.Name));
        await CheckAsync(fixture, scheduler, before: false);
    });

    [Fact]
    public Task Latents_equal_those_of_k_diffusion() => Fixtures.CheckPartAsync("txt2img-k", async fixture =>
    {
        var config = Toy.Config("EulerDiscreteScheduler");
        await CheckAsync(fixture, KDiffusionScheduler.Of(config, fixture.Text("sampler"), fixture.Text("sigmas")), before: true);
    });

    static async Task CheckAsync(FixtureCase fixture, IScheduler scheduler, bool before)
    {
        var initial = fixture.Tensors["initial_noise"];
        var shape = new LatentShape(1, (int)initial.Dimensions[1], (int)initial.Dimensions[2], (int)initial.Dimensions[3]);
        await using var model = await TinyModel.LoadAsync(fixture);
        var schedule = scheduler.Plan(fixture["steps"].GetInt32());
        var noise = new Replay(fixture.Tensors.TryGetValue("step_noise", out var steps) ? steps.Floats.ToArray() : []);

        // An eta of 0 stands for the sampler's own default: the originals' pipelines hand on only what a scheduler knows.
        float? eta = fixture.Has("eta") && fixture["eta"].GetSingle() > 0 ? fixture["eta"].GetSingle() : null;
        var run = schedule.Start(shape, noise, new() { Eta = eta });
        var latents = initial.Floats.ToArray();
        for (var i = 0; i < latents.Length; i++)
            latents[i] *= schedule.InitialNoiseScale;
        var expected = fixture.Tensors["latents"].Floats.ToArray();
        var (input, output) = (new float[shape.Count], new float[shape.Count]);
        var at = 0;
        if (before)
            Check();
        while (!run.IsDone)
        {
            run.ScaleInput(latents, input);
            model.Predict(input, run.Timestep, output);
            run.Advance(latents, output);
            if (!before || run.IsStepComplete)
                Check();
        }

        Assert.Equal(expected.Length, at * shape.Count);

        void Check()
        {
            Compare.Close(expected.AsSpan(at * shape.Count, shape.Count), latents, fixture.Tolerance("latents"), $"{fixture.Name}, latents {at}");
            at++;
        }
    }

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
