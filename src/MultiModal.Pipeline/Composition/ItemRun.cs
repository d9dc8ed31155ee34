namespace MultiModal.Pipeline.Composition;

/// <summary>One item on its way through a pipeline.</summary>
internal sealed class ItemRun(PipelineCore core, long index, IProgress<StepEvent>? progress)
{
    public PipelineCore Core => core;

    public long Index => index;

    public IProgress<StepEvent>? Progress => progress;

    /// <summary>Whether anybody wants to know what happens at the steps.</summary>
    public bool IsObserved { get; } = progress is not null || PipelineTelemetry.IsEnabled;

    public void Report(StepInfo step, StepEventKind kind, TimeSpan elapsed = default, Exception? error = null) =>
        progress?.Report(new(core.Name, step.Name, kind, index, elapsed, null, error));
}
