namespace MultiModal.Diffusion.Schedulers;

/// <summary>A way from noise to a picture. It holds its tables and no state: one scheduler serves any number of runs at once.</summary>
/// <example>
/// <code>
/// var schedule = scheduler.Plan(20);
/// var run = schedule.Start(shape, noise);
/// Scale(latents, schedule.InitialNoiseScale);
/// while (!run.IsDone)
/// {
///     run.ScaleInput(latents, input);
///     Model(input, run.Timestep, output);
///     run.Advance(latents, output);
/// }
/// </code>
/// </example>
public interface IScheduler
{
    /// <summary>Its name, such as "DDIMScheduler" or "dpmpp_2m".</summary>
    string Name { get; }

    /// <summary>Lays out a run: which timesteps the model is asked about, in which order.</summary>
    /// <param name="steps">Sampling steps, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">More steps than the scheduler can make, or fewer than 1.</exception>
    Schedule Plan(int steps);
}
