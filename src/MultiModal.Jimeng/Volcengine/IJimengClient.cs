namespace MultiModal.Jimeng.Volcengine;

/// <summary>Jimeng: pictures, videos and digital humans by Volcengine. Safe for concurrent calls.</summary>
/// <remarks>
/// Every member throws <see cref="CloudApiException"/> for whatever goes wrong between it and the service, and
/// <see cref="OperationCanceledException"/> when its token is cancelled.
/// </remarks>
public interface IJimengClient
{
    /// <summary>Does everything: waits for its turn, submits, polls, and downloads before the addresses expire.</summary>
    /// <param name="request">What is to be made.</param>
    /// <param name="progress">Hears each stage.</param>
    /// <param name="cancellationToken">Gives the call up; a submitted task goes on at the service.</param>
    Task<JimengResult> GenerateAsync(JimengRequest request, IProgress<JimengProgress>? progress = null, CancellationToken cancellationToken = default);

    /// <summary>Submits a task. Never repeated when it is unclear whether the service took it.</summary>
    /// <param name="request">What is to be made.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    Task<JimengTask> SubmitAsync(JimengRequest request, CancellationToken cancellationToken = default);

    /// <summary>Asks after a task, once.</summary>
    /// <param name="task">What submitting gave.</param>
    /// <param name="options">How the result is handed over and marked.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    Task<JimengTaskState> GetResultAsync(JimengTask task, JimengResultOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Waits for a task, ever more patiently.</summary>
    /// <param name="task">What submitting gave.</param>
    /// <param name="options">How the result is handed over and marked.</param>
    /// <param name="progress">Hears each answer.</param>
    /// <param name="cancellationToken">Gives the call up; the task goes on at the service.</param>
    Task<JimengTaskState> WaitAsync(JimengTask task, JimengResultOptions? options = null, IProgress<JimengProgress>? progress = null, CancellationToken cancellationToken = default);

    /// <summary>Downloads what a task made.</summary>
    /// <param name="state">A state that is done.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    Task<IReadOnlyList<CloudFile>> DownloadAsync(JimengTaskState state, CancellationToken cancellationToken = default);

    /// <summary>Cancels a task.</summary>
    /// <param name="task">What submitting gave.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    Task CancelAsync(JimengTask task, CancellationToken cancellationToken = default);

    /// <summary>Makes an immediate call.</summary>
    /// <param name="request">A request whose actions are <see cref="JimengActions.Immediate"/>.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    Task<JimengTaskState> ProcessAsync(JimengRequest request, CancellationToken cancellationToken = default);

    /// <summary>Finds the subjects in a picture that OmniHuman can animate.</summary>
    /// <param name="imageUrl">The picture's address.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    /// <returns>The address of a mask for each subject, valid for an hour; empty where there is none.</returns>
    Task<IReadOnlyList<Uri>> DetectSubjectsAsync(Uri imageUrl, CancellationToken cancellationToken = default);

    /// <summary>Makes a picture speak (OmniHuman 1.5): checks that there is a subject, finds it, makes the video, downloads it.</summary>
    /// <param name="request">The picture and the sound.</param>
    /// <param name="progress">Hears each stage of the video.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    Task<JimengResult> GenerateDigitalHumanAsync(JimengDigitalHumanRequest request, IProgress<JimengProgress>? progress = null, CancellationToken cancellationToken = default);
}
