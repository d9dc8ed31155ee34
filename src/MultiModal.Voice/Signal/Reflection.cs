namespace MultiModal.Voice.Signal;

/// <summary>Padding by reflection about the first and last sample, which are not repeated (PyTorch's and NumPy's "reflect").</summary>
static class Reflection
{
    /// <summary>The index inside a signal that an index outside stands for. Short signals are reflected as often as it takes.</summary>
    internal static int Index(int index, int length)
    {
        if ((uint)index < (uint)length)
            return index;
        if (length == 1)
            return 0;
        var period = 2 * (length - 1);
        var folded = index % period;
        if (folded < 0)
            folded += period;
        return folded < length ? folded : period - folded;
    }
}
