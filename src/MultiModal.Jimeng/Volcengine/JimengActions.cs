namespace MultiModal.Jimeng.Volcengine;

/// <summary>The actions a kind of request is carried out by.</summary>
/// <param name="Submit">The action that submits, or that does everything.</param>
/// <param name="GetResult">The action that asks after a task, or null where <paramref name="Submit"/> answers with the result.</param>
/// <param name="Version">The version of both.</param>
public sealed record JimengActions(string Submit, string? GetResult, string Version)
{
    const string Visual = "2022-08-31";

    /// <summary>Images and videos of Jimeng.</summary>
    public static JimengActions Tasks { get; } = new("CVSync2AsyncSubmitTask", "CVSync2AsyncGetResult", Visual);

    /// <summary>Digital humans and video remakes.</summary>
    public static JimengActions HumanTasks { get; } = new("CVSubmitTask", "CVGetResult", Visual);

    /// <summary>Calls that answer at once.</summary>
    public static JimengActions Immediate { get; } = new("CVProcess", null, Visual);
}
