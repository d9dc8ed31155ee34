using MultiModal.Runtime;
using MultiModal.Runtime.Random;

namespace MultiModal.Diffusion.Training.Data;

/// <summary>
/// Which pictures each step takes: every epoch visits each as often as its repeats say, in an order drawn from the seed and the epoch's number
/// alone, and a batch holds one bucket. A step's batch depends on nothing but its number, so that a resumed run sees what an uninterrupted one saw.
/// </summary>
sealed class BatchPlan
{
    readonly (int Index, (int, int) Bucket)[] visits;
    readonly int batch;
    readonly ulong seed;
    (int Number, IReadOnlyList<int[]> Batches) epoch = (-1, []);

    public BatchPlan(IReadOnlyList<TrainingImage> images, int batch, ulong seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batch, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(images.Count, 1, nameof(images));
        this.batch = batch;
        this.seed = seed;
        visits = [.. images.SelectMany((image, i) => Enumerable.Repeat((i, (image.Placement.Width, image.Placement.Height)), image.Repeats))];
        BatchesAnEpoch = visits.GroupBy(v => v.Bucket).Sum(g => (g.Count() + batch - 1) / batch);
    }

    /// <summary>How many steps an epoch takes. A bucket's last batch is filled up with its first pictures.</summary>
    public int BatchesAnEpoch { get; }

    /// <summary>The pictures of a step.</summary>
    /// <param name="step">Its number, from 0.</param>
    public IReadOnlyList<int> Batch(long step)
    {
        var number = checked((int)(step / BatchesAnEpoch));
        if (epoch.Number != number) epoch = (number, Lay(number));
        return epoch.Batches[(int)(step % BatchesAnEpoch)];
    }

    List<int[]> Lay(int number)
    {
        var random = new TorchRandom(SampleSeed.Mix(seed, (ulong)number, 0x0DDE));
        var batches = new List<int[]>();
        foreach (var bucket in random.Permutation(visits.Length).Select(i => visits[i]).GroupBy(v => v.Bucket, v => v.Index).OrderBy(g => g.Key))
        {
            int[] order = [.. bucket];
            for (var from = 0; from < order.Length; from += batch)
                batches.Add([.. Enumerable.Range(from, batch).Select(i => order[i % order.Length])]);
        }

        return [.. random.Permutation(batches.Count).Select(i => batches[(int)i])];
    }
}
