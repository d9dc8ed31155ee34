namespace MultiModal.Diffusion.Schedulers;

/// <summary>The layout of a run: one entry for each call of the model. Immutable.</summary>
public sealed class Schedule
{
    readonly float[] timesteps;
    readonly float[] sigmas;
    readonly Func<RunContext, SamplerRun> start;
    readonly Func<int, (float Signal, float Noise)> mixAt;

    internal Schedule(
        int steps,
        float[] timesteps,
        float[] sigmas,
        float initialNoiseScale,
        Func<int, (float Signal, float Noise)> mixAt,
        Func<RunContext, SamplerRun> start,
        int callsPerStep = 1)
    {
        Steps = steps;
        this.timesteps = timesteps;
        this.sigmas = sigmas;
        InitialNoiseScale = initialNoiseScale;
        CallsPerStep = callsPerStep;
        this.mixAt = mixAt;
        this.start = start;
    }

    /// <summary>The steps asked for.</summary>
    public int Steps { get; }

    /// <summary>How often the model is called: n for most samplers, 2n - 1 for those of second order, n + 1 for PNDM.</summary>
    public int Calls => timesteps.Length;

    /// <summary>Model calls a step takes (all but the last): 1, or 2 for Heun and DPM2. Diffusers calls it "order".</summary>
    public int CallsPerStep { get; }

    /// <summary>What the model is told at each call: the training timestep, which need not be whole.</summary>
    public ReadOnlySpan<float> Timesteps => timesteps;

    /// <summary>The noise levels, as the original scheduler lists them; empty for those that think in alphas (DDIM, DDPM, PNDM, LCM, TCD).</summary>
    public ReadOnlySpan<float> Sigmas => sigmas;

    /// <summary>The factor that makes standard normal noise into the first latents (init_noise_sigma).</summary>
    public float InitialNoiseScale { get; }

    /// <summary>The shares of image and noise in latents before a call: latents = signal * image + noise * standard normal.</summary>
    /// <param name="call">The model call, from 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such call.</exception>
    public (float Signal, float Noise) MixAt(int call)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(call);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(call, Calls);
        return mixAt(call);
    }

    /// <summary>Turns clean latents into those of the noise level before a call, in place: how image-to-image begins.</summary>
    /// <param name="latents">Clean latents; become noisy.</param>
    /// <param name="noise">Standard normal numbers, as many.</param>
    /// <param name="call">The call that is to come first.</param>
    public void AddNoise(Span<float> latents, ReadOnlySpan<float> noise, int call)
    {
        var (signal, level) = MixAt(call);
        Latents.Mix(latents, signal, latents, level, noise);
    }

    /// <summary>The call at which image-to-image of a strength begins: it skips the first (1 - strength) of the steps, as diffusers counts them.</summary>
    /// <param name="strength">0 changes nothing, 1 starts from pure noise.</param>
    /// <returns>The first call; equal to <see cref="Calls"/> when nothing is left to do.</returns>
    public int FirstCallFor(float strength)
    {
        if (strength is not (>= 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(strength), strength, "A strength lies between 0 and 1.");
        var kept = Math.Min((int)(Steps * (double)strength), Steps);
        return kept == 0 ? Calls : Math.Min((Steps - kept) * CallsPerStep, Calls);
    }

    /// <summary>Begins a run.</summary>
    /// <param name="shape">The shape of the latents.</param>
    /// <param name="noise">Where stochastic samplers draw from; others never ask.</param>
    /// <param name="options">Choices of the request; the defaults when null.</param>
    /// <param name="firstCall">The call to begin with, above 0 for image-to-image.</param>
    /// <returns>The run's state, owned by the caller. Runs know nothing of each other.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such call.</exception>
    public SamplerRun Start(LatentShape shape, INoiseSource noise, SamplerOptions? options = null, int firstCall = 0)
    {
        ArgumentNullException.ThrowIfNull(noise);
        ArgumentOutOfRangeException.ThrowIfNegative(firstCall);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(firstCall, Calls);
        return start(new(this, shape, noise, options ?? SamplerOptions.Default, firstCall));
    }
}

/// <summary>What a run is made from.</summary>
sealed record RunContext(Schedule Schedule, LatentShape Shape, INoiseSource Noise, SamplerOptions Options, int FirstCall);
