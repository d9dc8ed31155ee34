using MultiModal.Diffusion.Adapters.Deltas;
using MultiModal.Diffusion.Checkpoints;
using MultiModal.Runtime;
using MultiModal.Runtime.Weights;

namespace MultiModal.Diffusion.Adapters;

/// <summary>Writes adapters to new files: several as one, or into a model.</summary>
static class LoraFusion
{
    /// <summary>
    /// Writes several adapters, with their weights, as one that has the same effect at weight 1, under kohya's names. Plain low-rank changes stay of
    /// low rank, their ranks side by side; of all others the difference they make to the model's weights is written in full.
    /// </summary>
    /// <param name="uses">The adapters.</param>
    /// <param name="files">The model they are for.</param>
    /// <param name="targets">Its layers.</param>
    /// <param name="path">The file.</param>
    /// <param name="type">The type of its numbers.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public static void WriteOne(IReadOnlyList<LoraUse> uses, ModelFiles files, LoraTargets targets, string path, DType type, CancellationToken cancellationToken)
    {
        var set = LoraSet.Of(uses, targets, cancellationToken) ?? throw new ArgumentException("None of the adapters changes anything.", nameof(uses));
        var tensors = new OrderedDictionary<string, TensorData>(StringComparer.Ordinal);
        var maximumRank = 0;
        foreach (var component in targets.All.GroupBy(t => t.Component))
        {
            if (set.EditsOf(component.Key).Count == 0) continue;
            using var weights = files.OpenWeights(component.Key);
            foreach (var target in component)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var name = KohyaName(target, files);
                var parts = Parts(target, uses, targets).ToList();
                if (parts.Exists(p => p.Module.HasWeight))
                {
                    if (parts.TrueForAll(p => !p.Module.HasWeight || p.Module.IsPlainLowRank)) maximumRank = Math.Max(maximumRank, AddLowRank(name, target, [.. parts.Where(p => p.Module.HasWeight)]));
                    else Add($"{name}.diff", Difference(weights.Get(target.WeightName), set.EditsOf(component.Key)[target.WeightName]), target.Weight!);
                }

                if (set.EditsOf(component.Key).TryGetValue(target.BiasName, out var bias)) Add($"{name}.diff_b", Difference(weights.Get(target.BiasName), bias), target.Bias!);
            }
        }

        SafetensorsWriter.Write(path, tensors, new Dictionary<string, string>
        {
            ["format"] = "pt",
            ["modelspec.title"] = string.Join(" + ", uses.Select(u => u.Weights.Metadata.Title ?? u.Weights.Name)),
            ["ss_network_module"] = "networks.lora",
            ["ss_network_dim"] = FormattableString.Invariant($"{maximumRank}"),
            ["ss_network_alpha"] = FormattableString.Invariant($"{maximumRank}"),
            ["ss_base_model_version"] = uses[0].Weights.Metadata.BaseModel ?? "",
            ["fused_from"] = string.Join(", ", uses.Select(u => FormattableString.Invariant($"{u.Weights.Name}:{u.TextScale ?? u.Scale}:{u.Scale}"))),
        }, cancellationToken);

        int AddLowRank(string name, LoraTarget target, IReadOnlyList<(LoraModule Module, LoraUse Use)> parts)
        {
            var shape = target.Weight!;
            var sum = LowRankFactors.Sum([.. parts.Select(p =>
            {
                var (factors, scale) = p.Module.LowRankOf(shape, p.Use.MaximumRank);
                return (factors, scale * p.Use.StrengthAt(target));
            })]);
            Add($"{name}.lora_down.weight", sum.Right, [sum.Rank, .. shape.Skip(1)]);
            Add($"{name}.lora_up.weight", sum.Left, shape.Count == 4 ? [shape[0], sum.Rank, 1, 1] : [shape[0], sum.Rank]);
            tensors.Add($"{name}.alpha", TensorData.Scalar((float)sum.Rank));
            return sum.Rank;
        }

        void Add(string name, float[] values, IReadOnlyList<long> shape)
        {
            var data = TensorData.Zeros(type, [.. shape]);
            if (type == DType.Float32) values.CopyTo(data.Floats);
            else ElementConversion.FromFloat32(values, type, data.Bytes);
            tensors.Add(name, data);
        }
    }

    /// <summary>Writes a model with adapters merged into it, as a single file in the original layout, in the types the model is stored in.</summary>
    public static void WriteModel(IReadOnlyList<LoraUse> uses, ModelFiles files, LoraTargets targets, string path, CancellationToken cancellationToken)
    {
        var set = LoraSet.Of(uses, targets, cancellationToken) ?? throw new ArgumentException("None of the adapters changes anything.", nameof(uses));
        CheckpointConverter.Write(files, path, (component, weights) => new EditedWeights(weights, set.EditsOf(component), asStored: true), cancellationToken);
    }

    static IEnumerable<(LoraModule Module, LoraUse Use)> Parts(LoraTarget target, IReadOnlyList<LoraUse> uses, LoraTargets targets) =>
        from use in uses
        where use.StrengthAt(target) != 0
        from module in use.Weights.Modules
        where targets.Find(module.Layer) == target && module.Fits(target)
        select (module, use);

    static float[] Difference(WeightTensor tensor, IWeightEdit edit)
    {
        var original = tensor.ToFloat32();
        var changed = original.Floats.ToArray();
        edit.Apply(changed, 0);
        System.Numerics.Tensors.TensorPrimitives.Subtract(changed, original.Floats, changed);
        return changed;
    }

    /// <summary>What kohya's scripts call a layer: those for SDXL keep the original code's names of the UNet's.</summary>
    static string KohyaName(LoraTarget target, ModelFiles files)
    {
        var isXL = files.UNet.AdditionTimeSize is not null;
        var name = !target.IsText && isXL ? OriginalNames.OfUNet(target.WeightName, files.UNet)[..^".weight".Length] : target.Layer;
        var prefix = !target.IsText ? "lora_unet_" : !isXL ? "lora_te_" : target.Component == "text_encoder_2" ? "lora_te2_" : "lora_te1_";
        return prefix + name.Replace('.', '_');
    }
}
