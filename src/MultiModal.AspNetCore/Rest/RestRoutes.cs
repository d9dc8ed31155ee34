using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace MultiModal.AspNetCore.Rest;

/// <summary>The paths of REST, and what OpenAPI says of them.</summary>
internal static class RestRoutes
{
    const string Form = "multipart/form-data";
    const string Wav = "audio/wav";
    const string Png = "image/png";
    static readonly RequestBodyMark ImageJson = new(["application/json"], typeof(ImageBody));
    static readonly RequestBodyMark EditForm = new([Form], null, "@image", "@mask", "prompt", "negativePrompt", "strength", "seed", "model");
    static readonly RequestBodyMark Recording = new([Wav, Form], null, "@audio");

    public static void Map(RouteGroupBuilder api)
    {
        var services = ((IEndpointRouteBuilder)api).ServiceProvider;
        var (images, voice, jobs) = (services.GetRequiredService<ImageEndpoints>(), services.GetRequiredService<VoiceEndpoints>(), services.GetRequiredService<JobEndpoints>());
        MapImages(api, images);
        MapVoice(api, voice);
        MapJobs(api, jobs);

        var models = services.GetRequiredService<ModelEndpoints>();
        Get(api, "/models", _ => models.List()).Describe("Models", "The models and how busy they are.").Produces<ModelsAnswer>();
        var description = services.GetRequiredService<ApiDescription>();
        api.MapGet("/openapi.json", (Delegate)description.GetAsync).ExcludeFromDescription();
        api.MapGet("/multimodal.proto", static () => TypedResults.Stream(
            Assembly.GetExecutingAssembly().GetManifestResourceStream("multimodal.proto")!, "text/plain; charset=utf-8")).ExcludeFromDescription();
    }

    static void MapImages(RouteGroupBuilder api, ImageEndpoints images)
    {
        Post(api, "/images/generations", images.GenerateAsync)
            .Describe("Images", "Draws. Accept says how to answer: application/json (the default), image/png for a single picture, text/event-stream for progress, previews and the result.")
            .WithMetadata(ImageJson).Produces<ImagesAnswer>(200, "application/json", Png, Answers.EventStream).Refuses();
        Post(api, "/images/edits", images.EditAsync)
            .Describe("Images", "Changes a picture. A form with the files image and mask (PNG) and the texts prompt, negativePrompt, strength, seed, model.")
            .WithMetadata(EditForm).Produces<ImagesAnswer>(200, "application/json", Png, Answers.EventStream).Refuses();
    }

    static void MapVoice(RouteGroupBuilder api, VoiceEndpoints voice)
    {
        Get(api, "/voices", voice.Voices).Describe("Voice", "The voices of a model (query: model).").Produces<VoicesAnswer>().Refuses();
        Post(api, "/voice/conversions", voice.ConvertAsync)
            .Describe("Voice", "Converts a recording: a WAV file as the body, or as the file audio of a form. Query: voice, transpose, seed, model, encoding (pcm16, float32).")
            .WithMetadata(Recording).Produces<byte[]>(200, Wav).Refuses();
    }

    static void MapJobs(RouteGroupBuilder api, JobEndpoints jobs)
    {
        Post(api, "/jobs/images", jobs.BeginImageAsync).Describe("Jobs", "Draws without the client waiting.").WithMetadata(ImageJson).Produces<JobAnswer>(202).Refuses();
        Post(api, "/jobs/image-edits", jobs.BeginEditAsync).Describe("Jobs", "Changes a picture without the client waiting.").WithMetadata(EditForm).Produces<JobAnswer>(202).Refuses();
        Post(api, "/jobs/voice", jobs.BeginVoiceAsync).Describe("Jobs", "Converts a recording without the client waiting.").WithMetadata(Recording).Produces<JobAnswer>(202).Refuses();
        Get(api, "/jobs", jobs.List).Describe("Jobs", "The caller's jobs, the newest first.").Produces<JobsAnswer>();
        Get(api, "/jobs/{id}", jobs.Get).WithName(JobEndpoints.JobName).Describe("Jobs", "A job.").Produces<JobAnswer>().ProducesProblem(404);
        Get(api, "/jobs/{id}/events", jobs.Events).Describe("Jobs", "A job's progress and previews as they come; the last event is completed, failed or cancelled.")
            .Produces<JobAnswer>(200, Answers.EventStream).ProducesProblem(404);
        Get(api, "/jobs/{id}/results/{number}", jobs.Result).WithName(JobEndpoints.ResultName).Describe("Jobs", "A file that the job made, by number from 0.")
            .Produces<byte[]>(200, Png, Wav).ProducesProblem(404).ProducesProblem(409);
        api.MapDelete("/jobs/{id}", (Delegate)jobs.Remove).Describe("Jobs", "Cancels a job, or forgets a finished one.").Produces(204).ProducesProblem(404);
    }

    static RouteHandlerBuilder Post(RouteGroupBuilder api, string path, Func<HttpContext, Task<IResult>> serve) => api.MapPost(path, (Delegate)serve);

    static RouteHandlerBuilder Get(RouteGroupBuilder api, string path, Func<HttpContext, IResult> serve) => api.MapGet(path, (Delegate)serve);

    static RouteHandlerBuilder Describe(this RouteHandlerBuilder endpoint, string tag, string summary) =>
        endpoint.WithTags(tag).WithSummary(summary).ProducesProblem(401).ProducesProblem(403).ProducesProblem(429);

    static RouteHandlerBuilder Refuses(this RouteHandlerBuilder endpoint) => endpoint.ProducesProblem(400).ProducesProblem(404).ProducesProblem(413).ProducesProblem(415);
}
