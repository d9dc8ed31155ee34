using System.Diagnostics;
using Microsoft.ML.OnnxRuntime;
using MultiModal.Runtime.Graphs.Onnx;

namespace MultiModal.Runtime.Sessions;

/// <summary>Makes the native parts of a session.</summary>
sealed class SessionFactory(string name, OnnxModel model, RuntimeOptions options, IProgress<SessionLoadProgress>? progress, SessionCore? lender)
{
    /// <summary>The folder that external weights' locations are relative to.</summary>
    const string ExternalFolder = "session.model_external_initializers_file_folder_path";

    public SessionCore Create(CancellationToken cancellationToken)
    {
        var environment = OrtEnvironment.Get(options);
        var selector = new DeviceSelector(new OrtExecutionProviders(environment.Providers));
        var failed = new List<DeviceAttempt>();
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var (settings, selection) = selector.Select(() => MakeOptions(environment), options, failed);
            using (settings)
            {
                try
                {
                    return Create(environment, settings, selection, cancellationToken);
                }
                catch (MultiModalException error) when (error is ModelLoadException or DeviceMemoryException && CanTryNext(selection.Device))
                {
                    failed.Add(new(selection.Device, $"it did not take the model: {error.Message}"));
                }
            }
        }
    }

    bool CanTryNext(Device device) => device is not Device.Cpu && (options.Device is Device.Auto || options.FallBackToCpu);

    SessionCore Create(OrtEnvironment environment, SessionOptions settings, DeviceSelection selection, CancellationToken cancellationToken)
    {
        var plan = WeightPlan.Make(model, options, selection.Device);
        var bytes = ModelAssembler.Assemble(name, model, plan, out var folder);
        if (folder is not null)
            settings.AddSessionConfigEntry(ExternalFolder, folder);
        var weights = plan.Lent.Count > 0
            ? LentWeights.Load(plan.Lent, options.EffectiveThreads, progress, lender?.Weights, cancellationToken)
            : null;

        // Only what lends to others has to stay.
        var needed = weights is null || lender?.Weights is null ? null : lender;
        needed?.Lifetime.Enter();
        try
        {
            var cached = folder is null && selection.Device is Device.Cpu && options.Optimization is not GraphOptimization.None
                ? options.CacheDirectory
                : null;
            var session = cached is null
                ? Open(bytes, settings, cancellationToken)
                : OpenCached(new(cached), bytes, environment, settings, cancellationToken);
            bytes = [];
            FreedMemory.Return(plan.Inline.Concat(plan.External).Sum(weight => weight.ByteLength));
            progress?.Report(Complete());
            return new(name, model, session, weights, selection, options.EffectiveThreads, needed);
        }
        catch
        {
            weights?.Dispose();
            needed?.Lifetime.Exit();
            throw;
        }
    }

    SessionLoadProgress Complete()
    {
        var total = model.Weights.Sum(weight => weight.ByteLength);
        return new(total, total);
    }

    InferenceSession OpenCached(
        OptimizedModelCache cache, byte[] bytes, OrtEnvironment environment, SessionOptions settings, CancellationToken cancellationToken)
    {
        var key = OptimizedModelCache.Key(bytes, environment.Library.Version, Device.Cpu, options.Optimization);
        if (cache.Find(key) is { } optimized)
        {
            try
            {
                using var plain = MakeOptions(environment);
                plain.GraphOptimizationLevel = GraphOptimizationLevel.ORT_DISABLE_ALL;
                return Open(optimized, plain, cancellationToken);
            }
            catch (ModelLoadException)
            {
                cache.Remove(key);
            }
        }

        var target = cache.Reserve(key);
        if (target is null)
            return Open(bytes, settings, cancellationToken);
        try
        {
            settings.OptimizedModelFilePath = target;
            var session = Open(bytes, settings, cancellationToken);
            cache.Keep(key, target);
            return session;
        }
        finally
        {
            OptimizedModelCache.Discard(target);
        }
    }

    InferenceSession Open(byte[] bytes, SessionOptions settings, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            using (cancellationToken.UnsafeRegister(static state => ((SessionOptions)state!).SetLoadCancellationFlag(true), settings))
                return new(bytes, settings);
        }
        catch (Exception error) when (OrtErrors.IsRuntimeError(error))
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw OrtErrors.OnLoad(name, error);
        }
    }

    SessionOptions MakeOptions(OrtEnvironment environment)
    {
        var settings = new SessionOptions();
        try
        {
            if (options.ShareThreadPool && environment.HasSharedPool)
            {
                settings.DisablePerSessionThreads();
            }
            else
            {
                settings.IntraOpNumThreads = options.EffectiveThreads;
                settings.InterOpNumThreads = 1;
                settings.AddSessionConfigEntry("session.intra_op.allow_spinning", options.SpinWhileIdle ? "1" : "0");
            }

            settings.GraphOptimizationLevel = options.Optimization switch
            {
                GraphOptimization.None => GraphOptimizationLevel.ORT_DISABLE_ALL,
                GraphOptimization.Basic => GraphOptimizationLevel.ORT_ENABLE_BASIC,
                GraphOptimization.Extended => GraphOptimizationLevel.ORT_ENABLE_EXTENDED,
                GraphOptimization.All => GraphOptimizationLevel.ORT_ENABLE_ALL,
                _ => throw new UnreachableException(),
            };
            settings.LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL;
            settings.EnableMemoryPattern = options.PlanActivationMemory;
            settings.EnableCpuMemArena = options.KeepActivationMemory;
            if (options.KeepActivationMemory && environment.HasSharedArena)
                settings.AddSessionConfigEntry("session.use_env_allocators", "1");
            if (options.ProfilePrefix is { } prefix)
            {
                settings.ProfileOutputPathPrefix = prefix;
                settings.EnableProfiling = true;
            }

            // Weights that are reordered for a kernel must not stay in the arena that the runs share.
            settings.AddSessionConfigEntry("session.use_device_allocator_for_initializers", "1");
            return settings;
        }
        catch
        {
            settings.Dispose();
            throw;
        }
    }
}
