namespace MultiModal.AspNetCore.Tests.Support;

/// <summary>Programs that a machine may have.</summary>
static class Programs
{
    public static string? Find(params ReadOnlySpan<string> names)
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        foreach (var name in names)
        {
            foreach (var folder in folders)
            {
                foreach (var ending in OperatingSystem.IsWindows() ? new[] { ".cmd", ".exe" } : [""])
                {
                    if (File.Exists(Path.Combine(folder, name + ending)))
                        return Path.Combine(folder, name + ending);
                }
            }
        }

        return null;
    }
}

/// <summary>A test that needs node and npm.</summary>
sealed class NodeFactAttribute : FactAttribute
{
    public NodeFactAttribute()
    {
        if (Programs.Find("node") is null || Programs.Find("npm") is null)
            Skip = "node and npm are not on the PATH.";
    }
}

/// <summary>A test that needs Chromium.</summary>
sealed class ChromiumFactAttribute : FactAttribute
{
    public static string? Program => Programs.Find("chromium", "chromium-browser", "google-chrome");

    public ChromiumFactAttribute()
    {
        if (Program is null)
            Skip = "Chromium is not on the PATH.";
    }
}
