using MultiModal.Diffusion.Generation;
using MultiModal.Diffusion.Networks;
using MultiModal.Diffusion.Text;
using MultiModal.Runtime.Weights;

namespace MultiModal.Diffusion.Checkpoints;

/// <summary>Writes models in the form other programs take.</summary>
public static class CheckpointConverter
{
    /// <summary>
    /// Writes a model as one .safetensors file in the original layout, which A1111, ComfyUI and others load. Values are those of the folder, in
    /// the type they are stored in there. Tensors go through memory one by one.
    /// </summary>
    /// <param name="folder">The model's folder, as diffusers saves it.</param>
    /// <param name="path">The file. An existing one is replaced, and only when the new one is whole.</param>
    /// <param name="variant">Which variant of the folder's files to take, as <see cref="DiffusionModelOptions.Variant"/>.</param>
    /// <param name="cancellationToken">Stops writing; the file is then as it was.</param>
    /// <exception cref="InvalidFileException">A file of the folder is missing or damaged.</exception>
    /// <exception cref="WeightMismatchException">The weights are not those of the architecture the configuration describes.</exception>
    public static async Task ToSingleFileAsync(string folder, string path, string? variant = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentException.ThrowIfNullOrEmpty(path);
        var files = await DiffusersFolder.OpenAsync(folder, variant, cancellationToken).ConfigureAwait(false);
        await Task.Run(() => Write(files, path, null, cancellationToken), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Writes a model, perhaps with the weights of its components changed on the way.</summary>
    internal static void Write(ModelFiles files, string path, Func<string, IWeightSource, IWeightSource>? change, CancellationToken cancellationToken)
    {
        var sources = new List<IWeightSource>();
        try
        {
            var tensors = new List<KeyValuePair<string, WeightTensor>>();
            Add("unet", DiffusionGraphs.UNet(files.UNet).Parameters.Keys, (name, tensor) => [new("model.diffusion_model." + OriginalNames.OfUNet(name, files.UNet), tensor)]);
            Add("vae", AutoencoderKL.ParameterNames(files.Vae), (name, tensor) =>
                [new("first_stage_model." + OriginalNames.OfVae(name, files.Vae.BlockOutChannels.Count), OriginalNames.IsSqueezed(name) ? new ReshapedTensor(tensor, [.. tensor.Dimensions, 1, 1]) : tensor)]);
            foreach (var encoder in files.TextEncoders) AddText(encoder);
            SafetensorsWriter.Write(path, tensors, new Dictionary<string, string> { ["format"] = "pt" }, cancellationToken);

            IWeightSource Open(string component)
            {
                var weights = files.OpenWeights(component);
                return change is null ? weights : change(component, weights);
            }

            void Add(string component, IEnumerable<string> names, Func<string, WeightTensor, IEnumerable<KeyValuePair<string, WeightTensor>>> rename)
            {
                var weights = Open(component);
                sources.Add(weights);
                foreach (var name in names) tensors.AddRange(rename(name, weights.Get(name)));
            }

            void AddText(TextEncoderFiles encoder)
            {
                var isXL = files.UNet.AdditionTimeSize is not null;
                var names = DiffusionGraphs.TextEncoder(encoder.Config).Parameters.Keys;

                // What is no OpenCLIP, which computes with another activation, keeps its names.
                if (encoder.Config.QuickGelu)
                    Add(encoder.Component, names, (name, tensor) => [new((isXL ? "conditioner.embedders.0.transformer." : "cond_stage_model.transformer.") + name, tensor)]);
                else
                    AddOpenClip(encoder, names, !isXL ? "cond_stage_model.model." : files.Family == ModelFamily.StableDiffusionXL ? "conditioner.embedders.1.model." : "conditioner.embedders.0.model.");
            }

            void AddOpenClip(TextEncoderFiles encoder, IEnumerable<string> names, string prefix)
            {
                var weights = OriginalNames.ToOpenClip.Apply(Open(encoder.Component));
                sources.Add(weights);
                foreach (var name in names)
                {
                    if (OriginalNames.OfOpenClip(name) is not { } original) continue;
                    IReadOnlyList<WeightTensor> parts = [.. OriginalNames.Stacked(name).Select(weights.Get)];
                    tensors.Add(new(prefix + original, parts.Count == 1 ? parts[0] : new StackedTensor(parts)));
                }
            }
        }
        finally
        {
            foreach (var source in sources) source.Dispose();
        }
    }

    /// <summary>A tensor with axes of length 1 added.</summary>
    sealed class ReshapedTensor(WeightTensor tensor, long[] dimensions) : WeightTensor(tensor.Name, tensor.Type, dimensions)
    {
        public override void CopyTo(Span<byte> destination) => tensor.CopyTo(destination);
    }

    /// <summary>Tensors of one shape, one after the other along the first axis.</summary>
    sealed class StackedTensor(IReadOnlyList<WeightTensor> parts)
        : WeightTensor(parts[0].Name, parts[0].Type, [parts[0].Dimensions[0] * parts.Count, .. parts[0].Dimensions.Skip(1)])
    {
        public override void CopyTo(Span<byte> destination)
        {
            foreach (var part in parts)
            {
                part.CopyTo(destination);
                destination = destination[(int)part.ByteLength..];
            }
        }
    }
}
