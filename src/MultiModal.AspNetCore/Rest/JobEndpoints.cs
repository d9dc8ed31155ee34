using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;
using MultiModal.AspNetCore.Errors;
using MultiModal.AspNetCore.Jobs;

namespace MultiModal.AspNetCore.Rest;

/// <summary>Jobs: begun, asked after, followed, fetched and cancelled, by their owner alone.</summary>
internal sealed class JobEndpoints(JobRunner jobs, ImageEndpoints images, VoiceEndpoints voice, LinkGenerator links, IOptions<MultiModalHostOptions> options)
{
    public const string JobName = "multimodal.job";
    public const string ResultName = "multimodal.job.result";

    public Task<IResult> BeginImageAsync(HttpContext context) => AcceptAsync(context, images.BeginGenerateAsync);

    public Task<IResult> BeginEditAsync(HttpContext context) => AcceptAsync(context, images.BeginEditAsync);

    public Task<IResult> BeginVoiceAsync(HttpContext context) => AcceptAsync(context, voice.BeginConvertAsync);

    public IResult List(HttpContext context) => TypedResults.Json(
        new([.. jobs.Of(context.Caller().Id).OrderByDescending(static job => job.View.Created).Select(job => Describe(context, job, job.View))]), RestJson.Default.JobsAnswer);

    public IResult Get(HttpContext context)
    {
        var job = Find(context);
        return TypedResults.Json(Describe(context, job, job.View), RestJson.Default.JobAnswer);
    }

    public IResult Events(HttpContext context)
    {
        var job = Find(context);
        return Answers.Events(
            job, cancelWithReader: false, view => JsonSerializer.Serialize(Describe(context, job, view), RestJson.Default.JobAnswer), context.RequestAborted);
    }

    public IResult Result(HttpContext context)
    {
        var view = Find(context).View;
        if (view.Error is { } error)
            throw (error.Status == 499 ? new Refusal(409, "cancelled", error.Detail) : error).Exception();
        if (view.Result is not { } result)
            throw new RefusalException(new(409, "not-ready", "The job is not done yet."));
        return context.Request.RouteValues["number"] is string text && int.TryParse(text, out var number) && number >= 0 && number < result.Items.Count
            ? Answers.File(result.Items[number])
            : throw Refusal.NotFound("result-unknown", "The job has no result of that number.").Exception();
    }

    public IResult Remove(HttpContext context)
    {
        jobs.Remove(Find(context));
        return TypedResults.NoContent();
    }

    async Task<IResult> AcceptAsync(HttpContext context, Func<HttpContext, Task<Job>> begin)
    {
        var job = await begin(context).ConfigureAwait(false);
        var answer = Describe(context, job, job.View);
        context.Response.Headers.Location = links.GetPathByName(context, JobName, new { id = job.Id });
        return TypedResults.Json(answer, RestJson.Default.JobAnswer, statusCode: StatusCodes.Status202Accepted);
    }

    Job Find(HttpContext context) =>
        (context.Request.RouteValues["id"] is string id ? jobs.Find(id, context.Caller().Id) : null)
        ?? throw Refusal.NotFound("job-unknown", "There is no such job; finished ones are kept for a while only.").Exception();

    JobAnswer Describe(HttpContext context, Job job, JobView view) => new(
        job.Id, job.Kind, Answers.Name(view.State), view.Progress, view.Created, view.Started, view.Ended, view.Ended + options.Value.Jobs.KeepFor,
        view.Result is { } result ? [.. result.Items.Select((item, number) => Describe(context, job, item, number))] : null,
        view.Error is { } error ? new(error.Code, error.Detail) : null);

    JobFileAnswer Describe(HttpContext context, Job job, JobItem item, int number) =>
        new(links.GetPathByName(context, ResultName, new { id = job.Id, number }) ?? "", item.MediaType, item.Data.Length, item.Seed);
}
