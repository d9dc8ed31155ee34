using System.Globalization;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using Perfolizer.Horology;

namespace MultiModal.Benchmarks.Latency;

/// <summary>The 99th percentile of the iterations, by nearest rank, which BenchmarkDotNet has no column for.</summary>
sealed class P99Column : IColumn
{
    public string Id => "P99";

    public string ColumnName => "P99";

    public bool AlwaysShow => true;

    public ColumnCategory Category => ColumnCategory.Statistics;

    public int PriorityInCategory => 1;

    public bool IsNumeric => true;

    public UnitType UnitType => UnitType.Time;

    public string Legend => "99 % of the iterations took at most so long";

    public bool IsAvailable(Summary summary) => true;

    public bool IsDefault(Summary summary, BenchmarkCase benchmarkCase) => false;

    public string GetValue(Summary summary, BenchmarkCase benchmarkCase) => GetValue(summary, benchmarkCase, SummaryStyle.Default);

    public string GetValue(Summary summary, BenchmarkCase benchmarkCase, SummaryStyle style)
    {
        if (summary[benchmarkCase]?.ResultStatistics is not { } statistics) return "NA";
        var times = statistics.OriginalValues.Order().ToArray();
        var time = times[(int)Math.Ceiling(0.99 * times.Length) - 1];
        var unit = TimeUnit.GetBestTimeUnit(time);
        return string.Create(CultureInfo.InvariantCulture, $"{TimeUnit.Convert(time, TimeUnit.Nanosecond, unit):N2} {unit.Abbreviation}");
    }
}
