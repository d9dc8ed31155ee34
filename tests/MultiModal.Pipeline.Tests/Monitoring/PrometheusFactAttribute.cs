namespace MultiModal.Pipeline.Tests.Monitoring;

/// <summary>A test that needs the program prometheus, as Debian's package of that name installs it.</summary>
sealed class PrometheusFactAttribute : FactAttribute
{
    public PrometheusFactAttribute()
    {
        if (Find("prometheus") is null || Find("promtool") is null)
            Skip = "The programs prometheus and promtool are not installed (on Debian: apt-get install prometheus).";
    }

    public static string? Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);
}
