namespace MultiModal.Pipeline.Composition;

/// <summary>What all runs of a pipeline share.</summary>
internal sealed record PipelineCore(string Name, IServiceProvider Services, TimeProvider Time);
