using MultiModal.Diffusion.Schedulers;
using MultiModal.Diffusion.Schedulers.KDiffusion;

namespace MultiModal.Diffusion.Generation;

/// <summary>A request's sampler, by diffusers' class, k-diffusion's name or A1111's name.</summary>
static class SamplerChoice
{
    // A1111's names, k-diffusion's, and what A1111 calls "Automatic" for each.
    static readonly Dictionary<string, (string Sampler, string Automatic)> A1111 = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Euler"] = ("euler", "uniform"), ["Euler a"] = ("euler_ancestral", "uniform"), ["Heun"] = ("heun", "uniform"), ["LMS"] = ("lms", "uniform"),
        ["DPM2"] = ("dpm_2", "karras"), ["DPM2 a"] = ("dpm_2_ancestral", "karras"), ["DPM++ 2S a"] = ("dpmpp_2s_ancestral", "karras"),
        ["DPM++ 2M"] = ("dpmpp_2m", "karras"), ["DPM++ SDE"] = ("dpmpp_sde", "karras"), ["DPM++ 2M SDE"] = ("dpmpp_2m_sde", "exponential"),
        ["DPM++ 3M SDE"] = ("dpmpp_3m_sde", "exponential"),
    };

    static readonly Dictionary<string, string> OfDiffusers = new(StringComparer.OrdinalIgnoreCase)
    {
        ["DDIM"] = "DDIMScheduler", ["DDPM"] = "DDPMScheduler", ["PLMS"] = "PNDMScheduler", ["PNDM"] = "PNDMScheduler",
        ["UniPC"] = "UniPCMultistepScheduler", ["LCM"] = "LCMScheduler", ["TCD"] = "TCDScheduler", ["DEIS"] = "DEISMultistepScheduler",
    };

    static readonly string[] KNames =
    [
        "euler", "euler_ancestral", "heun", "dpm_2", "dpm_2_ancestral", "lms", "dpmpp_2s_ancestral", "dpmpp_2m", "dpmpp_sde", "dpmpp_2m_sde", "dpmpp_3m_sde",
    ];

    static readonly Dictionary<string, string> Spacings = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Automatic"] = "automatic", ["Uniform"] = "uniform", ["Normal"] = "normal", ["Karras"] = "karras", ["Exponential"] = "exponential",
        ["SGM Uniform"] = "sgm_uniform", ["Simple"] = "simple", ["Beta"] = "beta", ["Align Your Steps"] = "align_your_steps",
    };

    /// <summary>Makes the scheduler.</summary>
    /// <param name="request">The request.</param>
    /// <param name="own">The model's own configuration.</param>
    /// <param name="isXL">Whether the model is SDXL, which has tables of its own.</param>
    /// <exception cref="ArgumentException">A name is not known.</exception>
    public static IScheduler For(ImageRequest request, SchedulerConfig own, bool isXL)
    {
        var name = request.Scheduler;
        var spacing = request.ScheduleType is { } type ? SpacingOf(type, nameof(request.ScheduleType)) : null;
        if (name is not null)
        {
            // Names from before A1111 1.9 end in the spacing.
            foreach (var suffix in (ReadOnlySpan<string>)["Karras", "Exponential"])
                if (name.EndsWith(" " + suffix, StringComparison.OrdinalIgnoreCase) && A1111.ContainsKey(name[..^(suffix.Length + 1)]))
                    (name, spacing) = (name[..^(suffix.Length + 1)], spacing ?? SpacingOf(suffix, nameof(request.Scheduler)));
            if (request.KarrasSigmas is true) spacing ??= "karras";
            if (A1111.TryGetValue(name, out var known))
                return KDiffusionScheduler.Of(own, known.Sampler, OfModel(spacing is null or "automatic" ? request.KarrasSigmas is false ? "uniform" : known.Automatic : spacing));
            if (KNames.Contains(name)) return KDiffusionScheduler.Of(own, name, OfModel(spacing ?? "automatic"));
            if (OfDiffusers.TryGetValue(name, out var className)) name = className;
            if (!Scheduler.ClassNames.Contains(name))
                throw new ArgumentException(
                    $"The scheduler '{name}' is not known. Known are {string.Join(", ", Scheduler.ClassNames)}; {string.Join(", ", KNames)}; {string.Join(", ", A1111.Keys.Concat(OfDiffusers.Keys))}.", nameof(request));
        }

        var config = own.For(name ?? (Scheduler.ClassNames.Contains(own.ClassName) ? own.ClassName : "DDIMScheduler"));
        if (request.KarrasSigmas is { } karras) config = config with { UseKarrasSigmas = karras };
        return Scheduler.Of(spacing switch
        {
            null or "automatic" => config,
            "karras" => config with { UseKarrasSigmas = true, UseExponentialSigmas = false },
            "exponential" => config with { UseKarrasSigmas = false, UseExponentialSigmas = true },
            "uniform" or "normal" => config with { UseKarrasSigmas = false, UseExponentialSigmas = false },
            _ => throw new ArgumentException($"The schedule type '{request.ScheduleType}' goes with k-diffusion's samplers, such as 'Euler' or 'DPM++ 2M'; {config.ClassName} has no such spacing.", nameof(request)),
        });

        string OfModel(string law) => law == "align_your_steps" && isXL ? "align_your_steps_xl" : law;
    }

    static string SpacingOf(string type, string parameter) =>
        Spacings.TryGetValue(type, out var known) ? known : Spacings.ContainsValue(type) ? type
            : throw new ArgumentException($"The schedule type '{type}' is not known. Known are {string.Join(", ", Spacings.Keys)}.", parameter);
}
