namespace MultiModal.Voice.Pitch;

/// <summary>What Dio and Harvest do alike around their analysis.</summary>
static class WorldPitch
{
    /// <summary>The number of frames WORLD makes of a sound.</summary>
    internal static int FrameCount(int samples, int sampleRate, double periodMs) => (int)(1000.0 * samples / sampleRate / periodMs) + 1;

    /// <summary>The times of frames in seconds.</summary>
    internal static double[] Times(int count, double periodMs)
    {
        var times = new double[count];
        for (var i = 0; i < count; i++)
            times[i] = i * periodMs / 1000;
        return times;
    }

    /// <summary>What so-vits-svc does with WORLD's pitch: rounds it, fits it to the frames wanted and fills the gaps.</summary>
    internal static PitchCurve Finish(double[] hertz, int frames, bool round)
    {
        if (round)
        {
            for (var i = 0; i < hertz.Length; i++)
                hertz[i] = Math.Round(hertz[i], 1);
        }

        return PitchCurve.WithSingleFrameQuirk(PitchResize.WithGaps(hertz, frames));
    }
}
