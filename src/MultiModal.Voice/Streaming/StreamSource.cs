namespace MultiModal.Voice.Streaming;

/// <summary>The harmonic source of the decoder frame by frame: each frame's samples are made once, so that overlapping windows have the same.</summary>
/// <param name="source">The model's source: its weights and rate.</param>
/// <param name="random">Where phases and noise come from.</param>
sealed class StreamSource(Synthesis.HarmonicSource source, NoiseTable random)
{
    readonly double[] phases = new double[source.Harmonics];
    readonly float[] noise = new float[source.Hop * source.Harmonics];
    readonly float[] guessed = new float[source.Hop * source.Harmonics];
    bool started;

    /// <summary>Makes the next frame.</summary>
    /// <param name="pitch">In Hz; not above 0 where there is none.</param>
    /// <param name="samples">Room for a hop.</param>
    public void Next(float pitch, Span<float> samples)
    {
        if (!started)
        {
            // All harmonics but the first begin anywhere.
            for (var h = 1; h < phases.Length; h++) phases[h] = random.NextPhase();
            started = true;
        }

        random.Fill(noise);
        source.Continue(pitch, phases, noise, samples);
    }

    /// <summary>What a frame that is still to come will be like, if the pitch stays.</summary>
    /// <param name="pitch">In Hz.</param>
    /// <param name="ahead">How many frames lie between the last and this one.</param>
    /// <param name="samples">Room for a hop.</param>
    public void Guess(float pitch, int ahead, Span<float> samples)
    {
        Span<double> later = stackalloc double[phases.Length];
        for (var h = 0; h < later.Length; h++) later[h] = phases[h] + ((double)pitch * (h + 1) / source.SampleRate * source.Hop * ahead);
        // The noise of the last frame once more: it is only heard where this frame is made again.
        noise.CopyTo(guessed, 0);
        source.Continue(pitch, later, guessed, samples);
    }
}
