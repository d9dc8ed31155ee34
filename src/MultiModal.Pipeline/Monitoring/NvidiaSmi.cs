using System.Globalization;

namespace MultiModal.Pipeline.Monitoring;

/// <summary>Reads what the tool nvidia-smi prints, in its two forms.</summary>
public static class NvidiaSmi
{
    const long Mebibyte = 1 << 20;

    /// <summary>The fields that <see cref="ParseQuery"/> reads, in their order: the argument of <c>--query-gpu=</c>.</summary>
    public const string QueryFields = "index,uuid,name,utilization.gpu,utilization.memory,memory.used,memory.total,temperature.gpu,power.draw,clocks.sm";

    /// <summary>Reads what <c>nvidia-smi --query-gpu=... --format=csv,noheader,nounits</c> prints for <see cref="QueryFields"/>.</summary>
    /// <param name="text">One line a GPU. Lines that are none, such as messages of the driver, are left out.</param>
    public static IReadOnlyList<GpuSample> ParseQuery(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var samples = new List<GpuSample>();
        foreach (var line in text.Split('\n'))
        {
            var fields = line.Split(',', StringSplitOptions.TrimEntries);
            if (fields.Length != 10 || !int.TryParse(fields[0], NumberStyles.None, CultureInfo.InvariantCulture, out var index))
                continue;
            samples.Add(new(index)
            {
                Uuid = Text(fields[1]),
                Name = Text(fields[2]),
                Utilization = Number(fields[3]) / 100,
                MemoryUtilization = Number(fields[4]) / 100,
                MemoryUsed = Bytes(fields[5]),
                MemoryTotal = Bytes(fields[6]),
                Temperature = Number(fields[7]),
                Power = Number(fields[8]),
                Clock = Number(fields[9]),
            });
        }

        return samples;
    }

    /// <summary>
    /// Reads what <c>nvidia-smi dmon</c> prints: lines of columns that its header names (gpu, pwr, gtemp, sm, mem, fb, pclk), whichever are there and in
    /// whatever order.
    /// </summary>
    /// <param name="text">Headers and lines; of several lines for a GPU the last counts.</param>
    public static IReadOnlyList<GpuSample> ParseDmon(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var samples = new SortedDictionary<int, GpuSample>();
        string[] names = [];
        foreach (var line in text.Split('\n'))
        {
            var fields = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (fields is ["#", "gpu", ..] or ["#", "Date", ..] or ["#", "Time", ..])
                names = fields[1..];
            if (fields.Length == 0 || fields[0].StartsWith('#') || fields.Length < names.Length)
                continue;
            string? Field(string name) => Array.IndexOf(names, name) is >= 0 and var at ? fields[at] : null;
            if (!int.TryParse(Field("gpu"), NumberStyles.None, CultureInfo.InvariantCulture, out var index))
                continue;
            samples[index] = new(index)
            {
                Utilization = Number(Field("sm")) / 100,
                MemoryUtilization = Number(Field("mem")) / 100,
                MemoryUsed = Bytes(Field("fb")),
                Temperature = Number(Field("gtemp") ?? Field("temp")),
                Power = Number(Field("pwr")),
                Clock = Number(Field("pclk")),
            };
        }

        return [.. samples.Values];
    }

    // "[N/A]", "[Not Supported]", "[Unknown Error]", "ERR!" and "-" are all the tool's ways to say that it does not know.
    static double? Number(string? field) =>
        double.TryParse(field, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value) && value >= 0 ? value : null;

    static long? Bytes(string? field) => Number(field) is { } mebibytes && mebibytes < long.MaxValue / (2.0 * Mebibyte) ? (long)(mebibytes * Mebibyte) : null;

    static string? Text(string field) => field.Length == 0 || field.StartsWith('[') || field is "N/A" or "ERR!" ? null : field;
}
