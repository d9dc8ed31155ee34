namespace TextToImage;

/// <summary>A line that fills up; silent where the output is no terminal.</summary>
sealed class ProgressBar
{
    const int Width = 32;
    readonly bool visible = !Console.IsOutputRedirected;

    public void Show(int done, int total, TimeSpan elapsed)
    {
        if (!visible) return;
        var filled = Width * done / total;
        var left = done == 0 ? TimeSpan.Zero : elapsed / done * (total - done);
        Console.Write($"\r[{new string('#', filled)}{new string('-', Width - filled)}] {done}/{total}, {left:mm\\:ss} left ");
    }

    public void Clear()
    {
        if (visible) Console.Write("\r" + new string(' ', Width + 32) + "\r");
    }
}
