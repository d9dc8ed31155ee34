using MultiModal.Runtime.Sessions;
using MultiModal.Voice.Pitch;

namespace MultiModal.Voice.Conversion;

/// <summary>Pitch estimators by method, made at their first use.</summary>
sealed class PitchEstimators(PretrainedFiles files, RuntimeOptions? options) : IAsyncDisposable
{
    readonly Dictionary<(PitchMethod Method, double Threshold), IPitchEstimator> known = [];
    readonly SemaphoreSlim gate = new(1);

    public async Task<IPitchEstimator> GetAsync(PitchMethod method, double threshold, CancellationToken cancellationToken)
    {
        if (method == PitchMethod.Auto) method = Choose();
        await gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (known.TryGetValue((method, threshold), out var estimator)) return estimator;
            return known[(method, threshold)] = await CreateAsync(method, threshold, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            gate.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var estimator in known.Values)
            if (estimator is IAsyncDisposable disposable) await disposable.DisposeAsync().ConfigureAwait(false);
        known.Clear();
    }

    PitchMethod Choose() => files.Find(PretrainedCatalog.Rmvpe) is not null ? PitchMethod.Rmvpe
        : files.Find(PretrainedCatalog.Fcpe) is not null ? PitchMethod.Fcpe
        : PitchMethod.Praat;

    async Task<IPitchEstimator> CreateAsync(PitchMethod method, double threshold, CancellationToken cancellationToken) => method switch
    {
        PitchMethod.Praat => new PraatPitch(),
        PitchMethod.Dio => new DioPitch(),
        PitchMethod.Harvest => new HarvestPitch(),
        PitchMethod.Rmvpe => await RmvpePitch.LoadAsync(await files.GetAsync(PretrainedCatalog.Rmvpe, cancellationToken).ConfigureAwait(false), threshold, options, cancellationToken).ConfigureAwait(false),
        PitchMethod.Fcpe => await FcpePitch.LoadAsync(await files.GetAsync(PretrainedCatalog.Fcpe, cancellationToken).ConfigureAwait(false), threshold, options, cancellationToken).ConfigureAwait(false),
        PitchMethod.Crepe => await CrepePitch.LoadAsync(await files.GetAsync(PretrainedCatalog.Crepe, cancellationToken).ConfigureAwait(false), threshold, options, cancellationToken).ConfigureAwait(false),
        _ => throw new ArgumentOutOfRangeException(nameof(method), method, "There is no such method."),
    };
}
