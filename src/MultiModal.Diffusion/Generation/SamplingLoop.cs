using MultiModal.Diffusion.Schedulers;

namespace MultiModal.Diffusion.Generation;

/// <summary>From noise to latents: what the scheduler asks, the denoiser answers.</summary>
static class SamplingLoop
{
    /// <summary>Runs it.</summary>
    /// <param name="schedule">The scheduler's plan.</param>
    /// <param name="shape">Of the latents.</param>
    /// <param name="latents">The latents to start from; those at the end.</param>
    /// <param name="noise">Where stochastic samplers draw from.</param>
    /// <param name="options">Choices of the request.</param>
    /// <param name="predict">The model with guidance: scaled latents and timestep in, prediction out.</param>
    /// <param name="afterCall">Told after each call of the model, with the latents as they are then.</param>
    /// <param name="cancellationToken">Stops between calls.</param>
    /// <param name="firstCall">The call to begin with, above 0 for image-to-image.</param>
    public static void Run(
        Schedule schedule, LatentShape shape, float[] latents, INoiseSource noise, SamplerOptions options,
        Action<float[], float, float[]> predict, Action<SamplerRun>? afterCall, CancellationToken cancellationToken,
        int firstCall = 0)
    {
        var run = schedule.Start(shape, noise, options, firstCall);
        var (input, output) = (new float[shape.Count], new float[shape.Count]);
        while (!run.IsDone)
        {
            cancellationToken.ThrowIfCancellationRequested();
            run.ScaleInput(latents, input);
            predict(input, run.Timestep, output);
            run.Advance(latents, output);
            afterCall?.Invoke(run);
        }
    }
}
