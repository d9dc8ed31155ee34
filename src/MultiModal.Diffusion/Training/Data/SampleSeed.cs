namespace MultiModal.Diffusion.Training.Data;

/// <summary>Seeds that depend on the run's seed and a number alone, so that nothing drawn depends on what was drawn before.</summary>
static class SampleSeed
{
    /// <summary>A seed from a seed, a number and a purpose (SplitMix64's finaliser, Steele et al. 2014, over their sum).</summary>
    public static ulong Mix(ulong seed, ulong number, ulong purpose)
    {
        var x = unchecked(Scramble(seed) + Scramble(number + 0x9E3779B97F4A7C15) + Scramble(purpose ^ 0xD1B54A32D192ED03));
        return Scramble(x);
    }

    static ulong Scramble(ulong x)
    {
        unchecked
        {
            x ^= x >> 30;
            x *= 0xBF58476D1CE4E5B9;
            x ^= x >> 27;
            x *= 0x94D049BB133111EB;
            return x ^ (x >> 31);
        }
    }
}
