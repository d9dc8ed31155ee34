using MultiModal.Diffusion.Schedulers;
using MultiModal.Diffusion.Schedulers.KDiffusion;
using MultiModal.Testing;

namespace MultiModal.Diffusion.Tests.Schedulers;

[Trait("Category", "Parity")]
public class ScheduleParityTests
{
    // The tables are float32 in the originals too; what is left is the last digit of a few functions.
    const double Tolerance = 3e-6;

    [Fact]
    public void Timesteps_and_sigmas_equal_those_of_diffusers() => Fixtures.CheckPart("txt2img", fixture =>
    {
        var config = SchedulerConfig.Parse(fixture["scheduler"], fixture.Name);
        var schedule = Scheduler.Of(config).Plan(fixture["steps"].GetInt32());
        Compare.Close(Compare.Widen(fixture.Tensors["timesteps"]), Compare.Widen(schedule.Timesteps), Tolerance, $"{fixture.Name}, timesteps");
        if (fixture.Tensors.TryGetValue("sigmas", out var sigmas))
            Compare.Close(Compare.Widen(sigmas), Compare.Widen(schedule.Sigmas), Tolerance, $"{fixture.Name}, sigmas");
    });

    [Fact]
    public void Sigmas_equal_those_of_k_diffusion() => Fixtures.CheckPart("txt2img-k", fixture =>
    {
        var schedule = KDiffusionScheduler.Of(Toy.Config("EulerDiscreteScheduler"), fixture.Text("sampler"), fixture.Text("sigmas")).Plan(fixture["steps"].GetInt32());
        Compare.Close(Compare.Widen(fixture.Tensors["sigmas"]), Compare.Widen(schedule.Sigmas), Tolerance, $"{fixture.Name}, sigmas");
    });
}
