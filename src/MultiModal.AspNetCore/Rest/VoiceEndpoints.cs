using Microsoft.AspNetCore.Http;
using MultiModal.Audio;
using MultiModal.AspNetCore.Engines;
using MultiModal.AspNetCore.Jobs;

namespace MultiModal.AspNetCore.Rest;

/// <summary>Voice conversion of recordings.</summary>
internal sealed class VoiceEndpoints(VoiceWork work, Uploads uploads)
{
    public IResult Voices(HttpContext context) => TypedResults.Json(new(work.Voices(context.Request.VoiceSettings().Model)), RestJson.Default.VoicesAnswer);

    public async Task<IResult> ConvertAsync(HttpContext context)
    {
        var job = await BeginAsync(context, keep: false).ConfigureAwait(false);
        var result = await job.ResultAsync(context.RequestAborted).ConfigureAwait(false);
        return Answers.File(result.Items[0]);
    }

    public Task<Job> BeginConvertAsync(HttpContext context) => BeginAsync(context, keep: true);

    async Task<Job> BeginAsync(HttpContext context, bool keep)
    {
        var (settings, encoding) = (context.Request.VoiceSettings(), context.Request.Encoding());
        var input = await uploads.WavAsync(context).ConfigureAwait(false);
        return work.Begin(context.Caller().Id, input, settings, output => Wav(output, encoding), keep);
    }

    /// <summary>A WAV file as an answer.</summary>
    public static JobItem Wav(AudioClip clip, WavEncoding encoding)
    {
        using var stream = new MemoryStream();
        WavFile.Write(stream, clip, encoding);
        return new("audio/wav", stream.GetBuffer().AsMemory(0, (int)stream.Length));
    }
}
