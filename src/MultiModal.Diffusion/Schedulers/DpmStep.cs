namespace MultiModal.Diffusion.Schedulers;

/// <summary>The weights of one DPM-Solver step from one sigma to another (Lu et al. 2022, "DPM-Solver++", equations 8 to 12 and appendix).</summary>
/// <param name="H">The step in lambda.</param>
/// <param name="OfSample">The weight of the sample.</param>
/// <param name="OfOutput">The weight of the newest output; half of it weighs the slope in the midpoint rule.</param>
/// <param name="Second">The weight of the slope in Heun's rule.</param>
/// <param name="Third">The weight of the curvature.</param>
/// <param name="OfNoise">The weight of fresh noise; 0 for the deterministic forms.</param>
readonly record struct DpmStep(float H, float OfSample, float OfOutput, float Second, float Third, float OfNoise)
{
    public static DpmStep Of(float from, float to, bool onImage, bool stochastic)
    {
        var (alphaFrom, sigmaFrom) = SolverPlan.Shares(from);
        var (alphaTo, sigmaTo) = SolverPlan.Shares(to);
        var h = SolverPlan.Lambda(to) - SolverPlan.Lambda(from);
        return (onImage, stochastic) switch
        {
            (true, false) => Image(MathF.Exp(-h) - 1),
            (true, true) => StochasticImage(MathF.Exp(-h), 1 - MathF.Exp(-2 * h)),
            (false, false) => Noise(MathF.Exp(h) - 1, 1, 0),
            (false, true) => Noise(MathF.Exp(h) - 1, 2, sigmaTo * MathF.Sqrt(MathF.Exp(2 * h) - 1)),
        };

        DpmStep Image(float phi) => new(
            h, sigmaTo / sigmaFrom, -alphaTo * phi, alphaTo * ((phi / h) + 1), -alphaTo * (((phi + h) / (h * h)) - 0.5f), 0);

        DpmStep StochasticImage(float decay, float phi) => new(
            h, sigmaTo / sigmaFrom * decay, alphaTo * phi, alphaTo * ((phi / (-2 * h)) + 1), 0, sigmaTo * MathF.Sqrt(phi));

        DpmStep Noise(float phi, float twice, float noise) => new(
            h, alphaTo / alphaFrom, -twice * sigmaTo * phi, -twice * sigmaTo * ((phi / h) - 1), -sigmaTo * (((phi - h) / (h * h)) - 0.5f), noise);
    }
}
