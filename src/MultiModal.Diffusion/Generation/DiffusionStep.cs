using MultiModal.Diffusion.Schedulers;

namespace MultiModal.Diffusion.Generation;

/// <summary>What a request's callback sees after a step, and may change. Valid only while the callback runs.</summary>
public sealed class DiffusionStep
{
    readonly float[] latents;
    readonly SamplerRun run;

    internal DiffusionStep(int step, int steps, float[] latents, SamplerRun run)
    {
        (Step, Steps, this.latents, this.run) = (step, steps, latents, run);
    }

    /// <summary>Steps done.</summary>
    public int Step { get; }

    /// <summary>Steps in all.</summary>
    public int Steps { get; }

    /// <summary>The shape of the latents of all pictures made at once.</summary>
    public LatentShape Shape => run.Shape;

    /// <summary>The latents as the next step will take them; changes count.</summary>
    public Span<float> Latents => latents;

    /// <summary>The pictures' latents as they would be without noise.</summary>
    public ReadOnlySpan<float> Denoised => run.Denoised;
}
