namespace MultiModal.Pipeline.Composition;

/// <summary>Which item of which pipeline a step works on, and where it tells its progress.</summary>
public readonly struct StepContext
{
    readonly ItemRun run;
    readonly StepInfo step;

    internal StepContext(ItemRun run, StepInfo step) => (this.run, this.step) = (run, step);

    /// <summary>The pipeline's name.</summary>
    public string Pipeline => run.Core.Name;

    /// <summary>The step's name.</summary>
    public string Step => step.Name;

    /// <summary>The item's number within its run, from 0.</summary>
    public long Item => run.Index;

    /// <summary>The container the pipeline was built with; an empty one where there was none.</summary>
    public IServiceProvider Services => run.Core.Services;

    /// <summary>The clock to go by.</summary>
    public TimeProvider Time => run.Core.Time;

    /// <summary>What takes fractions from 0 to 1 of this step's work; null where nobody listens.</summary>
    public IProgress<double>? Progress => run.Progress is null ? null : new FractionReporter(run, step);

    /// <summary>Tells how far the step is.</summary>
    /// <param name="fraction">The part that is done, 0 to 1.</param>
    public void Report(double fraction) => FractionReporter.Report(run, step, fraction);

    sealed class FractionReporter(ItemRun run, StepInfo step) : IProgress<double>
    {
        public void Report(double value) => Report(run, step, value);

        public static void Report(ItemRun run, StepInfo step, double fraction) =>
            run.Progress?.Report(new(run.Core.Name, step.Name, StepEventKind.Progress, run.Index, TimeSpan.Zero, fraction, null));
    }
}
