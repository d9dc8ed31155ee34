using Microsoft.ML.OnnxRuntime;

namespace MultiModal.Runtime.Sessions;

/// <summary>The execution providers of the native library: what selection of a device needs to know of it.</summary>
interface IExecutionProviders
{
    /// <summary>The providers in the library, by ONNX Runtime's names.</summary>
    IReadOnlyList<string> Available { get; }

    /// <summary>Adds a provider to the options of a session to be.</summary>
    /// <exception cref="OnnxRuntimeException">The provider does not start: a driver or library it needs is missing.</exception>
    void Append(SessionOptions session, Device device, RuntimeOptions options);
}
