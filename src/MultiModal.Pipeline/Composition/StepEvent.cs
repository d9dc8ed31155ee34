namespace MultiModal.Pipeline.Composition;

/// <summary>Something that happened at a step.</summary>
/// <param name="Pipeline">The pipeline's name.</param>
/// <param name="Step">The step's name.</param>
/// <param name="Kind">What happened.</param>
/// <param name="Item">The item's number within its run, from 0.</param>
/// <param name="Elapsed">Time since the step started on the item, waiting included; zero for what is not an end.</param>
/// <param name="Fraction">How far the step is, 0 to 1, with <see cref="StepEventKind.Progress"/>.</param>
/// <param name="Error">Why it failed, with <see cref="StepEventKind.Failed"/>, <see cref="StepEventKind.Retrying"/> and <see cref="StepEventKind.FellBack"/>.</param>
public readonly record struct StepEvent(string Pipeline, string Step, StepEventKind Kind, long Item, TimeSpan Elapsed, double? Fraction, Exception? Error);
