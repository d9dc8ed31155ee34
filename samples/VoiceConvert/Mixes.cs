using System.Globalization;
using System.Text.Json;
using MultiModal.Voice.Conversion;

namespace VoiceConvert;

/// <summary>Mixes of speakers, as the command line and files have them.</summary>
static class Mixes
{
    /// <summary>name=weight ..., or a file of curves; null where there is neither.</summary>
    public static SpeakerMix? Read(string[]? weights, string? curves) => curves is not null ? ReadCurves(curves) : weights is null or [] ? null : ReadWeights(weights);

    static SpeakerMix ReadWeights(string[] texts)
    {
        var weights = new Dictionary<string, float>();
        foreach (var text in texts)
        {
            var at = text.LastIndexOf('=');
            if (at < 1 || !float.TryParse(text.AsSpan(at + 1), NumberStyles.Float, CultureInfo.InvariantCulture, out var weight))
                throw new ArgumentException($"'{text}' is no part of a mix: write name=weight.");
            weights[text[..at]] = weight;
        }

        return SpeakerMix.Constant(weights);
    }

    /// <summary>As the original's spkmix.py: for each speaker [begin, end, weight at the beginning, weight at the end], times from 0 to 1.</summary>
    static SpeakerMix ReadCurves(string path)
    {
        try
        {
            var lines = JsonSerializer.Deserialize<Dictionary<string, double[][]>>(File.ReadAllText(path)) ?? [];
            return SpeakerMix.Curves(lines.ToDictionary(l => l.Key, l => (IReadOnlyList<SpeakerRamp>)[.. l.Value.Select(v => new SpeakerRamp(v[0], v[1], (float)v[2], (float)v[3]))]));
        }
        catch (Exception e) when (e is JsonException or IndexOutOfRangeException)
        {
            throw new ArgumentException($"{path} is no mix: write {{\"name\": [[begin, end, weight, weight], ...], ...}}.", e);
        }
    }
}
