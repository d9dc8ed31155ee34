using System.Globalization;
using MultiModal.Runtime.Training;

namespace TrainLora;

/// <summary>A line that fills up on a terminal, and a line every fiftieth of the way elsewhere; it keeps the losses for the plot.</summary>
sealed class ProgressBar : IProgress<TrainingProgress>
{
    const int Width = 28;
    readonly List<(long Step, double Loss)> curve = [];
    double sum;
    int count;

    /// <summary>Mean losses.</summary>
    public IReadOnlyList<(long Step, double Loss)> Curve => curve;

    public void Report(TrainingProgress value)
    {
        (sum, count) = (sum + value.Loss, count + 1);
        var isPoint = value.Step % Math.Max(1, value.Total / 50) == 0 || value.Step == value.Total;
        if (isPoint)
        {
            curve.Add((value.Step, sum / count));
            (sum, count) = (0, 0);
        }

        var text = string.Create(
            CultureInfo.InvariantCulture, $"{value.Step}/{value.Total}  loss {value.Loss:F4}  {value.SecondsPerStep:F2} s a step  {value.Remaining:hh\\:mm\\:ss} left");
        var filled = (int)(Width * value.Step / value.Total);
        if (!Console.IsOutputRedirected) Console.Write($"\r[{new string('#', filled)}{new string('-', Width - filled)}] {text}   {(value.Step == value.Total ? "\n" : "")}");
        else if (isPoint) Console.WriteLine(text);
    }
}
