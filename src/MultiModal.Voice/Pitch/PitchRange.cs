namespace MultiModal.Voice.Pitch;

/// <summary>The pitches looked for.</summary>
public readonly record struct PitchRange
{
    /// <summary>Makes a range.</summary>
    /// <param name="floor">The lowest pitch in Hz, at least 10.</param>
    /// <param name="ceiling">The highest pitch in Hz, above the floor.</param>
    /// <exception cref="ArgumentOutOfRangeException">They are no such range.</exception>
    public PitchRange(double floor, double ceiling)
    {
        if (!(floor >= 10 && double.IsFinite(floor)))
            throw new ArgumentOutOfRangeException(nameof(floor), floor, "The floor is at least 10 Hz.");
        if (!(ceiling > floor && double.IsFinite(ceiling)))
            throw new ArgumentOutOfRangeException(nameof(ceiling), ceiling, "The ceiling lies above the floor.");
        (Floor, Ceiling) = (floor, ceiling);
    }

    /// <summary>50 to 1100 Hz: what so-vits-svc uses everywhere.</summary>
    public static PitchRange Default { get; } = new(50, 1100);

    /// <summary>The lowest pitch, in Hz.</summary>
    public double Floor { get; }

    /// <summary>The highest pitch, in Hz.</summary>
    public double Ceiling { get; }
}
