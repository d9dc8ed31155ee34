using MultiModal.Diffusion.Schedulers;
using MultiModal.Runtime.Random;

namespace MultiModal.Diffusion.Generation;

/// <summary>PyTorch's CPU noise, a generator for each picture, so that a picture does not depend on which others are made with it.</summary>
sealed class SeededNoise(IReadOnlyList<long> seeds) : INoiseSource
{
    readonly TorchRandom[] generators = [.. seeds.Select(seed => new TorchRandom(unchecked((ulong)seed)))];

    public void Draw(Span<float> noise, LatentShape shape)
    {
        for (var i = 0; i < generators.Length; i++) generators[i].Normal(noise.Slice(i * shape.PerImage, shape.PerImage));
    }
}
