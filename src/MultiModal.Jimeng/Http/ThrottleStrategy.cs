using Polly;

namespace MultiModal.Jimeng.Http;

/// <summary><see cref="EndpointThrottle"/> as a link of a Polly pipeline: it holds a place for the time of one attempt.</summary>
internal sealed class ThrottleStrategy(EndpointThrottle throttle) : ResilienceStrategy<HttpResponseMessage>
{
    protected override async ValueTask<Outcome<HttpResponseMessage>> ExecuteCore<TState>(
        Func<ResilienceContext, TState, ValueTask<Outcome<HttpResponseMessage>>> callback,
        ResilienceContext context,
        TState state)
    {
        EndpointThrottle.Lease lease;
        try
        {
            lease = await throttle.EnterAsync(context.CancellationToken).ConfigureAwait(context.ContinueOnCapturedContext);
        }
        catch (OperationCanceledException cancelled)
        {
            return Outcome.FromException<HttpResponseMessage>(cancelled);
        }

        using (lease)
            return await callback(context, state).ConfigureAwait(context.ContinueOnCapturedContext);
    }
}
