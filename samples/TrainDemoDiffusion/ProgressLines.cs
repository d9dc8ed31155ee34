using System.Globalization;
using MultiModal.Runtime.Training;

namespace TrainDemoDiffusion;

/// <summary>A line every so many steps: the mean loss of the steps since the last line, and the time left.</summary>
sealed class ProgressLines(int every = 20) : IProgress<TrainingProgress>
{
    readonly List<(long Step, double Loss)> curve = [];
    double sum;
    int count;

    /// <summary>The means, for a plot.</summary>
    public IReadOnlyList<(long Step, double Loss)> Curve => curve;

    public void Report(TrainingProgress value)
    {
        sum += value.Loss;
        count++;
        if (value.Step % every != 0 && value.Step != value.Total) return;
        curve.Add((value.Step, sum / count));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{value.Step}/{value.Total}  loss {sum / count:F4}  gradient {value.GradientNorm:F2}  {value.SecondsPerStep:F2} s a step  {value.Remaining:hh\\:mm\\:ss} left"));
        (sum, count) = (0, 0);
    }
}
