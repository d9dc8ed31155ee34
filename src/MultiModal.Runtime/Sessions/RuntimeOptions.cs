namespace MultiModal.Runtime.Sessions;

/// <summary>Where and how networks run. The defaults suit a program that wants the fastest device with no more memory than needed.</summary>
/// <remarks>Read when a session is created; changes made later have no effect on it.</remarks>
public sealed class RuntimeOptions
{
    /// <summary>What to run on.</summary>
    /// <value>The default value is <see cref="Device.Auto"/>.</value>
    public Device Device { get; set; } = Device.Auto;

    /// <summary>Which of several devices of the kind.</summary>
    /// <value>The default value is 0, the first.</value>
    public int DeviceId { get; set; }

    /// <summary>Whether to run on the processor when the <see cref="Device"/> asked for by name is not to be had.</summary>
    /// <value>The default value is <see langword="false"/>: that is an error. With <see cref="Device.Auto"/> it does not matter.</value>
    public bool FallBackToCpu { get; set; }

    /// <summary>Threads for one operator, the calling thread included.</summary>
    /// <value>The default value is 0: as many as the process may use (a container's limit counts).</value>
    /// <remarks>With <see cref="ShareThreadPool"/>, the first session of the process decides for all.</remarks>
    public int Threads { get; set; }

    /// <summary>Whether to use the one pool of threads that all sessions of the process share.</summary>
    /// <value>The default value is <see langword="true"/>. A pool of its own pays only when sessions must not disturb each other.</value>
    public bool ShareThreadPool { get; set; } = true;

    /// <summary>Whether idle threads wait for the next operator by spinning.</summary>
    /// <value>The default value is <see langword="false"/>: it costs the other threads of the machine more than it wins here.</value>
    /// <remarks>With <see cref="ShareThreadPool"/>, the first session of the process decides for all.</remarks>
    public bool SpinWhileIdle { get; set; }

    /// <summary>The native ONNX Runtime library: a file, or the folder it is in.</summary>
    /// <value>The default value is <see langword="null"/>: look beside the program. The first session of the process decides.</value>
    public string? NativeLibraryPath { get; set; }

    /// <summary>A folder for optimised models, so that a second load skips the optimisation. Created when missing.</summary>
    /// <value>The default value is <see langword="null"/>: nothing is cached.</value>
    /// <remarks>Models whose constants point into checkpoint files are not cached: the optimised form would hold a copy of them.</remarks>
    public string? CacheDirectory { get; set; }

    /// <summary>How much the runtime rewrites the graph.</summary>
    /// <value>The default value is <see cref="GraphOptimization.All"/>.</value>
    public GraphOptimization Optimization { get; set; } = GraphOptimization.All;

    /// <summary>Whose memory the large weights live in.</summary>
    /// <value>The default value is <see cref="WeightPlacement.Auto"/>.</value>
    public WeightPlacement Weights { get; set; } = WeightPlacement.Auto;

    /// <summary>From how many bytes of weights (as computed with) <see cref="WeightPlacement.Auto"/> means <see cref="WeightPlacement.Shared"/>.</summary>
    /// <value>The default value is 384 MiB: constants make layers some percent faster, and take a multiple of their size while loading.</value>
    public long SharedWeightBytes { get; set; } = 384L << 20;

    /// <summary>Whether the runtime keeps freed activations for the next run instead of giving them back to the system.</summary>
    /// <value>
    /// The default value is <see langword="true"/>: without it every run touches fresh memory. The arena grows by what is asked
    /// for, not to powers of two.
    /// </value>
    public bool KeepActivationMemory { get; set; } = true;

    /// <summary>Whether the runtime plans the places of a run's activations from those of the run before with the same shapes.</summary>
    /// <value>The default value is <see langword="true"/>.</value>
    public bool PlanActivationMemory { get; set; } = true;

    /// <summary>Whether TensorRT may compute in float16.</summary>
    /// <value>The default value is <see langword="true"/>.</value>
    public bool TensorRTFloat16 { get; set; } = true;

    /// <summary>Which of Intel's devices OpenVINO uses: CPU, GPU, NPU, AUTO.</summary>
    /// <value>The default value is AUTO.</value>
    public string OpenVINODevice { get; set; } = "AUTO";

    /// <summary>Where each session writes how long every operator of every run took: the beginning of a file name, such as "profile/run".</summary>
    /// <value>
    /// The default value is <see langword="null"/>: nothing is measured. The runtime adds the time and ".json"; the file is whole when the
    /// session has been disposed. Its format is that of Chrome's traces (chrome://tracing, Perfetto).
    /// </value>
    public string? ProfilePrefix { get; set; }

    internal int EffectiveThreads => Threads > 0 ? Threads : Environment.ProcessorCount;

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfNegative(Threads);
        ArgumentOutOfRangeException.ThrowIfNegative(DeviceId);
        ArgumentOutOfRangeException.ThrowIfNegative(SharedWeightBytes);
    }

    /// <summary>A copy, to be changed without changing this.</summary>
    public RuntimeOptions Clone() => (RuntimeOptions)MemberwiseClone();
}
