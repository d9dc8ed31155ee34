using System.Globalization;
using System.Text;

namespace MultiModal.Pipeline.Monitoring.Prometheus;

/// <summary>Names, units and values as Prometheus has them (OpenTelemetry specification, "Prometheus and OpenMetrics Compatibility").</summary>
internal static class PrometheusNames
{
    public static string Metric(string name, string? unit, MetricKind kind)
    {
        var text = Clean(name, allowColon: true);
        var word = Unit(unit);
        if (word is null && unit == "1" && kind is MetricKind.Gauge)
            word = "ratio";
        if (word is not null && !text.EndsWith($"_{word}", StringComparison.Ordinal))
            text += $"_{word}";
        return kind == MetricKind.Counter && !text.EndsWith("_total", StringComparison.Ordinal) ? $"{text}_total" : text;
    }

    public static string Clean(ReadOnlySpan<char> name, bool allowColon = false)
    {
        var text = new StringBuilder(name.Length + 1);
        if (name.Length == 0 || char.IsAsciiDigit(name[0]))
            text.Append('_');
        foreach (var c in name)
        {
            var kept = char.IsAsciiLetterOrDigit(c) || (allowColon && c == ':');
            // Several characters that are none become one.
            if (kept)
                text.Append(c);
            else if (text.Length == 0 || text[^1] != '_')
                text.Append('_');
        }

        return text.ToString();
    }

    public static string Escape(string value) => value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);

    public static string EscapeHelp(string value) => value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);

    public static string Number(double value) => value switch
    {
        double.PositiveInfinity => "+Inf",
        double.NegativeInfinity => "-Inf",
        double.NaN => "NaN",
        _ => value.ToString("R", CultureInfo.InvariantCulture),
    };

    // UCUM's units in words; what stands in braces is no unit.
    static string? Unit(string? unit) => unit switch
    {
        null or "" or "1" => null,
        ['{', ..] => null,
        "s" => "seconds",
        "ms" => "milliseconds",
        "us" => "microseconds",
        "ns" => "nanoseconds",
        "min" => "minutes",
        "h" => "hours",
        "d" => "days",
        "By" => "bytes",
        "KiBy" => "kibibytes",
        "MiBy" => "mebibytes",
        "GiBy" => "gibibytes",
        "Hz" => "hertz",
        "W" => "watts",
        "Cel" => "celsius",
        "%" => "percent",
        _ => Clean(unit),
    };
}
