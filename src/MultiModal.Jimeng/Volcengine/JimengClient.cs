using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using MultiModal.Jimeng.Http;

namespace MultiModal.Jimeng.Volcengine;

/// <summary>
/// The client of Jimeng. Get it from the container (<c>services.AddJimeng(…)</c>), or by <see cref="Create"/>. Its members are virtual and
/// it has a constructor without arguments, so that tests can put a fake in its place.
/// </summary>
public partial class JimengClient : IJimengClient
{
    internal const string Vendor = "Volcengine";
    const string CancelVersion = "2024-06-06";

    readonly CloudTransport transport = null!;
    readonly JimengOptions options = null!;
    readonly ConcurrentDictionary<string, SemaphoreSlim> slots = new(StringComparer.Ordinal);

    /// <summary>For fakes: a client that can do nothing unless its members are overridden.</summary>
    protected JimengClient()
    {
    }

    internal JimengClient(CloudTransport transport, JimengOptions options)
    {
        this.transport = transport;
        this.options = options;
    }

    /// <summary>Makes a client without a container. It lives as long as the program needs it; there is nothing to dispose.</summary>
    /// <param name="options">Keys, address and manners.</param>
    /// <param name="loggers">Where it logs to; null: nowhere.</param>
    /// <param name="time">What time it is; null: the system's.</param>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">The options lack something.</exception>
    public static IJimengClient Create(JimengOptions options, ILoggerFactory? loggers = null, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        return Standalone.Create<IJimengClient, JimengOptions>(services => services.AddJimeng(_ => { }), options, loggers, time);
    }

    /// <inheritdoc/>
    public virtual async Task<JimengResult> GenerateAsync(JimengRequest request, IProgress<JimengProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        var started = transport.Time.GetTimestamp();
        JimengTask? task = null;
        JimengTaskState state;
        if (request.Actions.GetResult is null)
        {
            state = await ProcessAsync(request, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            var slot = slots.GetOrAdd(request.ReqKey, _ => new(options.MaxConcurrentTasks));
            Report(JimengStage.Waiting, null);
            await slot.WaitAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                task = await SubmitAsync(request, cancellationToken).ConfigureAwait(false);
                Report(JimengStage.Submitted, null);
                state = await WaitAsync(task, request.Result, progress, cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                slot.Release();
            }
        }

        Report(JimengStage.Downloading, state.Status);
        var files = await DownloadAsync(state, cancellationToken).ConfigureAwait(false);
        Report(JimengStage.Done, state.Status);
        return new(files, state);

        void Report(JimengStage stage, string? status) => progress?.Report(new(stage, task, status, transport.Time.GetElapsedTime(started)));
    }

    /// <inheritdoc/>
    public virtual async Task<JimengTask> SubmitAsync(JimengRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        Check(JimengOperations.Submit, request);
        var call = Call(JimengOperations.Submit, CallSafety.Submit, request.ReqKey);
        using var message = Message(request.Actions.Submit, request.Actions.Version, request.ToJson());
        var answer = Unwrap(await transport.SendAsync(call, message, JimengJson.Relaxed.JimengEnvelope, cancellationToken).ConfigureAwait(false));
        var id = answer.Data?.TaskId ?? answer.TaskId;
        return string.IsNullOrEmpty(id)
            ? throw new CloudFault(CloudErrorKind.UnexpectedResponse, Recovery.Unclear, "The service accepted the request but named no task.") { RequestId = answer.RequestId }.ToException(call)
            : new(id, request.ReqKey, request.Actions);
    }

    /// <inheritdoc/>
    public virtual async Task<JimengTaskState> GetResultAsync(JimengTask task, JimengResultOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(task);
        var call = Call(JimengOperations.GetResult, CallSafety.Free, task.ReqKey);
        var query = new JimengResultQuery
        {
            ReqKey = task.ReqKey,
            TaskId = task.TaskId,
            ReqJson = JsonSerializer.Serialize(options ?? new(), JimengJson.Relaxed.JimengResultOptions),
        };
        var action = task.Actions.GetResult ?? throw new CloudApiException(Vendor, call.Operation, CloudErrorKind.InvalidInput, "An immediate call leaves no task to ask after.");
        using var message = Message(action, task.Actions.Version, JsonSerializer.SerializeToUtf8Bytes(query, JimengJson.Relaxed.JimengResultQuery));
        var answer = Unwrap(await transport.SendAsync(call, message, JimengJson.Relaxed.JimengEnvelope, cancellationToken).ConfigureAwait(false));
        return State(task.TaskId, answer, answer.Data?.Status ?? "unknown");
    }

    /// <inheritdoc/>
    public virtual async Task<JimengTaskState> WaitAsync(JimengTask task, JimengResultOptions? options = null, IProgress<JimengProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(task);
        var call = Call(JimengOperations.GetResult, CallSafety.Free, task.ReqKey);
        var started = transport.Time.GetTimestamp();
        var poller = new TaskPoller(transport.Time, this.options.PollInterval, this.options.MaxPollInterval, this.options.TaskTimeout);
        var state = await poller.WaitAsync(
            async token =>
            {
                var state = await GetResultAsync(task, options, token).ConfigureAwait(false);
                progress?.Report(new(JimengStage.Running, task, state.Status, transport.Time.GetElapsedTime(started)));
                return state;
            },
            static state => state.IsDone || state.IsLost,
            call,
            task.TaskId,
            cancellationToken).ConfigureAwait(false);
        return state.IsDone ? state : throw Lost(state).ToException(call);
    }

    /// <inheritdoc/>
    public virtual async Task<IReadOnlyList<CloudFile>> DownloadAsync(JimengTaskState state, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(state);
        var files = new List<CloudFile>(state.Images.Select(static bytes => CloudFile.Of(bytes, "image/png", null)));
        var addresses = state.VideoUrl is { } video ? state.ImageUrls.Append(video) : state.ImageUrls;
        foreach (var address in addresses)
            files.Add(await Downloads.GetAsync(transport, Vendor, JimengOperations.Download, address, cancellationToken).ConfigureAwait(false));
        return files.Count > 0 || state.ResponseData is { Length: > 0 }
            ? files
            : throw new CloudFault(CloudErrorKind.UnexpectedResponse, Recovery.None, "The task is done but holds no result.") { RequestId = state.RequestId }.ToException(Call(JimengOperations.Download, CallSafety.Free, ""));
    }

    /// <inheritdoc/>
    public virtual async Task CancelAsync(JimengTask task, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(task);
        var body = JsonSerializer.SerializeToUtf8Bytes(new JimengResultQuery { ReqKey = task.ReqKey, TaskId = task.TaskId }, JimengJson.Relaxed.JimengResultQuery);
        using var message = Message("CVCancelTask", CancelVersion, body);
        await transport.SendAsync(Call(JimengOperations.Cancel, CallSafety.Free, task.ReqKey), message, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public virtual async Task<JimengTaskState> ProcessAsync(JimengRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        Check(JimengOperations.Process, request);
        if (request.Actions.GetResult is not null)
            throw new CloudApiException(Vendor, JimengOperations.Process, CloudErrorKind.InvalidInput, $"{request.ReqKey} is carried out as a task.", "Use GenerateAsync or SubmitAsync.");
        // Nothing can be asked about afterwards, so that a lost answer is lost: like a submission, it is not repeated blindly.
        var call = Call(JimengOperations.Process, CallSafety.Submit, request.ReqKey, options.ProcessTimeout);
        using var message = Message(request.Actions.Submit, request.Actions.Version, request.ToJson());
        var answer = Unwrap(await transport.SendAsync(call, message, JimengJson.Relaxed.JimengEnvelope, cancellationToken).ConfigureAwait(false));
        return State("", answer, "done");
    }

    static JimengEnvelope Unwrap(JimengEnvelope answer) => answer.Result ?? answer;

    static JimengTaskState State(string taskId, JimengEnvelope answer, string status) => new()
    {
        TaskId = taskId,
        Status = status,
        Images = [.. (answer.Data?.BinaryDataBase64 ?? []).Where(static image => image is { Length: > 0 }).Select(static image => (ReadOnlyMemory<byte>)image)],
        ImageUrls = [.. (answer.Data?.ImageUrls ?? []).Select(static url => Uri.TryCreate(url, UriKind.Absolute, out var uri) ? uri : null).OfType<Uri>()],
        VideoUrl = Uri.TryCreate(answer.Data?.VideoUrl, UriKind.Absolute, out var video) ? video : null,
        ResponseData = answer.Data?.RespData,
        AigcMetaTagged = answer.Data?.AigcMetaTagged,
        RequestId = answer.RequestId,
        Extra = answer.Data?.Extra,
    };

    static CloudFault Lost(JimengTaskState state) => state.Status switch
    {
        "not_found" => new(CloudErrorKind.NotFound, Recovery.None, $"The task {state.TaskId} is not known, or older than 12 hours.") { RequestId = state.RequestId, Advice = "Submit it again." },
        "expired" => new(CloudErrorKind.TaskFailed, Recovery.None, $"The task {state.TaskId} has expired.") { RequestId = state.RequestId, Advice = "Submit it again.", Retryable = true },
        _ => new(CloudErrorKind.TaskFailed, Recovery.None, $"The task {state.TaskId} failed.") { RequestId = state.RequestId, Advice = "Submit it again.", Retryable = true },
    };

    static void Check(string operation, JimengRequest request)
    {
        if (request.FindProblem() is { } problem)
            throw new CloudApiException(Vendor, operation, CloudErrorKind.InvalidInput, problem);
        if (request.Result.AigcMeta is { } meta && (meta.ProducerId.Length > 256 || meta.ContentProducer?.Length > 256 || meta.ContentPropagator?.Length > 256 || meta.PropagateId?.Length > 256))
            throw new CloudApiException(Vendor, operation, CloudErrorKind.InvalidInput, "A field of the AIGC mark has more than 256 characters.");
    }

    static CloudCall Call(string operation, CallSafety safety, string reqKey, TimeSpan? timeout = null) => new()
    {
        Vendor = Vendor,
        Operation = operation,
        Partition = reqKey,
        Safety = safety,
        ReadFault = VolcFaults.Read,
        Token = TokenPlacement.Signature,
        AttemptTimeout = timeout,
        MaxResponseBytes = 512L << 20,
    };

    HttpRequestMessage Message(string action, string version, byte[] body) => new(HttpMethod.Post, new Uri(options.Endpoint, $"/?Action={Uri.EscapeDataString(action)}&Version={Uri.EscapeDataString(version)}"))
    {
        Content = CloudCall.Bytes(body, "application/json"),
    };
}
