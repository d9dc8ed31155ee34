namespace MultiModal.Runtime.Sessions;

/// <summary>What a network runs on.</summary>
/// <remarks>
/// Only <see cref="Cpu"/> is exercised by this project's tests. The others are written against ONNX Runtime's documentation
/// and have not been run on their hardware.
/// </remarks>
public enum Device
{
    /// <summary>The first that works of: CUDA, then DirectML (Windows) or CoreML (macOS), then the processor.</summary>
    Auto,

    /// <summary>The processor.</summary>
    Cpu,

    /// <summary>An NVIDIA GPU.</summary>
    Cuda,

    /// <summary>An NVIDIA GPU through TensorRT, which compiles the network for minutes when it first sees it.</summary>
    TensorRT,

    /// <summary>Any DirectX 12 GPU on Windows.</summary>
    DirectML,

    /// <summary>The neural engine or GPU of an Apple computer.</summary>
    CoreML,

    /// <summary>An Intel processor, GPU or NPU through OpenVINO.</summary>
    OpenVINO,
}
