using Microsoft.ML.OnnxRuntime;

namespace MultiModal.Runtime.Sessions;

/// <summary>Chooses the device of a session and says why.</summary>
sealed class DeviceSelector(IExecutionProviders providers)
{
    /// <summary>The devices to consider, best first.</summary>
    public static IReadOnlyList<Device> Order(Device wanted, bool fallBackToCpu) => wanted switch
    {
        Device.Auto when OperatingSystem.IsWindows() => [Device.Cuda, Device.DirectML, Device.Cpu],
        Device.Auto when OperatingSystem.IsMacOS() => [Device.CoreML, Device.Cpu],
        Device.Auto => [Device.Cuda, Device.Cpu],
        Device.Cpu => [Device.Cpu],
        _ => fallBackToCpu ? [wanted, Device.Cpu] : [wanted],
    };

    /// <summary>Adds the provider of the first device that starts to the session's options.</summary>
    /// <param name="makeOptions">Makes options for an attempt. A provider that failed may have left traces in them, so each attempt has its own.</param>
    /// <param name="options">What is wanted.</param>
    /// <param name="excluded">Devices that already failed later on, with the reason.</param>
    /// <returns>The options, which the caller disposes, and the choice.</returns>
    /// <exception cref="DeviceUnavailableException">None of the devices to consider is to be had.</exception>
    public (SessionOptions Session, DeviceSelection Selection) Select(
        Func<SessionOptions> makeOptions, RuntimeOptions options, IReadOnlyList<DeviceAttempt>? excluded = null)
    {
        var attempts = new List<DeviceAttempt>();
        foreach (var device in Order(options.Device, options.FallBackToCpu))
        {
            if (excluded?.FirstOrDefault(attempt => attempt.Device == device) is { } failed)
            {
                attempts.Add(failed);
                continue;
            }

            var name = ProviderName(device);
            if (!providers.Available.Contains(name))
            {
                attempts.Add(new(device, $"the native library has no {name}; {Remedy(device)}"));
                continue;
            }

            var session = makeOptions();
            try
            {
                providers.Append(session, device, options);
                attempts.Add(new(device, null));
                return (session, new(device, attempts));
            }
            catch (Exception error) when (OrtErrors.IsRuntimeError(error))
            {
                session.Dispose();
                attempts.Add(new(device, $"it did not start: {OrtErrors.Text(error)}"));
            }
            catch
            {
                session.Dispose();
                throw;
            }
        }

        throw new DeviceUnavailableException(
            $"{options.Device} is not to be had ({string.Join("; ", attempts)}). Use Device.Auto, or set RuntimeOptions.FallBackToCpu.", attempts);
    }

    static string ProviderName(Device device) => device switch
    {
        Device.Cpu => "CPUExecutionProvider",
        Device.Cuda => "CUDAExecutionProvider",
        Device.TensorRT => "TensorrtExecutionProvider",
        Device.DirectML => "DmlExecutionProvider",
        Device.CoreML => "CoreMLExecutionProvider",
        Device.OpenVINO => "OpenVINOExecutionProvider",
        _ => throw new ArgumentOutOfRangeException(nameof(device), device, "Not a device."),
    };

    static string Remedy(Device device) => device switch
    {
        Device.Cuda or Device.TensorRT => "reference Microsoft.ML.OnnxRuntime.Gpu instead of Microsoft.ML.OnnxRuntime",
        Device.DirectML => "reference Microsoft.ML.OnnxRuntime.DirectML instead of Microsoft.ML.OnnxRuntime",
        Device.OpenVINO => "reference Intel.ML.OnnxRuntime.OpenVino instead of Microsoft.ML.OnnxRuntime",
        Device.CoreML => "it is in the macOS libraries only",
        _ => "use another native package",
    };
}
