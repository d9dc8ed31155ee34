namespace MultiModal.Voice.Pitch;

/// <summary>How a pitch becomes one of the 256 rows of the synthesizer's pitch embedding.</summary>
public enum CoarsePitchRule
{
    /// <summary>so-vits-svc 4.1 since July 2023: rounds half to even, and what lies above the range (from 1104 Hz on) falls to row 0 instead of 255.</summary>
    Svc41,

    /// <summary>so-vits-svc 4.0, its fork and early 4.1: limits to rows 1 to 255, then rounds half up.</summary>
    Svc40,
}
