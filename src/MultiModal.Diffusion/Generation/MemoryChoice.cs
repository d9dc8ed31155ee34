using MultiModal.Diffusion.Checkpoints;
using MultiModal.Diffusion.Networks;
using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Sessions;

namespace MultiModal.Diffusion.Generation;

/// <summary>Chooses a mode by how much memory a model takes, and says what to do where it was not enough.</summary>
static class MemoryChoice
{
    /// <summary>Bytes of UNet weights in memory at once where it is streamed.</summary>
    public const long StreamedBytes = 512L << 20;

    // The decoder's widest states, at the full size of the picture: three of its second level's channels are alive at once.
    const double DecoderStates = 3.5;

    // The system, this program, and what others need.
    const double Usable = 0.9;

    /// <summary>The modes to try, in their order.</summary>
    public static IEnumerable<MemoryMode> ModesFor(ModelFiles files, DiffusionModelOptions options)
    {
        if (options.Memory != MemoryMode.Auto) return [options.Memory];
        var onlyCpu = options.Runtime.Device == Device.Cpu
            || (options.Runtime.Device == Device.Auto && OnnxRuntimeInfo.Load(options.Runtime).Providers.All(p => p is "CPUExecutionProvider" or "AzureExecutionProvider"));
        return onlyCpu
            ? [ModeFor(files, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes)]
            : [MemoryMode.Full, MemoryMode.Balanced, MemoryMode.Low];
    }

    /// <summary>The mode in which a model can draw a picture of its own size within so much memory.</summary>
    public static MemoryMode ModeFor(ModelFiles files, long available)
    {
        var unet = Bytes(DiffusionGraphs.UNet(files.UNet));
        var vae = Bytes(DiffusionGraphs.VaeDecoder(files.Vae));
        List<long> text = [.. files.TextEncoders.Select(e => Bytes(DiffusionGraphs.TextEncoder(e.Config)))];
        var side = (double)files.UNet.SampleSize * files.Vae.Factor;
        var decoding = DecoderStates * side * side * files.Vae.BlockOutChannels[Math.Min(1, files.Vae.BlockOutChannels.Count - 1)] * sizeof(float);
        var budget = available * Usable;
        if (unet + vae + text.Sum() + decoding < budget) return MemoryMode.Full;
        return unet + Math.Max(vae + decoding, text.Sum()) < budget ? MemoryMode.Balanced : MemoryMode.Low;
    }

    /// <summary>The error for a model that ran out of memory in a mode.</summary>
    public static DeviceMemoryException Explain(MemoryMode mode, Exception error) => new(
        mode switch
        {
            MemoryMode.Low => "There was not enough memory, though the model is loaded in the mode that takes least (MemoryMode.Low). " +
                "Ask for a smaller picture or fewer at once, set ImageRequest.Tiles, or let DiffusionModelOptions.TileDecodingAbove be lower.",
            _ => $"There was not enough memory in MemoryMode.{mode}. Load the model with DiffusionModelOptions.Memory = MemoryMode.{mode + 1}, or ask for a smaller picture or fewer at once.",
        } + $" The model can go on being used. ({error.Message})", error);

    static long Bytes(Graph graph) => graph.Parameters.Values.Sum(p => p.Shape.ElementCount.Value) * sizeof(float);
}
