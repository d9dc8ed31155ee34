namespace MultiModal.Voice.Signal;

/// <summary>Stretches content units, which come 50 times a second, to the frames of the synthesizer (so-vits-svc's <c>repeat_expand_2d</c>).</summary>
public static class UnitAlignment
{
    /// <summary>The unit that each frame takes, for the modes that repeat units.</summary>
    /// <param name="units">The number of units, at least 1.</param>
    /// <param name="frames">The number of frames wanted.</param>
    /// <param name="mode"><see cref="UnitAlignmentMode.Left"/> or <see cref="UnitAlignmentMode.Nearest"/>.</param>
    /// <returns>For every frame the index of its unit.</returns>
    public static int[] Indices(int units, int frames, UnitAlignmentMode mode)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(units, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(frames);
        var indices = new int[frames];
        switch (mode)
        {
            case UnitAlignmentMode.Left:
                // At most one step a frame, so that fewer frames than units leave the last units out: as the original does.
                for (int frame = 0, unit = 0; frame < frames; frame++)
                {
                    if (unit + 1 < units && frame >= (float)((long)(unit + 1) * frames) / units)
                        unit++;
                    indices[frame] = unit;
                }

                break;
            case UnitAlignmentMode.Nearest:
                // In single precision, as PyTorch's interpolate computes it.
                var scale = (float)units / frames;
                for (var frame = 0; frame < frames; frame++)
                    indices[frame] = Math.Min((int)MathF.Floor(frame * scale), units - 1);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(mode), mode, "This mode blends units; it has no indices.");
        }

        return indices;
    }

    /// <summary>Stretches units.</summary>
    /// <param name="units">[channels, units], row-major.</param>
    /// <param name="channels">The number of rows.</param>
    /// <param name="frames">The number of frames wanted.</param>
    /// <param name="mode">How.</param>
    /// <returns>[channels, frames], row-major.</returns>
    /// <exception cref="ArgumentException">The length is no multiple of the number of channels, or there is no unit.</exception>
    public static float[] Stretch(ReadOnlySpan<float> units, int channels, int frames, UnitAlignmentMode mode)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        if (units.IsEmpty || units.Length % channels != 0)
            throw new ArgumentException($"{units.Length} values are not units of {channels} channels.", nameof(units));
        var count = units.Length / channels;
        var result = new float[checked(channels * frames)];
        if (mode == UnitAlignmentMode.Linear)
        {
            for (var channel = 0; channel < channels; channel++)
                LinearResize.Resize(units.Slice(channel * count, count), result.AsSpan(channel * frames, frames));
            return result;
        }

        var indices = Indices(count, frames, mode);
        for (var channel = 0; channel < channels; channel++)
        {
            var source = units.Slice(channel * count, count);
            var target = result.AsSpan(channel * frames, frames);
            for (var frame = 0; frame < frames; frame++)
                target[frame] = source[indices[frame]];
        }

        return result;
    }
}
