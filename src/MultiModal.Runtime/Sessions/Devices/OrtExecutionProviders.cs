using System.Globalization;
using Microsoft.ML.OnnxRuntime;

namespace MultiModal.Runtime.Sessions;

/// <summary>The providers of the loaded native library.</summary>
sealed class OrtExecutionProviders(IReadOnlyList<string> available) : IExecutionProviders
{
    public IReadOnlyList<string> Available => available;

    public void Append(SessionOptions session, Device device, RuntimeOptions options)
    {
        var id = options.DeviceId.ToString(CultureInfo.InvariantCulture);
        switch (device)
        {
            case Device.Cuda:
                AppendCuda(session, id);
                break;
            case Device.TensorRT:
                AppendTensorRT(session, options, id);
                // What TensorRT does not take runs on CUDA.
                AppendCuda(session, id);
                break;
            case Device.DirectML:
                // DirectML runs a graph as one command list: it neither plans memory nor runs branches in parallel.
                session.EnableMemoryPattern = false;
                session.ExecutionMode = ExecutionMode.ORT_SEQUENTIAL;
                session.AppendExecutionProvider_DML(options.DeviceId);
                break;
            case Device.CoreML:
                session.AppendExecutionProvider("CoreML", new() { ["ModelFormat"] = "MLProgram", ["MLComputeUnits"] = "ALL" });
                break;
            case Device.OpenVINO:
                session.AppendExecutionProvider("OpenVINO", new() { ["device_type"] = options.OpenVINODevice });
                break;
            case Device.Auto or Device.Cpu:
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(device), device, "Not a device.");
        }
    }

    static void AppendCuda(SessionOptions session, string id)
    {
        using var cuda = new OrtCUDAProviderOptions();
        cuda.UpdateOptions(new()
        {
            ["device_id"] = id,
            // Grow by what is asked for: diffusion alternates between very different sizes.
            ["arena_extend_strategy"] = "kSameAsRequested",
            // Trying every algorithm makes each new shape slow; the heuristic's choice is close.
            ["cudnn_conv_algo_search"] = "HEURISTIC",
        });
        session.AppendExecutionProvider_CUDA(cuda);
    }

    static void AppendTensorRT(SessionOptions session, RuntimeOptions options, string id)
    {
        var settings = new Dictionary<string, string> { ["device_id"] = id, ["trt_fp16_enable"] = options.TensorRTFloat16 ? "1" : "0" };
        if (options.CacheDirectory is { } folder)
        {
            settings["trt_engine_cache_enable"] = "1";
            settings["trt_engine_cache_path"] = folder;
            settings["trt_timing_cache_enable"] = "1";
            settings["trt_timing_cache_path"] = folder;
        }

        using var tensorRT = new OrtTensorRTProviderOptions();
        tensorRT.UpdateOptions(settings);
        session.AppendExecutionProvider_Tensorrt(tensorRT);
    }
}
