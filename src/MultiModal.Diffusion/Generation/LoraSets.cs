using MultiModal.Diffusion.Adapters;
using MultiModal.Diffusion.Checkpoints;
using MultiModal.Diffusion.Text.Prompts;
using MultiModal.Runtime;

namespace MultiModal.Diffusion.Generation;

/// <summary>Lays the adapters of requests out for a model. Safe for concurrent use.</summary>
sealed class LoraSets(ModelFiles files, DiffusionModelOptions options)
{
    readonly Lazy<LoraTargets> targets = new(() => LoraTargets.Of(files));
    LoraSet? last;

    public LoraMatch Match(LoraWeights weights) => LoraSet.Match(weights, targets.Value);

    public Task SaveFusedAsync(IReadOnlyList<LoraUse> loras, string path, bool half, CancellationToken cancellationToken)
    {
        foreach (var lora in loras) lora.Validate();
        return Task.Run(() => LoraFusion.WriteOne(loras, files, targets.Value, path, half ? DType.Float16 : DType.Float32, cancellationToken), cancellationToken);
    }

    public Task SaveMergedAsync(IReadOnlyList<LoraUse> loras, string path, CancellationToken cancellationToken)
    {
        foreach (var lora in loras) lora.Validate();
        return Task.Run(() => LoraFusion.WriteModel(loras, files, targets.Value, path, cancellationToken), cancellationToken);
    }

    /// <summary>The adapters a request names, itself or in its prompt; null where none changes anything.</summary>
    public async ValueTask<LoraSet?> ForAsync(ImageRequest request, CancellationToken cancellationToken)
    {
        var called = request.PromptSyntax ? PromptSyntax.TakeLoras(request.Prompt).Loras : [];
        if (request.Loras.Count == 0 && called.Count == 0) return null;
        List<LoraUse> uses = [.. request.Loras];
        foreach (var lora in called)
            uses.Add(new(await options.Loras!.FindAsync(lora.Name, cancellationToken).ConfigureAwait(false), lora.UNetWeight)
            {
                TextScale = lora.TextWeight, Blocks = lora.Blocks, MaximumRank = lora.MaximumRank,
            });
        // What was disposed is refused, even where its merged weights are still at hand.
        foreach (var use in uses) _ = use.Weights.Modules;
        if (last is { } known && known.Key == LoraSet.KeyOf(uses))
        {
            known.Check(uses);
            return known;
        }

        var set = LoraSet.Of(uses, targets.Value, cancellationToken);
        if (set is not null) last = set;
        return set;
    }
}
