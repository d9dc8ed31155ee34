namespace MultiModal.Diffusion.Schedulers.KDiffusion;

/// <summary>A sampler whose steps, but the last, look at a second level before they go on from where they began.</summary>
/// <param name="context">What the run is made from.</param>
/// <param name="prediction">What the model predicts.</param>
/// <param name="sigmas">The levels between steps, and 0.</param>
/// <param name="seen">The level at each call.</param>
abstract class KTwoCallRun(RunContext context, PredictionType prediction, float[] sigmas, float[] seen) : SigmaRun(context, prediction)
{
    readonly float[] start = new float[context.Shape.Count];
    bool between;

    public override bool IsStepComplete => !between;

    protected ReadOnlySpan<float> Start => start;

    protected override float SigmaAt(int call) => seen[call];

    private protected override void Step(int call, Span<float> x, ReadOnlySpan<float> output)
    {
        var i = call / 2;
        Denoise(x, output, seen[call]);
        if (between)
        {
            Second(sigmas[i], seen[call], sigmas[i + 1], x);
            between = false;
        }
        else if (sigmas[i + 1] == 0)
        {
            // An Euler step to 0 arrives at the image.
            Clean.CopyTo(x);
        }
        else
        {
            x.CopyTo(start);
            First(sigmas[i], seen[call + 1], sigmas[i + 1], x);
            between = true;
        }
    }

    /// <summary>From the step's start to the second level.</summary>
    protected abstract void First(float sigma, float second, float next, Span<float> x);

    /// <summary>From the step's start to its end.</summary>
    protected abstract void Second(float sigma, float second, float next, Span<float> x);
}
