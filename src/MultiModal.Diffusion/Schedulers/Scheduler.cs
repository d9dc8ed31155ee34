namespace MultiModal.Diffusion.Schedulers;

/// <summary>Makes schedulers from configurations.</summary>
public static class Scheduler
{
    /// <summary>The classes of diffusers that <see cref="Of"/> knows.</summary>
    public static IReadOnlyList<string> ClassNames { get; } =
    [
        "DDIMScheduler", "DDPMScheduler", "PNDMScheduler", "EulerDiscreteScheduler", "EulerAncestralDiscreteScheduler", "HeunDiscreteScheduler",
        "LMSDiscreteScheduler", "KDPM2DiscreteScheduler", "KDPM2AncestralDiscreteScheduler", "DPMSolverMultistepScheduler",
        "DPMSolverSinglestepScheduler", "UniPCMultistepScheduler", "DEISMultistepScheduler", "LCMScheduler", "TCDScheduler",
    ];

    /// <summary>The scheduler a configuration names.</summary>
    /// <param name="config">The configuration, from <see cref="SchedulerConfig.LoadAsync"/> or made in code.</param>
    /// <exception cref="NotSupportedException">The class, or a combination of its options, is not known.</exception>
    public static IScheduler Of(SchedulerConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        return config.ClassName switch
        {
            "DDIMScheduler" => new DdimScheduler(config),
            "DDPMScheduler" => new DdpmScheduler(config),
            "PNDMScheduler" => new PndmScheduler(config),
            "EulerDiscreteScheduler" => new EulerScheduler(config),
            "EulerAncestralDiscreteScheduler" => new EulerAncestralScheduler(config),
            "HeunDiscreteScheduler" => new HeunScheduler(config),
            "LMSDiscreteScheduler" => new LmsScheduler(config),
            "KDPM2DiscreteScheduler" => new Dpm2Scheduler(config),
            "KDPM2AncestralDiscreteScheduler" => new Dpm2AncestralScheduler(config),
            "DPMSolverMultistepScheduler" => new DpmMultistepScheduler(config),
            "DPMSolverSinglestepScheduler" => new DpmSinglestepScheduler(config),
            "UniPCMultistepScheduler" => new UniPcScheduler(config),
            "DEISMultistepScheduler" => new DeisScheduler(config),
            "LCMScheduler" => new LcmScheduler(config),
            "TCDScheduler" => new TcdScheduler(config),
            _ => throw new NotSupportedException($"The scheduler '{config.ClassName}' is not known. Known are {string.Join(", ", ClassNames)}."),
        };
    }
}
