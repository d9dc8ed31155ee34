using MultiModal.Audio;

namespace MultiModal.Jimeng.Capabilities;

/// <summary>Divides recordings that are longer than a service takes, at the quietest places.</summary>
internal static class LongRecording
{
    /// <summary>The longest part, a little below the service's 60 seconds.</summary>
    static readonly TimeSpan Longest = TimeSpan.FromSeconds(58);

    /// <summary>How far before the longest part's end a quiet place is looked for.</summary>
    static readonly TimeSpan Reach = TimeSpan.FromSeconds(18);

    static readonly TimeSpan Window = TimeSpan.FromMilliseconds(100);

    /// <summary>Parts that follow each other without gaps: first sample and count of each.</summary>
    public static IReadOnlyList<(int Start, int Count)> Divide(AudioClip mono)
    {
        var format = mono.Format;
        var (longest, reach, window) = ((int)format.FramesIn(Longest), (int)format.FramesIn(Reach), (int)format.FramesIn(Window));
        var samples = mono.Channel(0);
        var parts = new List<(int, int)>();
        var start = 0;
        while (samples.Length - start > longest)
        {
            var (quietest, least) = (start + longest, float.PositiveInfinity);
            for (var at = start + longest - reach; at + window <= start + longest; at += window / 2)
            {
                var energy = Energy(samples.Slice(at, window));
                if (energy <= least)
                    (quietest, least) = (at + (window / 2), energy);
            }

            parts.Add((start, quietest - start));
            start = quietest;
        }

        parts.Add((start, samples.Length - start));
        return parts;
    }

    static float Energy(ReadOnlySpan<float> samples)
    {
        var sum = 0f;
        foreach (var sample in samples)
            sum += sample * sample;
        return sum;
    }
}
