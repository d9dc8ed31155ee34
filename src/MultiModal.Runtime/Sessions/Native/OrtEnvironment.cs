using Microsoft.ML.OnnxRuntime;

namespace MultiModal.Runtime.Sessions;

/// <summary>ONNX Runtime's environment: one in a process, with the thread pool and the allocator that sessions share.</summary>
/// <remarks>It lives to the end of the process: releasing it while finalizers still run crashes.</remarks>
sealed class OrtEnvironment
{
    static readonly Lock Gate = new();
    static OrtEnvironment? current;

    OrtEnvironment(LoadedLibrary library, int threads, bool spin, bool ours, bool hasSharedArena, IReadOnlyList<string> providers)
    {
        Library = library;
        Threads = threads;
        Spin = spin;
        HasSharedPool = ours;
        HasSharedArena = hasSharedArena;
        Providers = providers;
    }

    public LoadedLibrary Library { get; }

    /// <summary>Threads of the shared pool.</summary>
    public int Threads { get; }

    /// <summary>Whether the threads of the shared pool spin while idle.</summary>
    public bool Spin { get; }

    /// <summary>Whether there is a pool to share; not where another part of the program made the environment.</summary>
    public bool HasSharedPool { get; }

    /// <summary>Whether there is an arena to share.</summary>
    public bool HasSharedArena { get; }

    /// <summary>The execution providers in the native library.</summary>
    public IReadOnlyList<string> Providers { get; }

    public static OrtEnvironment? Current
    {
        get
        {
            lock (Gate)
                return current;
        }
    }

    /// <summary>The environment; the first call makes it, from these options.</summary>
    /// <exception cref="NativeRuntimeException">The native library could not be loaded. A later call tries again.</exception>
    public static OrtEnvironment Get(RuntimeOptions options)
    {
        lock (Gate)
            return current ??= Create(options);
    }

    static OrtEnvironment Create(RuntimeOptions options)
    {
        var library = NativeLibraryLoader.Load(options.NativeLibraryPath);
        var threads = options.EffectiveThreads;
        var spin = options.SpinWhileIdle;
        // Another part of the program may have made the environment already; its pool, if it has one, is not known.
        var ours = !OrtEnv.IsCreated;
        var env = ours ? MakeEnvironment(threads, spin) : OrtEnv.Instance();
        return new(library, threads, spin, ours, RegisterArena(env), env.GetAvailableProviders());
    }

    static OrtEnv MakeEnvironment(int threads, bool spin)
    {
        using var threading = new OrtThreadingOptions
        {
            GlobalIntraOpNumThreads = threads,
            GlobalInterOpNumThreads = 1,
            GlobalSpinControl = spin,
        };
        var creation = new EnvironmentCreationOptions
        {
            logId = "MultiModal",
            // Errors come back as exceptions; what the runtime writes to the console besides is noise.
            logLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL,
            threadOptions = threading,
        };
        var env = OrtEnv.CreateInstanceWithOptions(ref creation);
        env.DisableTelemetryEvents();
        return env;
    }

    /// <summary>One arena for all sessions, growing by what is asked for: the default doubles, and each session has its own.</summary>
    static bool RegisterArena(OrtEnv env)
    {
        const int growAsRequested = 1;
        try
        {
            using var info = new OrtMemoryInfo("Cpu", OrtAllocatorType.ArenaAllocator, 0, OrtMemType.Default);
            using var arena = new OrtArenaCfg(0, growAsRequested, -1, -1);
            env.CreateAndRegisterAllocator(info, arena);
            return true;
        }
        catch (OnnxRuntimeException)
        {
            // Another part of the program registered one first: sessions then have an arena each.
            return false;
        }
    }
}
