namespace MultiModal.Voice.Synthesis;

/// <summary>
/// How a generator is laid out for ONNX Runtime's processor kernels. The sound is the same, up to rounding; docs/voice-performance.md says what each step wins.
/// </summary>
/// <remarks>
/// Those kernels divide a convolution among threads by pictures, rows, and groups of 64 channels out: of one picture of a single row with 64 channels a single thread
/// has all the work. So the late stages run on parts of the signal side by side, which overlap by what the convolutions see and are joined where both are right.
/// </remarks>
/// <param name="Parts">How many parts; 1 for the whole signal.</param>
/// <param name="FirstStage">The first stage that runs on parts.</param>
/// <param name="Margin">How many samples of that stage's input a part has on each side beyond its own.</param>
/// <param name="LeastFrames">The fewest frames that fall into parts.</param>
sealed record GeneratorPlan(int Parts, int FirstStage, int Margin, int LeastFrames)
{
    // Channels out that one thread computes together.
    const int SharedChannels = 64;

    // A part has margins, which are computed for nothing.
    const int MostParts = 8;

    /// <summary>The plan for a number of threads.</summary>
    public static GeneratorPlan For(GeneratorConfig config, int threads)
    {
        var stages = config.UpsampleRates.Count;
        var first = Enumerable.Range(0, stages).Where(i => config.InitialChannels >> (i + 1) <= SharedChannels).DefaultIfEmpty(stages).First();
        var perFrame = config.UpsampleRates.Take(first).Aggregate(1, (product, rate) => product * rate);
        var parts = 1;
        while (parts * 2 <= Math.Min(threads, MostParts) && perFrame % (parts * 2) == 0) parts *= 2;
        if (parts == 1 || first == stages) return new(1, stages, 0, 0);
        var margin = Reach(config, first);
        // Neither margin of a part may reach beyond the signal's ends.
        var least = ((2 * margin * parts) + perFrame - 1) / perFrame;
        return new(parts, first, margin, least);
    }

    /// <summary>How far on each side a sample of the sound sees into the input of a stage.</summary>
    static int Reach(GeneratorConfig config, int first)
    {
        // The last convolution has 7 taps; a periodic activation sees 6 samples on each side through its two filters.
        var activation = config.Snake ? 6 : 0;
        var reach = 3 + activation;
        for (var i = config.UpsampleRates.Count - 1; i >= first; i--)
        {
            var blocks = config.ResidualKernels.Zip(
                config.ResidualDilations, (kernel, dilations) => dilations.Sum(d => ((kernel - 1) / 2 * (config.PairedResiduals ? d + 1 : d)) + (activation * (config.PairedResiduals ? 2 : 1))));
            // One more for the source's convolution; two inputs of the transposed one.
            reach = ((reach + blocks.Max() + 1 + config.UpsampleRates[i] - 1) / config.UpsampleRates[i]) + ((config.UpsampleKernels[i] + config.UpsampleRates[i] - 1) / config.UpsampleRates[i]) + activation;
        }

        return reach;
    }
}
