using System.Text.Json;
using System.Text.Json.Nodes;
using MultiModal.Jimeng.Http;

namespace MultiModal.Jimeng.Volcengine;

/// <content>Digital humans: three steps.</content>
public partial class JimengClient
{
    /// <inheritdoc/>
    public virtual async Task<IReadOnlyList<Uri>> DetectSubjectsAsync(Uri imageUrl, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(imageUrl);
        var state = await ProcessAsync(
            new JimengCustomRequest(JimengKeys.HumanDetection, new JsonObject { ["image_url"] = imageUrl.OriginalString }) { Actions = JimengActions.Immediate },
            cancellationToken).ConfigureAwait(false);
        var data = HumanData(state, JimengOperations.Process);
        return data.Status != 1 ? [] : [.. (data.ObjectDetectionResult?.Mask?.Url ?? []).Select(static url => new Uri(url))];
    }

    /// <inheritdoc/>
    public virtual async Task<JimengResult> GenerateDigitalHumanAsync(JimengDigitalHumanRequest request, IProgress<JimengProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.MaskUrl is null)
        {
            var check = new JimengCustomRequest(JimengKeys.HumanSubject, new JsonObject { ["image_url"] = request.ImageUrl.OriginalString }) { Actions = JimengActions.HumanTasks };
            var subject = await SubmitAsync(check, cancellationToken).ConfigureAwait(false);
            var found = HumanData(await WaitAsync(subject, null, null, cancellationToken).ConfigureAwait(false), JimengOperations.GetResult);
            if (found.Status != 1)
                throw NoSubject("The picture shows no subject that can speak.");
            var masks = await DetectSubjectsAsync(request.ImageUrl, cancellationToken).ConfigureAwait(false);
            if (request.Subject is { } index)
                masks = index >= 0 && index < masks.Count ? [masks[index]] : throw NoSubject($"The picture shows {masks.Count} subjects; there is no number {index}.");
            // Without masks the model animates the picture's main subject.
            request = request with { MaskUrl = masks.Count > 0 ? masks : null };
        }

        return await GenerateAsync(request, progress, cancellationToken).ConfigureAwait(false);
    }

    static CloudApiException NoSubject(string meaning) =>
        new(Vendor, JimengOperations.Submit, CloudErrorKind.InvalidInput, meaning, "Use a picture of one person, animal or figure, seen clearly from the front.");

    static JimengHumanData HumanData(JimengTaskState state, string operation)
    {
        var call = Call(operation, CallSafety.Free, "");
        var bytes = System.Text.Encoding.UTF8.GetBytes(state.ResponseData ?? "");
        var data = CloudTransport.Read(call, bytes, JimengJson.Relaxed.JimengHumanData);
        return data.Code == 0
            ? data
            : throw VolcFaults.OfCode(data.Code.ToString(System.Globalization.CultureInfo.InvariantCulture), null, state.RequestId).ToException(call);
    }
}
