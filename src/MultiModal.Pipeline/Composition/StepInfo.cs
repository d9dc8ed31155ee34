namespace MultiModal.Pipeline.Composition;

/// <summary>A step as the events, the metrics and the drawing know it.</summary>
/// <param name="Name">Its name, unique in the pipeline.</param>
/// <param name="Note">What the drawing says below the name; empty for nothing.</param>
internal sealed record StepInfo(string Name, string Note);
