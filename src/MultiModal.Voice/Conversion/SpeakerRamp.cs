namespace MultiModal.Voice.Conversion;

/// <summary>The weight of a speaker over a part of a sound: a straight line.</summary>
/// <param name="Start">Where it begins; 0 is the beginning of the sound.</param>
/// <param name="End">Where it ends; 1 is the end of the sound.</param>
/// <param name="From">The weight at its beginning; not negative.</param>
/// <param name="To">The weight at its end; not negative.</param>
public readonly record struct SpeakerRamp(double Start, double End, float From, float To);
