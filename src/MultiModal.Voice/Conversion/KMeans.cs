using System.Numerics.Tensors;
using MultiModal.Runtime;
using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Graphs.Onnx;
using MultiModal.Runtime.Random;
using MultiModal.Runtime.Sessions;

namespace MultiModal.Voice.Conversion;

/// <summary>
/// Clusters vectors (Lloyd 1982). Distances are a matrix product, which the runtime's threads compute: |x - c|^2 is least where x.c - |c|^2 / 2 is largest.
/// </summary>
sealed class KMeans : IAsyncDisposable
{
    // Vectors compared at once: with ten thousand centres the comparisons take 40 MB.
    const int Rows = 1024;

    // Choosing the first centres far apart compares one after the other, on one thread: for so many products it takes seconds.
    const double MostSeeding = 2e10;

    // What moves less than this, against the vectors' spread, is at rest.
    const double Rest = 1e-4;

    readonly NetworkSession session;
    readonly int dimensions;

    KMeans(NetworkSession session, int dimensions) => (this.session, this.dimensions) = (session, dimensions);

    /// <summary>Prepares the comparison of vectors of a length.</summary>
    public static async Task<KMeans> CreateAsync(int dimensions, RuntimeOptions? options, CancellationToken cancellationToken)
    {
        var graph = new Graph();
        var vectors = graph.Input("vectors", DType.Float32, "rows", dimensions);
        var centres = graph.Input("centres", DType.Float32, dimensions, "count");
        var halves = graph.Input("halves", DType.Float32, "count");
        graph.Output("nearest", Ops.ArgMax(Ops.MatMul(vectors, centres) - halves, 1));
        return new(await NetworkSession.CreateAsync(OnnxWriter.Write(graph), options, "k-means", cancellationToken: cancellationToken).ConfigureAwait(false), dimensions);
    }

    /// <summary>Finds centres.</summary>
    /// <param name="vectors">[vectors, dimensions]</param>
    /// <param name="count">How many; all vectors where there are no more of them.</param>
    /// <param name="iterations">How often centres are moved at most.</param>
    /// <param name="random">Which vectors are the first centres.</param>
    /// <param name="progress">Told the part that is done.</param>
    /// <param name="cancellationToken">Stops the search.</param>
    /// <returns>[count, dimensions]</returns>
    public async Task<float[]> FindAsync(
        float[] vectors, int count, int iterations, TorchRandom random, IProgress<double>? progress, CancellationToken cancellationToken)
    {
        var total = vectors.Length / dimensions;
        if (total <= count) return (float[])vectors.Clone();
        var centres = new float[checked(count * dimensions)];
        if ((double)vectors.Length * count <= MostSeeding) SeedApart(vectors, centres, random, cancellationToken);
        else Seed(vectors, centres, random);
        var scale = Spread(vectors);
        for (var iteration = 0; iteration < iterations; iteration++)
        {
            var nearest = await NearestAsync(vectors, centres, cancellationToken).ConfigureAwait(false);
            var moved = Move(vectors, nearest, centres, random);
            progress?.Report((iteration + 1) / (double)iterations);
            if (moved <= Rest * scale) break;
        }

        progress?.Report(1);
        return centres;
    }

    /// <summary>The number of each vector's nearest centre.</summary>
    public async Task<int[]> NearestAsync(float[] vectors, float[] centres, CancellationToken cancellationToken)
    {
        var (total, count) = (vectors.Length / dimensions, centres.Length / dimensions);
        var (columns, halves) = (TensorData.Zeros(DType.Float32, dimensions, count), TensorData.Zeros(DType.Float32, count));
        for (var i = 0; i < count; i++)
        {
            var centre = Row(centres, i);
            halves.Floats[i] = 0.5f * TensorPrimitives.SumOfSquares<float>(centre);
            for (var d = 0; d < dimensions; d++) columns.Floats[(d * count) + i] = centre[d];
        }

        var nearest = new int[total];
        for (var start = 0; start < total; start += Rows)
        {
            var rows = Math.Min(Rows, total - start);
            var outputs = await session.RunAsync(
                new Dictionary<string, TensorData>
                {
                    ["vectors"] = TensorData.Of(vectors.AsSpan(start * dimensions, rows * dimensions).ToArray(), rows, dimensions), ["centres"] = columns, ["halves"] = halves,
                },
                cancellationToken: cancellationToken).ConfigureAwait(false);
            var found = outputs["nearest"].Longs;
            for (var i = 0; i < rows; i++) nearest[start + i] = (int)found[i];
        }

        return nearest;
    }

    public ValueTask DisposeAsync() => session.DisposeAsync();

    /// <summary>The first centres are any vectors.</summary>
    void Seed(float[] vectors, float[] centres, TorchRandom random)
    {
        var order = random.Permutation(vectors.Length / dimensions);
        for (var i = 0; i < centres.Length / dimensions; i++) Row(vectors, (int)order[i]).CopyTo(Row(centres, i));
    }

    /// <summary>Each first centre is a vector, chosen the likelier the farther it is from those before (Arthur and Vassilvitskii 2007, "k-means++").</summary>
    void SeedApart(float[] vectors, float[] centres, TorchRandom random, CancellationToken cancellationToken)
    {
        var total = vectors.Length / dimensions;
        var distances = new double[total];
        Array.Fill(distances, double.PositiveInfinity);
        Span<float> drawn = stackalloc float[1];
        Row(vectors, (int)random.Integer(0, total)).CopyTo(Row(centres, 0));
        for (var i = 1; i < centres.Length / dimensions; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var sum = 0.0;
            for (var v = 0; v < total; v++)
            {
                var distance = TensorPrimitives.Distance<float>(Row(vectors, v), Row(centres, i - 1));
                sum += distances[v] = Math.Min(distances[v], distance * (double)distance);
            }

            random.Uniform(drawn);
            var left = drawn[0] * sum;
            var chosen = 0;
            while (chosen < total - 1 && (left -= distances[chosen]) > 0) chosen++;
            Row(vectors, chosen).CopyTo(Row(centres, i));
        }
    }

    /// <summary>Moves centres to the means of what is nearest to them.</summary>
    /// <returns>The mean of the squares of how far.</returns>
    double Move(float[] vectors, int[] nearest, float[] centres, TorchRandom random)
    {
        var count = centres.Length / dimensions;
        var (sums, sizes) = (new double[centres.Length], new int[count]);
        for (var i = 0; i < nearest.Length; i++)
        {
            var sum = sums.AsSpan(nearest[i] * dimensions, dimensions);
            var vector = Row(vectors, i);
            for (var d = 0; d < sum.Length; d++) sum[d] += vector[d];
            sizes[nearest[i]]++;
        }

        var moved = 0.0;
        for (var i = 0; i < count; i++)
        {
            var centre = Row(centres, i);
            if (sizes[i] == 0)
            {
                // Nothing is near: it begins anew at some vector.
                Row(vectors, (int)random.Integer(0, nearest.Length)).CopyTo(centre);
                moved = double.PositiveInfinity;
                continue;
            }

            for (var d = 0; d < centre.Length; d++)
            {
                var mean = (float)(sums[(i * dimensions) + d] / sizes[i]);
                moved += (mean - centre[d]) * (double)(mean - centre[d]) / count;
                centre[d] = mean;
            }
        }

        return moved;
    }

    /// <summary>The mean square of the vectors' distances from their mean.</summary>
    double Spread(float[] vectors)
    {
        var total = vectors.Length / dimensions;
        var (sum, squares) = (new double[dimensions], 0.0);
        for (var i = 0; i < vectors.Length; i++)
        {
            sum[i % dimensions] += vectors[i];
            squares += vectors[i] * (double)vectors[i];
        }

        return (squares / total) - sum.Sum(s => s / total * (s / total));
    }

    Span<float> Row(float[] values, int row) => values.AsSpan(row * dimensions, dimensions);
}
