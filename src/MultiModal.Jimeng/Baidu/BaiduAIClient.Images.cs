using System.Text.Json;
using System.Text.Json.Nodes;
using MultiModal.Jimeng.Baidu.Images;
using MultiModal.Jimeng.Chat;
using MultiModal.Jimeng.Http;

namespace MultiModal.Jimeng.Baidu;

/// <content>Pictures: drawing and describing.</content>
public partial class BaiduAIClient
{
    const string Basic = "rpc/2.0/ernievilg/v1/";
    const string Understanding = "rest/2.0/image-classify/v1/image-understanding/";

    /// <inheritdoc/>
    public virtual Task<string> SubmitImageAsync(ErnieBasicImageRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        return SubmitErnieAsync("txt2img", Json(request, BaiduJson.Relaxed.ErnieBasicImageRequest), cancellationToken);
    }

    /// <inheritdoc/>
    public virtual Task<string> SubmitImageAsync(ErnieImageRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        return SubmitErnieAsync("txt2imgv2", Json(request, BaiduJson.Relaxed.ErnieImageRequest), cancellationToken);
    }

    /// <inheritdoc/>
    public virtual async Task<ErnieImageTask> GetBasicImageAsync(string taskId, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(taskId);
        // The basic service documents a number here, version 2 a text.
        var body = new JsonObject { ["taskId"] = long.TryParse(taskId, out var number) ? JsonValue.Create(number) : JsonValue.Create(taskId) };
        using var request = Post(options.AipEndpoint, Basic + "getImg", Json(body, gbk: false));
        var answer = await transport.SendAsync(AipCall(BaiduOperations.GetImage, CallSafety.Free), request, BaiduJson.Relaxed.ErnieBasicAnswer, cancellationToken).ConfigureAwait(false);
        var data = answer.Data;
        var urls = data?.ImageUrls?.Select(static item => item.Image).Where(static url => !string.IsNullOrEmpty(url)).ToList() ?? [];
        if (urls.Count == 0 && !string.IsNullOrEmpty(data?.Img))
            urls.Add(data.Img);
        return new(data?.TaskId ?? taskId, data?.Status == 1 ? "SUCCESS" : "RUNNING", null, [.. urls.Select(static url => new ErnieImage(Address(url), null, null, null))]) { LogId = answer.LogId };
    }

    /// <inheritdoc/>
    public virtual async Task<ErnieImageTask> GetImageAsync(string taskId, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(taskId);
        using var request = Post(options.AipEndpoint, Basic + "getImgv2", Json(new JsonObject { ["task_id"] = taskId }, gbk: false));
        var answer = await transport.SendAsync(AipCall(BaiduOperations.GetImage, CallSafety.Free), request, BaiduJson.Relaxed.ErnieAnswer, cancellationToken).ConfigureAwait(false);
        var data = answer.Data;
        var parts = data?.SubTaskResultList ?? [];
        return new(data?.TaskId ?? taskId, data?.TaskStatus ?? "UNKNOWN", data?.TaskProgress, [.. parts.SelectMany(static part => part.FinalImageList ?? []).Select(static image => new ErnieImage(Address(image.ImgUrl), image.Width, image.Height, image.ImgApproveConclusion))])
        {
            ErrorCode = parts.Select(static part => part.SubTaskErrorCode).FirstOrDefault(static code => code is not (null or "0")),
            LogId = answer.LogId,
        };
    }

    /// <inheritdoc/>
    public virtual async Task<IReadOnlyList<CloudImage>> GenerateImageAsync(ErnieBasicImageRequest request, IProgress<ErnieImageTask>? progress = null, CancellationToken cancellationToken = default)
    {
        var id = await SubmitImageAsync(request, cancellationToken).ConfigureAwait(false);
        return await WaitForImagesAsync(id, GetBasicImageAsync, progress, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public virtual async Task<IReadOnlyList<CloudImage>> GenerateImageAsync(ErnieImageRequest request, IProgress<ErnieImageTask>? progress = null, CancellationToken cancellationToken = default)
    {
        var id = await SubmitImageAsync(request, cancellationToken).ConfigureAwait(false);
        return await WaitForImagesAsync(id, GetImageAsync, progress, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public virtual async Task<IReadOnlyList<CloudImage>> GenerateImageAsync(QianfanImageRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        var call = new CloudCall
        {
            Vendor = Vendor,
            Operation = BaiduOperations.Images,
            Partition = request.Model,
            Safety = CallSafety.Submit,
            ReadFault = ChatFaults.Read,
            Token = TokenPlacement.BearerHeader,
            AttemptTimeout = TimeSpan.FromMinutes(2),
        };
        using var message = Post(options.QianfanEndpoint, "v2/images/generations", Json(request, BaiduJson.Relaxed.QianfanImageRequest));
        var answer = await transport.SendAsync(call, message, BaiduJson.Relaxed.QianfanImageAnswer, cancellationToken).ConfigureAwait(false);
        var images = new List<CloudImage>();
        foreach (var item in answer.Data ?? [])
        {
            if ((item.Image ?? item.ImageJson) is { Length: > 0 } bytes)
                images.Add(new(CloudFile.Of(bytes, null, null)));
            else if (Address(item.Url) is { } url)
                images.Add(new(await DownloadAsync(url, cancellationToken).ConfigureAwait(false)));
        }

        return images.Count > 0 ? images : throw new CloudFault(CloudErrorKind.UnexpectedResponse, Recovery.None, "The answer holds no picture.").ToException(call);
    }

    /// <inheritdoc/>
    public virtual async Task<ImageDescription> DescribeImageAsync(ImageQuestion question, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(question);
        if (question.Question.Length > 100)
            throw Refuse(BaiduOperations.SubmitDescription, $"The question has {question.Question.Length} characters; at most 100 are accepted.");
        if (question.Image?.Length > 10 << 20)
            throw Refuse(BaiduOperations.SubmitDescription, "The picture is larger than 10 MB.");
        var submit = AipCall(BaiduOperations.SubmitDescription, CallSafety.Submit);
        string? id;
        using (var message = Post(options.AipEndpoint, Understanding + "request", Json(question, BaiduJson.Relaxed.ImageQuestion)))
            id = (await transport.SendAsync(submit, message, BaiduJson.Relaxed.DescriptionSubmitAnswer, cancellationToken).ConfigureAwait(false)).Result?.TaskId;
        if (string.IsNullOrEmpty(id))
            throw NoTask(submit);

        var get = AipCall(BaiduOperations.GetDescription, CallSafety.Free);
        var answer = await Poller.WaitAsync(
            async token =>
            {
                using var message = Post(options.AipEndpoint, Understanding + "get-result", Json(new JsonObject { ["task_id"] = id }, gbk: false));
                return await transport.SendAsync(AipCall(BaiduOperations.GetDescription, CallSafety.Free), message, BaiduJson.Relaxed.DescriptionAnswer, token).ConfigureAwait(false);
            },
            static answer => answer.Result is { RetCode: not 1 },
            get,
            id,
            cancellationToken).ConfigureAwait(false);
        var result = answer.Result!;
        if (result.RetCode != 0)
        {
            throw new CloudFault(CloudErrorKind.TaskFailed, Recovery.None, "The picture could not be described.")
            {
                Code = result.RetCode.ToString(System.Globalization.CultureInfo.InvariantCulture),
                VendorMessage = result.RetMsg,
                RequestId = answer.LogId,
            }.ToException(get);
        }

        return new(result.Description ?? "", id) { ForLanguageModel = result.DescriptionToLlm, LogId = answer.LogId };
    }

    TaskPoller Poller => new(transport.Time, options.PollInterval, options.MaxPollInterval, options.TaskTimeout);

    async Task<string> SubmitErnieAsync(string path, HttpContent content, CancellationToken cancellationToken)
    {
        var call = AipCall(BaiduOperations.SubmitImage, CallSafety.Submit, path);
        using var request = Post(options.AipEndpoint, Basic + path, content);
        var data = (await transport.SendAsync(call, request, BaiduJson.Relaxed.ErnieSubmitAnswer, cancellationToken).ConfigureAwait(false)).Data;
        return (data?.TaskId ?? data?.BasicTaskId) is { Length: > 0 } id ? id : throw NoTask(call);
    }

    async Task<IReadOnlyList<CloudImage>> WaitForImagesAsync(string id, Func<string, CancellationToken, Task<ErnieImageTask>> get, IProgress<ErnieImageTask>? progress, CancellationToken cancellationToken)
    {
        var call = AipCall(BaiduOperations.GetImage, CallSafety.Free);
        var task = await Poller.WaitAsync(
            async token =>
            {
                var state = await get(id, token).ConfigureAwait(false);
                progress?.Report(state);
                return state;
            },
            static state => state.IsDone || state.IsFailed,
            call,
            id,
            cancellationToken).ConfigureAwait(false);

        if (task.IsFailed || task.Images.Count == 0)
        {
            var blocked = task.ErrorCode == "501";
            throw new CloudFault(blocked ? CloudErrorKind.ContentBlocked : CloudErrorKind.TaskFailed, Recovery.None, blocked ? "The prompt was blocked." : "The picture could not be drawn.")
            {
                Code = task.ErrorCode,
                RequestId = task.LogId,
                Advice = blocked ? "Change the prompt." : "Submit it again.",
                Retryable = !blocked,
            }.ToException(call);
        }

        var images = new List<CloudImage>(task.Images.Count);
        foreach (var image in task.Images)
        {
            // A blocked picture is not fetched: the program must not come to show it by mistake.
            var file = image.Verdict == "block" || image.Url is null ? null : await DownloadAsync(image.Url, cancellationToken).ConfigureAwait(false);
            images.Add(new(file, image.Verdict, image.Width, image.Height));
        }

        if (images.TrueForAll(static image => image.IsBlocked))
            throw new CloudFault(CloudErrorKind.ContentBlocked, Recovery.None, "The audit blocked every picture.") { RequestId = task.LogId, Advice = "Change the prompt.", Retryable = true }.ToException(call);
        return images;
    }

    static Uri? Address(string? url) => Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" ? uri : null;

    static CloudApiException NoTask(CloudCall call) =>
        new CloudFault(CloudErrorKind.UnexpectedResponse, Recovery.None, "The service accepted the request but named no task.").ToException(call);
}
