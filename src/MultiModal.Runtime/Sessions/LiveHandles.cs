namespace MultiModal.Runtime.Sessions;

/// <summary>Counts the native objects of this library that are alive, so that tests and monitoring can see what was not disposed.</summary>
public static class LiveHandles
{
    static readonly int[] Counts = new int[Enum.GetValues<NativeHandleKind>().Length];

    /// <summary>How many objects of all kinds are alive.</summary>
    public static int Total => Enum.GetValues<NativeHandleKind>().Sum(Count);

    /// <summary>How many objects of one kind are alive.</summary>
    /// <param name="kind">The kind.</param>
    public static int Count(NativeHandleKind kind) => Volatile.Read(ref Counts[(int)kind]);

    /// <summary>The counts as text, such as "Session 1, Value 12".</summary>
    public static string Describe()
    {
        var alive = Enum.GetValues<NativeHandleKind>().Where(kind => Count(kind) != 0).Select(kind => $"{kind} {Count(kind)}");
        var text = string.Join(", ", alive);
        return text.Length == 0 ? "none" : text;
    }

    internal static void Opened(NativeHandleKind kind) => Interlocked.Increment(ref Counts[(int)kind]);

    internal static void Closed(NativeHandleKind kind) => Interlocked.Decrement(ref Counts[(int)kind]);
}
