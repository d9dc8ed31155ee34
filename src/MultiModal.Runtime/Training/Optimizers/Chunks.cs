namespace MultiModal.Runtime.Training.Optimizers;

/// <summary>Large buffers in pieces for several threads. Pieces are the same whatever the number of threads.</summary>
static class Chunks
{
    /// <summary>Elements of a piece: parameter, gradient and two moments of it fit a core's second-level cache.</summary>
    public const int Length = 1 << 15;

    /// <summary>Calls an action for each piece.</summary>
    /// <param name="count">How many elements there are.</param>
    /// <param name="action">Is given the first element and how many.</param>
    public static void ForEach(int count, Action<int, int> action)
    {
        if (count <= 2 * Length)
        {
            action(0, count);
            return;
        }

        var pieces = (count + Length - 1) / Length;
        Parallel.For(0, pieces, i => action(i * Length, Math.Min(Length, count - (i * Length))));
    }
}
