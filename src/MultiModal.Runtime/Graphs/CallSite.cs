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
            if (owner is null || owner.Namespace == typeof(CallSite).Namespace) continue;
            var place = $"{owner.FullName}.{method!.Name}";
            return frame.GetFileName() is { } file ? $"{file}:{frame.GetFileLineNumber()} ({place})" : place;
        }

        return "";
    }
}
