using System.Text.RegularExpressions;
using Microsoft.ML.OnnxRuntime;

namespace MultiModal.Runtime.Sessions;

/// <summary>Turns what the managed wrapper of ONNX Runtime throws into errors of this library.</summary>
static partial class OrtErrors
{
    const string MemoryAdvice =
        "Close what else uses memory, ask for smaller or fewer results at once, or decode in tiles where the model offers it.";

    /// <summary>
    /// Whether an exception came from ONNX Runtime. Its wrapper looks the text of an error code up in a table that lacks the
    /// newest codes, so a KeyNotFoundException is an error of the runtime as well.
    /// </summary>
    public static bool IsRuntimeError(Exception error) =>
        error is OnnxRuntimeException or KeyNotFoundException or OutOfMemoryException or EntryPointNotFoundException;

    public static MultiModalException OnRun(string model, Exception error) =>
        IsMemory(error)
            ? new DeviceMemoryException($"There was not enough memory to run {model}. {MemoryAdvice} ({Text(error)})", error)
            : new ModelRunException($"{model} failed while it ran: {Text(error)}", error);

    public static MultiModalException OnLoad(string model, Exception error) =>
        IsMemory(error)
            ? new DeviceMemoryException($"There was not enough memory to load {model}. {MemoryAdvice} ({Text(error)})", error)
            : new ModelLoadException($"ONNX Runtime refused {model}: {Text(error)}", error);

    /// <summary>The runtime's message without the paths of its build machine.</summary>
    public static string Text(Exception error) => BuildPath().Replace(error.Message, string.Empty).Trim();

    static bool IsMemory(Exception error) =>
        error is OutOfMemoryException
        || error.Message.Contains("bad_alloc", StringComparison.Ordinal)
        || error.Message.Contains("bad allocation", StringComparison.Ordinal)
        || error.Message.Contains("out of memory", StringComparison.OrdinalIgnoreCase)
        || error.Message.Contains("Failed to allocate", StringComparison.OrdinalIgnoreCase)
        || error.Message.Contains("E_OUTOFMEMORY", StringComparison.Ordinal);

    [GeneratedRegex(@"(/[\w.+-]+)+/(?=onnxruntime/)")]
    private static partial Regex BuildPath();
}
