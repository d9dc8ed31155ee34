using System.Globalization;
using MultiModal.Diffusion.Adapters;
using MultiModal.Diffusion.Generation;
using MultiModal.Diffusion.Steering;
using MultiModal.Diffusion.Tests.Adapters;
using MultiModal.Images;
using MultiModal.Runtime.Sessions;
using MultiModal.Testing;
using Xunit.Abstractions;

namespace MultiModal.Diffusion.Tests.Generation;

/// <summary>
/// Random requests, four at a time, on one tiny model, some cancelled at random moments: no leak, no wrong picture, no deadlock. A short slice in
/// CI; MULTIMODAL_SOAK says how many, MULTIMODAL_SOAK_SEED which.
/// </summary>
public sealed class RequestSoakTests(ITestOutputHelper log) : IDisposable
{
    static readonly string[] samplers =
        ["DDIMScheduler", "EulerDiscreteScheduler", "EulerAncestralDiscreteScheduler", "DPMSolverMultistepScheduler", "UniPCMultistepScheduler", "HeunDiscreteScheduler", "LCMScheduler", "DPM++ 2M Karras", "Euler a", "dpm_2"];

    static readonly string[] prompts =
        ["a small red apple", "a (red:1.3) robot [on|under] the tree", "a small robot AND a red apple:0.5", "watercolor [painting:robot:0.5], tree", "red apple BREAK on the tree"];

    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Random_requests_at_once_draw_what_they_draw_alone_and_leave_nothing_behind()
    {
        var count = int.Parse(Environment.GetEnvironmentVariable("MULTIMODAL_SOAK") ?? "24", CultureInfo.InvariantCulture);
        var seed = int.Parse(Environment.GetEnvironmentVariable("MULTIMODAL_SOAK_SEED") ?? "1", CultureInfo.InvariantCulture);
        log.WriteLine($"MULTIMODAL_SOAK={count} MULTIMODAL_SOAK_SEED={seed}");
        var handles = LiveHandles.Total;
        using var ink = await LoraWeights.LoadAsync(await MadeLora.WriteAsync(folder, "ink", 1));
        using var gold = await LoraWeights.LoadAsync(await MadeLora.WriteAsync(folder, "gold", 2, where: t => t.Weight is { Count: 2 or 4 }));
        await using (var model = await DiffusionModel.LoadAsync(MadeLora.Model()))
        await using (var control = await ControlNetModel.LoadAsync(Fixtures.PathOf("diffusion/models/tiny-sd15-controlnet")))
        {
            // The form of the UNet that takes anything, at once: other forms round otherwise.
            await model.GenerateAsync(new("a") { Steps = 1, Width = 24, Height = 40, Controls = [new(control, Picture(8, 8, 1))] });
            var random = new Random(seed);
            var work = Enumerable.Range(0, count).Select(i => (Request: Any(random, ink, gold, control), Delay: random.NextDouble() < 0.25 ? random.Next(1, 120) : (int?)null)).ToList();
            var memory = new List<long>();
            var drawn = new byte[]?[count];
            foreach (var half in work.Select((w, i) => (w.Request, w.Delay, Index: i)).Chunk((count + 1) / 2))
            {
                // A deadlock fails the test instead of holding it up for good.
                await Parallel.ForEachAsync(half, new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (item, _) => drawn[item.Index] = await DrawAsync(model, item.Request, item.Delay))
                    .WaitAsync(TimeSpan.FromMinutes(10));
                await model.GenerateAsync(new("a") { Steps = 1, Width = 32, Height = 32 });
                GC.Collect();
                memory.Add(GC.GetTotalMemory(forceFullCollection: true));
            }

            log.WriteLine($"{drawn.Count(d => d is null)} cancelled; managed memory after each half: {string.Join(", ", memory.Select(m => $"{m >> 10} KiB"))}; native objects {LiveHandles.Describe()}");

            // What stays is caches with limits: a leak of one picture or LoRA a request would be far more.
            Assert.InRange(memory[^1] - memory[0], long.MinValue, 12L << 20);
            for (var i = 0; i < count; i++)
            {
                if (drawn[i] is not { } together) continue;
                var alone = await DrawAsync(model, work[i].Request, null);
                Assert.True(together.AsSpan().SequenceEqual(alone), $"Request {i} (seed {seed}): {work[i].Request}");
            }
        }

        Assert.Equal(handles, LiveHandles.Total);
    }

    /// <summary>The pixels, or null when it was cancelled in time.</summary>
    static async Task<byte[]?> DrawAsync(DiffusionModel model, ImageRequest request, int? delay)
    {
        using var stop = delay is { } milliseconds ? new CancellationTokenSource(milliseconds) : new CancellationTokenSource();
        try
        {
            return [.. (await model.GenerateAsync(request, cancellationToken: stop.Token)).SelectMany(i => i.Image.Pixels.ToArray())];
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return null;
        }
    }

    static ImageRequest Any(Random random, LoraWeights ink, LoraWeights gold, ControlNetModel control)
    {
        var (width, height) = (8 * random.Next(2, 9), 8 * random.Next(2, 9));
        var hasInit = random.NextDouble() < 0.35;
        var init = hasInit ? Picture(width, height, random.Next()) : null;
        float[] weights = [-0.5f, 0.4f, 0.8f, 1];
        return new ImageRequest(prompts[random.Next(prompts.Length)])
        {
            NegativePrompt = random.NextDouble() < 0.5 ? "watercolor" : null, Seed = random.Next(), Width = width, Height = height, Steps = random.Next(1, 5),
            Scheduler = samplers[random.Next(samplers.Length)], Guidance = random.NextDouble() < 0.2 ? 1 : 5, Count = random.NextDouble() < 0.2 ? 2 : 1,
            ClipSkip = random.NextDouble() < 0.2 ? 2 : null, Noise = random.NextDouble() < 0.2 ? NoiseKind.Philox : NoiseKind.TorchCpu,
            SubSeedStrength = random.NextDouble() < 0.15 ? 0.3f : 0, SubSeed = 5, PreviewEvery = random.Next(0, 2), GuidanceRescale = random.NextDouble() < 0.2 ? 0.7f : 0,
            Init = init, Strength = 0.6f, Mask = hasInit && random.NextDouble() < 0.5 ? Mask(width, height) : null,
            Controls = random.NextDouble() < 0.2 ? [new(control, Picture(32, 32, 9)) { Scale = 0.7f }] : [],
            HighResolution = !hasInit && random.NextDouble() < 0.15 ? new() { Scale = 1.5f, Strength = 0.5f, InLatents = random.NextDouble() < 0.5 } : null,
            Loras = random.Next(4) switch
            {
                0 => [new(ink, weights[random.Next(4)])],
                1 => [new(gold, weights[random.Next(4)]) { TextScale = 0.2f }],
                2 => [new(ink, 0.4f), new(gold, weights[random.Next(4)])],
                _ => [],
            },
        };
    }

    static ImageBuffer Picture(int width, int height, int seed)
    {
        var image = new ImageBuffer(width, height);
        new Random(seed).NextBytes(image.Pixels);
        return image;
    }

    static ImageBuffer Mask(int width, int height)
    {
        var mask = new ImageBuffer(width, height, 1);
        for (var y = height / 4; y < height; y++) mask.Row(y)[(width / 4)..].Fill(255);
        return mask;
    }
}
