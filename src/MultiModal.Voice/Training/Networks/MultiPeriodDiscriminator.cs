using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Layers;

namespace MultiModal.Voice.Training.Networks;

/// <summary>
/// Tells made sound from real: one network looks at the sound as it is, the others at the sound folded by a period each (Kong et al. 2020,
/// "HiFi-GAN", section 2.3). Keys as in D_*.pth: "discriminators.0" is the first kind, "discriminators.1" and on the second.
/// </summary>
sealed class MultiPeriodDiscriminator
{
    readonly List<Func<Tensor, (Tensor Score, IReadOnlyList<Tensor> Features)>> networks = [];

    public MultiPeriodDiscriminator(Scope scope, DiscriminatorConfig config)
    {
        var list = scope["discriminators"];
        networks.Add(new ScaleDiscriminator(list[0], config).Forward);
        foreach (var period in config.Periods) networks.Add(new PeriodDiscriminator(list[networks.Count], period, config).Forward);
    }

    /// <summary>Judges sound.</summary>
    /// <param name="sound">[batch, 1, samples]</param>
    /// <returns>For each network its scores (1 for real, 0 for made) and what its layers saw.</returns>
    public IReadOnlyList<(Tensor Score, IReadOnlyList<Tensor> Features)> Forward(Tensor sound) => [.. networks.Select(network => network(sound))];
}
