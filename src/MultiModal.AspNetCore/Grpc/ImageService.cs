using Google.Protobuf;
using MultiModal.AspNetCore.Engines;
using MultiModal.AspNetCore.Errors;
using MultiModal.AspNetCore.Grpc.Messages;
using MultiModal.AspNetCore.Grpc.Wire;
using MultiModal.AspNetCore.Jobs;
using MultiModal.AspNetCore.Rest;

namespace MultiModal.AspNetCore.Grpc;

/// <summary>multimodal.v1.Images.</summary>
internal sealed class ImageService(ImageWork work)
{
    public async Task GenerateAsync(GrpcCall call)
    {
        var request = await call.ReadOnlyOneAsync(GenerateRequest.Parser).ConfigureAwait(false);
        var job = work.Generate(call.Context.Caller().Id, Settings(request), keep: false);
        await call.WriteAsync(Pictures(await job.ResultAsync(call.Ended).ConfigureAwait(false))).ConfigureAwait(false);
    }

    public async Task GenerateStreamingAsync(GrpcCall call)
    {
        var request = await call.ReadOnlyOneAsync(GenerateRequest.Parser).ConfigureAwait(false);
        var job = work.Generate(call.Context.Caller().Id, Settings(request), keep: false);
        var previews = 0;
        await foreach (var view in job.FollowAsync(cancelWithReader: true, call.Ended).ConfigureAwait(false))
        {
            if (view.Preview is { } preview && preview.Number > previews)
            {
                previews = preview.Number;
                await call.WriteAsync(new ImageUpdate { Preview = new() { Png = UnsafeByteOperations.UnsafeWrap(preview.Png) } }).ConfigureAwait(false);
            }

            if (view is { Result: { } result })
                await call.WriteAsync(new ImageUpdate { Result = Pictures(result) }).ConfigureAwait(false);
            else if (view.IsEnded)
                throw (view.Error ?? Refusal.Failed()).Exception();
            else
                await call.WriteAsync(new ImageUpdate { Progress = view.Progress }).ConfigureAwait(false);
        }
    }

    public async Task EditAsync(GrpcCall call)
    {
        var request = await call.ReadOnlyOneAsync(EditRequest.Parser).ConfigureAwait(false);
        var settings = new EditSettings(request.Prompt, work.Decode(request.Image.Memory, "picture", call.Ended))
        {
            Model = Text(request.Model),
            NegativePrompt = Text(request.NegativePrompt),
            Mask = request.Mask.IsEmpty ? null : work.Decode(request.Mask.Memory, "mask", call.Ended),
            Strength = request.HasStrength ? request.Strength : null,
            Seed = request.HasSeed ? request.Seed : null,
        };
        var job = work.Edit(call.Context.Caller().Id, settings, keep: false);
        await call.WriteAsync(Pictures(await job.ResultAsync(call.Ended).ConfigureAwait(false))).ConfigureAwait(false);
    }

    static ImageSettings Settings(GenerateRequest request) => new(request.Prompt)
    {
        Model = Text(request.Model),
        NegativePrompt = Text(request.NegativePrompt),
        Width = Given(request.Width),
        Height = Given(request.Height),
        Count = Given(request.Count) ?? 1,
        Steps = Given(request.Steps),
        Guidance = request.HasGuidance ? request.Guidance : null,
        Seed = request.HasSeed ? request.Seed : null,
        PreviewEvery = request.PreviewEvery,
    };

    static ImagesResponse Pictures(JobResult result)
    {
        var answer = new ImagesResponse { Model = result.Model ?? "" };
        foreach (var item in result.Items)
        {
            var picture = new Picture { Png = UnsafeByteOperations.UnsafeWrap(item.Data) };
            if (item.Seed is { } seed)
                picture.Seed = seed;
            answer.Pictures.Add(picture);
        }

        return answer;
    }

    static string? Text(string text) => text.Length > 0 ? text : null;

    static int? Given(int value) => value == 0 ? null : value;
}
