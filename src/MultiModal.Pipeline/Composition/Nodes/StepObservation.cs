using System.Diagnostics;

namespace MultiModal.Pipeline.Composition.Nodes;

/// <summary>Tells and measures what an item does at a step.</summary>
internal struct StepObservation
{
    readonly StepInfo step;
    readonly ItemRun run;
    readonly Activity? activity;
    readonly long started;

    StepObservation(StepInfo step, ItemRun run)
    {
        (this.step, this.run) = (step, run);
        started = run.Core.Time.GetTimestamp();
        activity = PipelineTelemetry.Source.StartActivity(step.Name);
        activity?.SetTag("multimodal.pipeline.name", run.Core.Name);
    }

    public static StepObservation Begin(StepInfo step, ItemRun run)
    {
        if (!run.IsObserved)
            return default;
        var observation = new StepObservation(step, run);
        run.Report(step, StepEventKind.Started);
        return observation;
    }

    /// <summary>The item has its turn.</summary>
    public readonly void Entered()
    {
        if (run is not null)
            PipelineTelemetry.Queued(run.Core.Name, step.Name, run.Core.Time.GetElapsedTime(started));
    }

    public readonly void End(Exception? error)
    {
        if (run is null)
            return;
        var elapsed = run.Core.Time.GetElapsedTime(started);
        PipelineTelemetry.Step(run.Core.Name, step.Name, elapsed, error);
        PipelineTelemetry.End(activity, error);
        run.Report(step, error is null ? StepEventKind.Completed : StepEventKind.Failed, elapsed, error);
    }
}
