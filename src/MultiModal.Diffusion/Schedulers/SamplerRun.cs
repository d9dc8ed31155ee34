namespace MultiModal.Diffusion.Schedulers;

/// <summary>One run of a sampler. The caller holds the latents and calls the model; the run says what to ask and what follows.</summary>
/// <remarks>
/// Between calls the caller may edit the latents, save a preview of <see cref="Denoised"/>, or stop. All buffers are made by the
/// first calls; after that a run allocates nothing. Not for use by two threads at once.
/// </remarks>
public abstract class SamplerRun
{
    readonly INoiseSource source;
    readonly float[] denoised;
    float[]? drawn;

    private protected SamplerRun(RunContext context)
    {
        Schedule = context.Schedule;
        Shape = context.Shape;
        Options = context.Options;
        Call = context.FirstCall;
        source = context.Noise;
        denoised = new float[Shape.Count];
    }

    /// <summary>The layout of the run.</summary>
    public Schedule Schedule { get; }

    /// <summary>The shape of the latents.</summary>
    public LatentShape Shape { get; }

    /// <summary>The model call that comes next, from 0.</summary>
    public int Call { get; private set; }

    /// <summary>Whether the latents are the result.</summary>
    public bool IsDone => Call >= Schedule.Calls;

    /// <summary>Whether the latents are at a step's end. False between the two calls of a second-order step, when they are an auxiliary point.</summary>
    public virtual bool IsStepComplete => true;

    /// <summary>What the model is to be told: the training timestep, which need not be whole.</summary>
    /// <exception cref="InvalidOperationException">The run is done.</exception>
    public float Timestep => IsDone ? throw new InvalidOperationException("The run is done.") : Schedule.Timesteps[Call];

    /// <summary>The clean picture as the last call saw it, for previews; zeros before the first.</summary>
    public ReadOnlySpan<float> Denoised => denoised;

    private protected SamplerOptions Options { get; }

    private protected Span<float> Clean => denoised;

    /// <summary>Makes the model's input: the latents divided by what the scheduler divides them by at this call.</summary>
    /// <param name="latents">The latents.</param>
    /// <param name="input">Receives the input; may be the latents themselves.</param>
    /// <exception cref="InvalidOperationException">The run is done.</exception>
    public void ScaleInput(ReadOnlySpan<float> latents, Span<float> input)
    {
        CheckLength(latents.Length);
        if (IsDone)
            throw new InvalidOperationException("The run is done.");
        var divisor = InputDivisor(Call);
        if (divisor == 1)
            latents.CopyTo(input);
        else
            Latents.Divide(input, latents, divisor);
    }

    /// <summary>Takes the model's output and moves the latents on, in place.</summary>
    /// <param name="latents">The latents the input was made of; become the next ones.</param>
    /// <param name="output">What the model gave, after guidance.</param>
    /// <exception cref="InvalidOperationException">The run is done.</exception>
    public void Advance(Span<float> latents, ReadOnlySpan<float> output)
    {
        CheckLength(latents.Length);
        CheckLength(output.Length);
        if (IsDone)
            throw new InvalidOperationException("The run is done.");
        Step(Call, latents, output);
        Call++;
    }

    /// <summary>Computes <see cref="Clean"/> from the model's output, and the latents after this call.</summary>
    private protected abstract void Step(int call, Span<float> x, ReadOnlySpan<float> output);

    private protected virtual float InputDivisor(int call) => 1;

    /// <summary>The next draw, in a buffer that the next draw overwrites.</summary>
    private protected ReadOnlySpan<float> Draw()
    {
        drawn ??= new float[Shape.Count];
        source.Draw(drawn, Shape);
        return drawn;
    }

    void CheckLength(int length)
    {
        if (length != Shape.Count)
            throw new ArgumentException($"Latents of the shape {Shape} have {Shape.Count} elements, not {length}.");
    }
}
