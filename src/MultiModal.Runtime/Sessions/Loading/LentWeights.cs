using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using MultiModal.Runtime.Graphs.Onnx;
using MultiModal.Runtime.Weights;

namespace MultiModal.Runtime.Sessions;

/// <summary>The weights of a network in memory of this library, as values to bind to its runs.</summary>
/// <remarks>
/// Weights stored in the type computed with are pages of the mapped file. All others are converted, in parallel, into one block:
/// it is touched here for the first time, by all threads and in huge pages, and not by the first run.
/// </remarks>
sealed unsafe class LentWeights : IDisposable
{
    /// <summary>Elements converted at once: the stored and the converted bytes stay in a core's second-level cache.</summary>
    const int ChunkElements = 1 << 17;

    const int Alignment = 64;

    readonly List<WeightMemory> mapped = [];
    readonly List<GCHandle> pinned = [];
    readonly List<OrtValue> values = [];
    WeightBlock? block;

    LentWeights(IReadOnlyList<OnnxWeight> weights) => Weights = weights;

    public IReadOnlyList<OnnxWeight> Weights { get; }

    /// <summary>The values, in the order of <see cref="Weights"/>.</summary>
    public IReadOnlyList<OrtValue> Values => values;

    /// <exception cref="InvalidFileException">A file ended before a weight did.</exception>
    public static LentWeights Load(
        IReadOnlyList<OnnxWeight> weights, int threads, IProgress<SessionLoadProgress>? progress, CancellationToken cancellationToken)
    {
        var loaded = new LentWeights(weights);
        try
        {
            loaded.Place(threads, progress, cancellationToken);
            return loaded;
        }
        catch
        {
            loaded.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        foreach (var value in values)
        {
            value.Dispose();
            LiveHandles.Closed(NativeHandleKind.Value);
        }

        foreach (var handle in pinned)
            handle.Free();
        foreach (var memory in mapped)
        {
            memory.Dispose();
            LiveHandles.Closed(NativeHandleKind.Memory);
        }

        values.Clear();
        pinned.Clear();
        mapped.Clear();
        block?.Dispose();
        block = null;
    }

    void Place(int threads, IProgress<SessionLoadProgress>? progress, CancellationToken cancellationToken)
    {
        var addresses = new nint[Weights.Count];
        var chunks = new List<(int Weight, long Start, int Count)>();
        var offsets = new long[Weights.Count];
        long size = 0, done = 0, total = Weights.Sum(weight => weight.ByteLength);
        for (var i = 0; i < Weights.Count; i++)
        {
            var weight = Weights[i];
            if (weight.Data is { } data)
            {
                var pin = GCHandle.Alloc(data.Storage, GCHandleType.Pinned);
                pinned.Add(pin);
                addresses[i] = pin.AddrOfPinnedObject();
            }
            else if (weight.StoredType == weight.Type && weight.Source!.Region is not null)
            {
                var memory = weight.Source.Map();
                LiveHandles.Opened(NativeHandleKind.Memory);
                mapped.Add(memory);
                addresses[i] = memory.Address;
            }
            else
            {
                offsets[i] = size;
                size += (weight.ByteLength + Alignment - 1) / Alignment * Alignment;
                Divide(i, weight, chunks);
                continue;
            }

            done += weight.ByteLength;
        }

        if (size > 0)
        {
            block = new(size);
            var target = block.Pointer;
            var parallel = new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellationToken };
            ForEach(chunks, parallel, chunk =>
            {
                var weight = Weights[chunk.Weight];
                var element = weight.Type.Size();
                WeightElements.Read(weight, chunk.Start, new(target + offsets[chunk.Weight] + (chunk.Start * element), chunk.Count * element));
                var sum = Interlocked.Add(ref done, (long)chunk.Count * element);
                progress?.Report(new(sum, total));
            });
            for (var i = 0; i < addresses.Length; i++)
            {
                if (addresses[i] == 0)
                    addresses[i] = (nint)(block.Pointer + offsets[i]);
            }
        }

        cancellationToken.ThrowIfCancellationRequested();
        for (var i = 0; i < addresses.Length; i++)
            AddValue(Weights[i], addresses[i]);
        progress?.Report(new(total, total));
    }

    /// <summary>Parallel.ForEach that throws the first error itself: an unreadable file is no AggregateException to the caller.</summary>
    static void ForEach<T>(List<T> items, ParallelOptions options, Action<T> action)
    {
        try
        {
            Parallel.ForEach(items, options, action);
        }
        catch (AggregateException errors)
        {
            ExceptionDispatchInfo.Throw(errors.InnerExceptions[0]);
        }
    }

    static void Divide(int index, OnnxWeight weight, List<(int Weight, long Start, int Count)> chunks)
    {
        var length = TensorData.ElementCount([.. weight.Dimensions]);
        if (!WeightElements.IsDivisible(weight))
        {
            chunks.Add((index, 0, checked((int)length)));
            return;
        }

        for (long start = 0; start < length; start += ChunkElements)
            chunks.Add((index, start, (int)Math.Min(ChunkElements, length - start)));
    }

    void AddValue(OnnxWeight weight, nint address)
    {
        values.Add(OrtValue.CreateTensorValueWithData(
            OrtMemoryInfo.DefaultInstance, (TensorElementType)weight.Type, [.. weight.Dimensions], address, weight.ByteLength));
        LiveHandles.Opened(NativeHandleKind.Value);
    }
}
