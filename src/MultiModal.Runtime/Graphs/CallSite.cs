using System.Diagnostics;

namespace MultiModal.Runtime.Graphs;

/// <summary>Finds the line that is to blame, once there is blame: the stack is walked only for an error.</summary>
static class CallSite
{
    public static string Find()
    {
        foreach (var frame in new StackTrace(fNeedFileInfo: true).GetFrames())
        {
            var method = frame.GetMethod();
            var owner = method?.DeclaringType;
            if (owner is null || IsLibrary(owner.Namespace)) continue;
            var place = $"{owner.FullName}.{method!.Name}";
            return frame.GetFileName() is { } file ? $"{file}:{frame.GetFileLineNumber()} ({place})" : place;
        }

        return "";
    }

    /// <summary>Operators, passes and layers only pass on what they are given.</summary>
    static bool IsLibrary(string? name)
    {
        const string Graphs = "MultiModal.Runtime.Graphs", Layers = "MultiModal.Runtime.Layers", Training = "MultiModal.Runtime.Training";
        return name is Graphs or Layers or Training
            || name?.StartsWith(Graphs + ".", StringComparison.Ordinal) == true || name?.StartsWith(Training + ".", StringComparison.Ordinal) == true;
    }
}
