namespace MultiModal.Pipeline.Composition;

/// <summary>One step of a pipeline, as a class: made by the container, called for many items at once.</summary>
/// <typeparam name="TIn">What it takes.</typeparam>
/// <typeparam name="TOut">What it gives.</typeparam>
/// <remarks>A step lives as long as its pipeline and is safe for concurrent calls.</remarks>
public interface IPipelineStep<in TIn, TOut>
{
    /// <summary>Does the step's work for one item.</summary>
    /// <param name="input">The item.</param>
    /// <param name="context">Which item of which pipeline this is, and where progress is told.</param>
    /// <param name="cancellationToken">Cancelled when nobody waits for the result any more.</param>
    ValueTask<TOut> InvokeAsync(TIn input, StepContext context, CancellationToken cancellationToken);
}
