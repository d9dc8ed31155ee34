using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using MultiModal.AspNetCore.Access;
using MultiModal.AspNetCore.Errors;
using MultiModal.AspNetCore.Jobs;

namespace MultiModal.AspNetCore.Rest;

/// <summary>Answers that several endpoints give.</summary>
internal static class Answers
{
    public const string EventStream = "text/event-stream";

    public static Caller Caller(this HttpContext context) =>
        context.Features.Get<Caller>() ?? throw new InvalidOperationException("The endpoint is reached without the guard.");

    /// <summary>Whether the client asks for a type by name; what it takes besides does not count.</summary>
    public static bool Asks(this HttpRequest request, string mediaType) =>
        request.GetTypedHeaders().Accept.Any(accepted => accepted.MediaType.Equals(mediaType, StringComparison.OrdinalIgnoreCase) && accepted.Quality is null or > 0);

    public static ImagesAnswer Pictures(JobResult result) =>
        new([.. result.Items.Select(static item => new PictureAnswer(item.MediaType, item.Data, item.Seed))], result.Model);

    public static IResult File(JobItem item) => new BytesResult(item);

    /// <summary>A job's states as events: progress, preview, and at the end completed, failed or cancelled.</summary>
    /// <param name="job">The job.</param>
    /// <param name="cancelWithReader">Whether the job ends with its reader.</param>
    /// <param name="completed">What the last event says of a job that succeeded.</param>
    /// <param name="gone">Fires when the reader has gone.</param>
    public static IResult Events(Job job, bool cancelWithReader, Func<JobView, string> completed, CancellationToken gone) =>
        TypedResults.ServerSentEvents(Items(job, cancelWithReader, completed, gone));

    static async IAsyncEnumerable<SseItem<string>> Items(
        Job job, bool cancelWithReader, Func<JobView, string> completed, [EnumeratorCancellation] CancellationToken gone)
    {
        var previews = 0;
        await foreach (var view in job.FollowAsync(cancelWithReader, gone).ConfigureAwait(false))
        {
            if (view.Preview is { } preview && preview.Number > previews)
            {
                previews = preview.Number;
                yield return Item("preview", JsonSerializer.Serialize(new(preview.Number, "image/png", preview.Png), RestJson.Default.PreviewEvent), view);
            }

            yield return view.State switch
            {
                JobState.Succeeded => Item("completed", completed(view), view),
                JobState.Failed or JobState.Cancelled => Item(Name(view.State), Error(view.Error ?? Refusal.Failed()), view),
                _ => Item("progress", JsonSerializer.Serialize(new(Name(view.State), view.Progress), RestJson.Default.ProgressEvent), view),
            };
        }
    }

    public static string Name(JobState state) => state switch
    {
        JobState.Queued => "queued",
        JobState.Running => "running",
        JobState.Succeeded => "succeeded",
        JobState.Failed => "failed",
        _ => "cancelled",
    };

    static string Error(Refusal error) => JsonSerializer.Serialize(new(error.Code, error.Detail), RestJson.Default.JobErrorAnswer);

    static SseItem<string> Item(string type, string data, JobView view) => new(data, type) { EventId = view.Version.ToString(System.Globalization.CultureInfo.InvariantCulture) };

    sealed class BytesResult(JobItem item) : IResult
    {
        public async Task ExecuteAsync(HttpContext httpContext)
        {
            var response = httpContext.Response;
            response.ContentType = item.MediaType;
            response.ContentLength = item.Data.Length;
            response.Headers.CacheControl = "no-store";
            response.Headers.XContentTypeOptions = "nosniff";
            if (item.Seed is { } seed)
                response.Headers["X-Seed"] = seed.ToString(System.Globalization.CultureInfo.InvariantCulture);
            await response.Body.WriteAsync(item.Data, httpContext.RequestAborted).ConfigureAwait(false);
        }
    }
}
