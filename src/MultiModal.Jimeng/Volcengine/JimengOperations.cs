namespace MultiModal.Jimeng.Volcengine;

/// <summary>The names of the operations, as they stand in errors, logs, metrics, and as keys of client-side limits.</summary>
public static class JimengOperations
{
    /// <summary>Submitting a task.</summary>
    public const string Submit = "jimeng.submit";

    /// <summary>Asking after a task.</summary>
    public const string GetResult = "jimeng.get";

    /// <summary>Cancelling a task.</summary>
    public const string Cancel = "jimeng.cancel";

    /// <summary>An immediate call.</summary>
    public const string Process = "jimeng.process";

    /// <summary>Downloading a result.</summary>
    public const string Download = "jimeng.download";
}
