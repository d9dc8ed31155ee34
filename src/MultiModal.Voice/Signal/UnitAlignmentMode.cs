namespace MultiModal.Voice.Signal;

/// <summary>How content units are stretched to the frame rate of the synthesizer.</summary>
public enum UnitAlignmentMode
{
    /// <summary>A unit lasts until the frame its end falls on: the rule of models whose config.json has no <c>unit_interpolate_mode</c>.</summary>
    Left,

    /// <summary>The unit at floor(frame * units / frames): <c>unit_interpolate_mode</c> "nearest".</summary>
    Nearest,

    /// <summary>Linear interpolation between units, half-pixel centres: <c>unit_interpolate_mode</c> "linear".</summary>
    Linear,
}
