namespace MultiModal.Diffusion.Schedulers.KDiffusion;

/// <summary>k-diffusion's samplers (as A1111 and ComfyUI sample): explicit sigmas, timesteps that need not be whole, x = image + sigma * noise.</summary>
/// <remarks>
/// The stochastic DPM++ samplers draw independent noise for each step where k-diffusion can use a Brownian tree; pictures of one
/// seed then differ from its, in distribution they do not.
/// </remarks>
public sealed class KDiffusionScheduler : IScheduler
{
    static readonly Dictionary<string, KSampler> Names = new(StringComparer.OrdinalIgnoreCase)
    {
        ["euler"] = KSampler.Euler, ["euler_ancestral"] = KSampler.EulerAncestral, ["heun"] = KSampler.Heun, ["dpm_2"] = KSampler.Dpm2,
        ["dpm_2_ancestral"] = KSampler.Dpm2Ancestral, ["lms"] = KSampler.Lms, ["dpmpp_2s_ancestral"] = KSampler.DpmPlusPlus2SAncestral,
        ["dpmpp_2m"] = KSampler.DpmPlusPlus2M, ["dpmpp_sde"] = KSampler.DpmPlusPlusSde, ["dpmpp_2m_sde"] = KSampler.DpmPlusPlus2MSde,
        ["dpmpp_3m_sde"] = KSampler.DpmPlusPlus3MSde,
    };

    static readonly Dictionary<string, KSigmas> Laws = new(StringComparer.OrdinalIgnoreCase)
    {
        ["automatic"] = KSigmas.Uniform, ["uniform"] = KSigmas.Uniform, ["normal"] = KSigmas.Uniform, ["karras"] = KSigmas.Karras,
        ["exponential"] = KSigmas.Exponential, ["sgm_uniform"] = KSigmas.SgmUniform, ["simple"] = KSigmas.Simple, ["beta"] = KSigmas.Beta,
        ["align_your_steps"] = KSigmas.AlignYourSteps, ["align_your_steps_xl"] = KSigmas.AlignYourStepsXL,
    };

    readonly KSampler sampler;
    readonly KSigmas law;
    readonly SchedulerConfig config;
    readonly KSchedule levels;
    readonly int most;

    /// <summary>Makes a scheduler.</summary>
    /// <param name="config">The model's configuration: its betas and what it predicts.</param>
    /// <param name="sampler">The sampler.</param>
    /// <param name="sigmas">How noise levels are spaced.</param>
    public KDiffusionScheduler(SchedulerConfig config, KSampler sampler, KSigmas sigmas = KSigmas.Uniform)
    {
        ArgumentNullException.ThrowIfNull(config);
        this.config = config with { ClipSample = false, Thresholding = false };
        this.sampler = sampler;
        law = sigmas;
        var table = NoiseTable.Of(config, finiteEnd: true);
        levels = new(table);
        most = table.Length;
        Name = Names.First(n => n.Value == sampler).Key;
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <summary>Makes a scheduler by k-diffusion's names, such as "dpmpp_2m" with "karras".</summary>
    /// <param name="config">The model's configuration.</param>
    /// <param name="sampler">The sampler's name.</param>
    /// <param name="sigmas">The name of the spacing.</param>
    /// <exception cref="NotSupportedException">A name is not known.</exception>
    public static KDiffusionScheduler Of(SchedulerConfig config, string sampler, string sigmas = "automatic")
    {
        ArgumentNullException.ThrowIfNull(sampler);
        ArgumentNullException.ThrowIfNull(sigmas);
        if (!Names.TryGetValue(sampler, out var known))
            throw new NotSupportedException($"The sampler '{sampler}' is not known. Known are {string.Join(", ", Names.Keys)}.");
        if (!Laws.TryGetValue(sigmas, out var spacing))
            throw new NotSupportedException($"The spacing '{sigmas}' is not known. Known are {string.Join(", ", Laws.Keys)}.");
        return new(config, known, spacing);
    }

    /// <inheritdoc/>
    public Schedule Plan(int steps)
    {
        Spacing.CheckSteps(steps, most);
        var sigmas = levels.Sigmas(law, steps);
        var prediction = config.PredictionType;
        return sampler switch
        {
            KSampler.Euler => OneCall(context => new EulerScheduler.Run(context, prediction)),
            KSampler.EulerAncestral => OneCall(context => new KEulerAncestralRun(context, prediction)),
            KSampler.Lms => OneCall(context => new LmsScheduler.Run(context, prediction)),
            KSampler.DpmPlusPlus2M => OneCall(context => new KDpmPlusPlus2MRun(context, prediction)),
            KSampler.DpmPlusPlus2MSde => OneCall(context => new KDpmPlusPlusSdeMultistepRun(context, prediction, order: 2)),
            KSampler.DpmPlusPlus3MSde => OneCall(context => new KDpmPlusPlusSdeMultistepRun(context, prediction, order: 3)),
            KSampler.Heun => TwoCallsWith((i, next) => next, (context, seen) => new KHeunRun(context, prediction, sigmas, seen)),
            KSampler.Dpm2 => TwoCallsWith((i, next) => TwoCalls.Between(sigmas[i], next), (context, seen) => new Dpm2Scheduler.Run(context, prediction, sigmas, seen)),
            KSampler.DpmPlusPlusSde => TwoCallsWith((i, next) => TwoCalls.Between(sigmas[i], next), (context, seen) => new KDpmPlusPlusSdeRun(context, prediction, sigmas, seen)),
            KSampler.Dpm2Ancestral => TwoCallsWith(MiddleOfAncestral, (context, seen) => new KDpm2AncestralRun(context, prediction, sigmas, seen)),
            _ => TwoCallsWith(MiddleOfAncestral, (context, seen) => new KDpmPlusPlus2SAncestralRun(context, prediction, sigmas, seen)),
        };

        float MiddleOfAncestral(int i, float next) => TwoCalls.Between(sigmas[i], SigmaPlan.Ancestral(sigmas[i], next).Down);

        Schedule OneCall(Func<RunContext, SamplerRun> start) =>
            new(steps, Array.ConvertAll(sigmas[..^1], levels.ToTimestep), sigmas, sigmas[0], SigmaPlan.Mix(sigmas), start);

        // Every step but the last looks at a second level.
        Schedule TwoCallsWith(Func<int, float, float> second, Func<RunContext, float[], SamplerRun> start)
        {
            var seen = new float[(2 * steps) - 1];
            for (var i = 0; i < steps; i++)
            {
                seen[2 * i] = sigmas[i];
                if (i < steps - 1)
                    seen[(2 * i) + 1] = second(i, sigmas[i + 1]);
            }

            return new(steps, Array.ConvertAll(seen, levels.ToTimestep), sigmas, sigmas[0], SigmaPlan.Mix(seen), context => start(context, seen), callsPerStep: 2);
        }
    }
}
