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
    readonly nint[] addresses;
    SpareBlock? spare;
    WeightBlock? block;

    LentWeights(IReadOnlyList<OnnxWeight> weights) => (Weights, addresses) = (weights, new nint[weights.Count]);

    public IReadOnlyList<OnnxWeight> Weights { get; }

    /// <summary>The values, in the order of <see cref="Weights"/>.</summary>
    public IReadOnlyList<OrtValue> Values => values;

    /// <summary>Loads weights.</summary>
    /// <param name="weights">The weights.</param>
    /// <param name="threads">How many threads do it.</param>
    /// <param name="progress">Is told how much is in place.</param>
    /// <param name="lender">
    /// Another session's weights, which must outlive these: those of the same name and shape are not loaded again, and changes of them
    /// (<see cref="EditedWeights"/>) start from what is there. Null for none.
    /// </param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="InvalidFileException">A file ended before a weight did.</exception>
    public static LentWeights Load(
        IReadOnlyList<OnnxWeight> weights, int threads, IProgress<SessionLoadProgress>? progress, LentWeights? lender, CancellationToken cancellationToken) =>
        Make(new(weights), threads, progress, lender, weight => (weight.Source as EditedTensor)?.Edit, cancellationToken);

    /// <summary>The same weights with some of them changed. The others stay where they are: this must outlive the result.</summary>
    /// <param name="edits">The changes by name; each of a weight that <see cref="CanEdit"/>.</param>
    /// <param name="threads">How many threads do it.</param>
    /// <param name="spare">Where the memory of the changed weights comes from, and goes to.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public LentWeights Edit(IReadOnlyDictionary<string, IWeightEdit> edits, int threads, SpareBlock spare, CancellationToken cancellationToken) =>
        Make(new(Weights) { spare = spare }, threads, null, this, weight => edits.GetValueOrDefault(weight.Name), cancellationToken);

    /// <summary>Whether a weight is among these, in the type changes are made in.</summary>
    public bool CanEdit(string name)
    {
        foreach (var weight in Weights)
            if (weight.Name == name) return weight.Type is DType.Float32;
        return false;
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
        if (block is not null && spare is not null) spare.Offer(block);
        else block?.Dispose();
        block = null;
    }

    static LentWeights Make(
        LentWeights made, int threads, IProgress<SessionLoadProgress>? progress, LentWeights? lender, Func<OnnxWeight, IWeightEdit?> editOf, CancellationToken cancellationToken)
    {
        try
        {
            made.Place(threads, progress, lender, editOf, cancellationToken);
            return made;
        }
        catch
        {
            made.Dispose();
            throw;
        }
    }

    /// <summary>Where another session's weights have the same one; 0 where they have not.</summary>
    nint AddressOf(OnnxWeight weight)
    {
        for (var i = 0; i < Weights.Count; i++)
            if (Weights[i].Name == weight.Name) return Weights[i].Type == weight.Type && Weights[i].Dimensions.SequenceEqual(weight.Dimensions) ? addresses[i] : 0;
        return 0;
    }

    void Place(int threads, IProgress<SessionLoadProgress>? progress, LentWeights? lender, Func<OnnxWeight, IWeightEdit?> editOf, CancellationToken cancellationToken)
    {
        var edits = new List<(int Weight, nint Original, IWeightEdit Edit, int FirstRow, int Rows)>();
        var chunks = new List<(int Weight, long Start, int Count)>();
        var offsets = new long[Weights.Count];
        long size = 0, done = 0, total = Weights.Sum(weight => weight.ByteLength);
        for (var i = 0; i < Weights.Count; i++)
        {
            var weight = Weights[i];
            if (lender?.AddressOf(weight) is { } original && original != 0)
            {
                if (editOf(weight) is not { } edit || weight.Type is not DType.Float32)
                {
                    addresses[i] = original;
                }
                else
                {
                    offsets[i] = size;
                    size += (weight.ByteLength + Alignment - 1) / Alignment * Alignment;
                    var (rows, columns) = RowsOf(weight);
                    var step = edit.IsByRows ? (int)Math.Clamp(ChunkElements / Math.Max(columns, 1), 1, rows) : rows;
                    for (var row = 0; row < rows; row += step) edits.Add((i, original, edit, row, Math.Min(step, rows - row)));
                }
            }
            else if (weight.Data is { } data)
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
            block = spare?.Take(size) ?? new(size);
            var target = block.Pointer;
            var parallel = new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellationToken };
            ForEach(edits, parallel, part =>
            {
                var columns = RowsOf(Weights[part.Weight]).Columns;
                var (start, count) = (part.FirstRow * columns, checked((int)(part.Rows * columns)));
                var values = new Span<float>((float*)(target + offsets[part.Weight]) + start, count);
                new ReadOnlySpan<float>((float*)part.Original + start, count).CopyTo(values);
                part.Edit.Apply(values, part.FirstRow);
            });
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

    static (int Rows, long Columns) RowsOf(OnnxWeight weight)
    {
        var rows = weight.Dimensions.Count > 0 ? (int)weight.Dimensions[0] : 1;
        return (rows, TensorData.ElementCount([.. weight.Dimensions]) / Math.Max(rows, 1));
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
