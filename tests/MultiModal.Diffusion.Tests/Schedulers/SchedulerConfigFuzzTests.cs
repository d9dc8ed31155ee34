using System.Text;
using MultiModal.Diffusion.Schedulers;
using MultiModal.Testing.Fuzzing;

namespace MultiModal.Diffusion.Tests.Schedulers;

public class SchedulerConfigFuzzTests
{
    [Fact]
    public void Damaged_configurations_are_read_or_refused_by_name() => FuzzRun.Run(
        "scheduler_config.json",
        [
            """{"_class_name": "PNDMScheduler", "beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear", "num_train_timesteps": 1000, "steps_offset": 1, "trained_betas": null, "disable_corrector": []}"""u8.ToArray(),
            """{"_class_name": "DPMSolverMultistepScheduler", "solver_order": 2, "algorithm_type": "dpmsolver++", "lambda_min_clipped": -Infinity, "use_karras_sigmas": true, "prediction_type": "v_prediction"}"""u8.ToArray(),
        ],
        path =>
        {
            var config = SchedulerConfigReader.Parse(SchedulerConfigReader.ReadJson(Encoding.UTF8.GetString(File.ReadAllBytes(path)), path), path);
            if (Scheduler.ClassNames.Contains(config.ClassName) && config is { AlgorithmType: "dpmsolver++", VarianceType: null })
                _ = Scheduler.Of(config).Plan(Math.Min(10, config.TrainTimesteps));
        });
}
