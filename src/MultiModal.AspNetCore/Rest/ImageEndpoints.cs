using System.Text.Json;
using Microsoft.AspNetCore.Http;
using MultiModal.AspNetCore.Engines;
using MultiModal.AspNetCore.Errors;
using MultiModal.AspNetCore.Jobs;

namespace MultiModal.AspNetCore.Rest;

/// <summary>Pictures: drawn and edited while the client waits, or follows.</summary>
internal sealed class ImageEndpoints(ImageWork work, Uploads uploads)
{
    public async Task<IResult> GenerateAsync(HttpContext context)
    {
        var body = await uploads.JsonAsync(context, RestJson.Default.ImageBody).ConfigureAwait(false);
        return await AnswerAsync(context, () => work.Generate(context.Caller().Id, body.ToSettings(), keep: false)).ConfigureAwait(false);
    }

    public async Task<IResult> EditAsync(HttpContext context)
    {
        var settings = await EditSettingsAsync(context).ConfigureAwait(false);
        return await AnswerAsync(context, () => work.Edit(context.Caller().Id, settings, keep: false)).ConfigureAwait(false);
    }

    public async Task<Job> BeginGenerateAsync(HttpContext context)
    {
        var body = await uploads.JsonAsync(context, RestJson.Default.ImageBody).ConfigureAwait(false);
        return work.Generate(context.Caller().Id, body.ToSettings(), keep: true);
    }

    public async Task<Job> BeginEditAsync(HttpContext context) =>
        work.Edit(context.Caller().Id, await EditSettingsAsync(context).ConfigureAwait(false), keep: true);

    static async Task<IResult> AnswerAsync(HttpContext context, Func<Job> begin)
    {
        var (asksEvents, asksPicture) = (context.Request.Asks(Answers.EventStream), context.Request.Asks("image/png"));
        var job = begin();
        if (asksEvents)
        {
            return Answers.Events(
                job, cancelWithReader: true, static view => JsonSerializer.Serialize(Answers.Pictures(view.Result!), RestJson.Default.ImagesAnswer), context.RequestAborted);
        }

        var result = await job.ResultAsync(context.RequestAborted).ConfigureAwait(false);
        return asksPicture && result.Items is [var only] ? Answers.File(only) : TypedResults.Json(Answers.Pictures(result), RestJson.Default.ImagesAnswer);
    }

    async Task<EditSettings> EditSettingsAsync(HttpContext context)
    {
        var form = await uploads.FormAsync(context).ConfigureAwait(false);
        var image = form.File("image") ?? throw Refusal.BadRequest("part-missing", "The form has no file 'image'.").Exception();
        return new(form.Text("prompt") ?? "", work.Decode(image, "picture", context.RequestAborted))
        {
            Model = form.Text("model"),
            NegativePrompt = form.Text("negativePrompt"),
            Mask = form.File("mask") is { } mask ? work.Decode(mask, "mask", context.RequestAborted) : null,
            Strength = form.Number("strength"),
            Seed = form.Integer("seed"),
        };
    }
}
