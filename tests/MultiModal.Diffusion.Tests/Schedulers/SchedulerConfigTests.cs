using System.Text.Json;
using MultiModal.Diffusion.Schedulers;

namespace MultiModal.Diffusion.Tests.Schedulers;

public sealed class SchedulerConfigTests : IDisposable
{
    readonly string folder = Directory.CreateTempSubdirectory("scheduler-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task A_file_with_bare_infinities_is_read_and_gaps_take_the_classs_defaults()
    {
        var path = Path.Combine(folder, "scheduler_config.json");
        await File.WriteAllTextAsync(path, """
            {"_class_name": "DPMSolverMultistepScheduler", "_diffusers_version": "0.27.2", "beta_start": 0.00085, "beta_end": 0.012,
             "beta_schedule": "scaled_linear", "lambda_min_clipped": -Infinity, "trained_betas": null, "prediction_type": "v_prediction",
             "use_karras_sigmas": true, "note": "a string with -Infinity in it"}
            """);
        var config = await SchedulerConfig.LoadAsync(path);
        Assert.Equal("DPMSolverMultistepScheduler", config.ClassName);
        Assert.Equal(double.NegativeInfinity, config.LambdaMinClipped);
        Assert.Equal(PredictionType.VPrediction, config.PredictionType);
        Assert.Equal(TimestepSpacing.Linspace, config.TimestepSpacing);
        Assert.True(config.UseKarrasSigmas);
        Assert.Equal(6, Scheduler.Of(config).Plan(6).Calls);
    }

    [Fact]
    public void Another_class_keeps_what_the_file_said_and_takes_its_own_defaults()
    {
        var file = JsonDocument.Parse("""{"_class_name": "PNDMScheduler", "beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear", "steps_offset": 1, "skip_prk_steps": true, "set_alpha_to_one": false, "clip_sample": false}""").RootElement;
        var pndm = SchedulerConfig.Parse(file);
        Assert.Equal((TimestepSpacing.Leading, true, 1), (pndm.TimestepSpacing, pndm.SkipPrkSteps, pndm.StepsOffset));
        var euler = pndm.For("EulerDiscreteScheduler");
        Assert.Equal(("EulerDiscreteScheduler", TimestepSpacing.Linspace, 1, 0.012), (euler.ClassName, euler.TimestepSpacing, euler.StepsOffset, euler.BetaEnd));
        Assert.Equal("bh2", pndm.For("UniPCMultistepScheduler").SolverType);
        foreach (var name in Scheduler.ClassNames)
            Assert.Equal(name, Scheduler.Of(pndm.For(name)).Name);
    }

    [Theory]
    [InlineData("""{"num_train_timesteps": 0}""")]
    [InlineData("""{"num_train_timesteps": 1e9}""")]
    [InlineData("""{"num_train_timesteps": "1000"}""")]
    [InlineData("""{"beta_start": -1}""")]
    [InlineData("""{"beta_end": "NaN"}""")]
    [InlineData("""{"beta_schedule": "cubic"}""")]
    [InlineData("""{"trained_betas": [0.1, 0.2]}""")]
    [InlineData("""{"prediction_type": "magic"}""")]
    [InlineData("""{"timestep_spacing": 3}""")]
    [InlineData("""{"solver_order": 4}""")]
    [InlineData("""{"clip_sample": "yes"}""")]
    [InlineData("""{"_class_name": []}""")]
    [InlineData("""{"_class_name": "\ud800"}""")]
    [InlineData("[]")]
    public void Impossible_values_are_refused(string json)
    {
        using var document = JsonDocument.Parse(json);
        Assert.Throws<InvalidFileException>(() => SchedulerConfig.Parse(document.RootElement));
    }

    [Fact]
    public async Task A_missing_or_damaged_file_is_named()
    {
        var path = Path.Combine(folder, "scheduler_config.json");
        await Assert.ThrowsAsync<InvalidFileException>(() => SchedulerConfig.LoadAsync(path));
        await File.WriteAllTextAsync(path, "{\n\"a\": }");
        var error = await Assert.ThrowsAsync<InvalidFileException>(() => SchedulerConfig.LoadAsync(path));
        Assert.Equal((path, "line 2"), (error.File, error.Location));
    }
}
