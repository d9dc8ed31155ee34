using MultiModal.Diffusion.Schedulers;

namespace MultiModal.Diffusion.Generation;

/// <summary>One way from noise, or a noisy picture, to latents.</summary>
sealed record SamplingPass
{
    public required Schedule Schedule { get; init; }

    public required LatentShape Shape { get; init; }

    /// <summary>The latents to start from; those at the end.</summary>
    public required float[] Latents { get; init; }

    /// <summary>The call to begin with.</summary>
    public int FirstCall { get; init; }

    /// <summary>Steps of the pass before, where schedules of words went on to.</summary>
    public int StepsBefore { get; init; }

    /// <summary>An inpainting UNet's further channels.</summary>
    public float[]? MoreChannels { get; init; }

    /// <summary>What stays as it is, for UNets that are not told: the clean latents, their noise, and where to draw (1 an element of a plane).</summary>
    public (float[] Clean, float[] Noise, float[] Mask)? Keep { get; init; }

    /// <summary>Steps that will be told.</summary>
    public int Steps => (Schedule.Calls - FirstCall + Schedule.CallsPerStep - 1) / Schedule.CallsPerStep;

    /// <summary>Puts back what stays, at the noise level of the next call.</summary>
    public void Restore(int nextCall)
    {
        if (Keep is not var (clean, noise, mask)) return;
        var (signal, level) = nextCall >= Schedule.Calls ? (1f, 0f) : Schedule.MixAt(nextCall);
        var area = Shape.Height * Shape.Width;
        for (var i = 0; i < Latents.Length; i++)
        {
            var share = mask[i % area];
            Latents[i] = (share * Latents[i]) + ((1 - share) * ((signal * clean[i]) + (level * noise[i])));
        }
    }
}
