using System.Diagnostics;
using MultiModal.Runtime.Training.Checkpoints;

namespace MultiModal.Runtime.Training;

/// <summary>
/// Repeats a step: goes on from the newest checkpoint, writes new ones, stops at a step that came out infinite or not a number, and leaves a clean
/// checkpoint when it is cancelled.
/// </summary>
/// <param name="state">All that the step changes, and all that it depends on.</param>
/// <param name="checkpoints">Where checkpoints are; null for none.</param>
/// <param name="steps">How many steps there are to be, those of earlier runs included.</param>
/// <param name="checkpointEvery">After how many steps, 1 or more, a checkpoint is written; one is written at the end in any case.</param>
public sealed class TrainingRun(TrainingState state, CheckpointFolder? checkpoints, long steps, long checkpointEvery = 500)
{
    /// <summary>How much a step's duration counts in the mean: that of the last twenty, about.</summary>
    const double Freshness = 0.05;

    readonly long every = checkpointEvery >= 1 ? checkpointEvery
        : throw new ArgumentOutOfRangeException(nameof(checkpointEvery), checkpointEvery, "A checkpoint is written after 1 or more steps.");

    /// <summary>Trains.</summary>
    /// <param name="step">
    /// Does one step, given its number from 0: runs, and then updates the parameters unless the gradient is not finite. It is never broken off:
    /// cancellation waits for its end, so that no half step is in a checkpoint.
    /// </param>
    /// <param name="progress">Is told after each step.</param>
    /// <param name="cancellationToken">Ends the training after the step under way, with a checkpoint.</param>
    /// <exception cref="TrainingDivergedException">A step came out infinite or not a number. No checkpoint is written.</exception>
    /// <exception cref="InvalidFileException">The newest checkpoint is damaged, or another training's.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled; the checkpoint has been written.</exception>
    public async Task RunAsync(Func<long, Task<TrainingStep>> step, IProgress<TrainingProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(step);
        checkpoints?.TryResume(state);
        var saved = state.Step;
        var mean = 0.0;
        while (state.Step < steps)
        {
            if (cancellationToken.IsCancellationRequested)
            {
                if (state.Step > saved) checkpoints?.Save(state);
                cancellationToken.ThrowIfCancellationRequested();
            }

            var start = Stopwatch.GetTimestamp();
            var result = await step(state.Step).ConfigureAwait(false);
            if (!double.IsFinite(result.Loss) || !double.IsFinite(result.GradientNorm)) throw new TrainingDivergedException(state.Step, result.Loss, result.GradientNorm);
            state.Step++;
            var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            mean = mean == 0 ? seconds : mean + (Freshness * (seconds - mean));
            progress?.Report(new(state.Step, steps, result.Loss, result.GradientNorm, mean, TimeSpan.FromSeconds(mean * (steps - state.Step))));
            if (state.Step % every != 0 && state.Step != steps) continue;
            checkpoints?.Save(state);
            saved = state.Step;
        }
    }
}
