using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace MultiModal.Voice.Conversion;

/// <summary>Vectors in lists around centres, as faiss keeps them in an IndexIVFFlat with Euclidean distance.</summary>
sealed class FaissIndex
{
    readonly float[] centres;
    readonly float[][] lists;
    readonly int probes;

    FaissIndex(int dimensions, float[] centres, float[][] lists, int probes) => (Dimensions, this.centres, this.lists, this.probes) = (dimensions, centres, lists, probes);

    /// <summary>The length of a vector.</summary>
    public int Dimensions { get; }

    /// <summary>How many vectors there are.</summary>
    public int Count => lists.Sum(l => l.Length / Dimensions);

    /// <summary>Puts vectors into lists around centres, as adding them to a trained index does.</summary>
    /// <param name="dimensions">The length of a vector.</param>
    /// <param name="centres">The centres: [count, dimensions].</param>
    /// <param name="vectors">The vectors: [count, dimensions].</param>
    /// <param name="nearest">The number of each vector's nearest centre.</param>
    public static FaissIndex Build(int dimensions, float[] centres, ReadOnlySpan<float> vectors, ReadOnlySpan<int> nearest)
    {
        var lists = new float[centres.Length / dimensions][];
        var sizes = new int[lists.Length];
        foreach (var list in nearest) sizes[list]++;
        for (var i = 0; i < lists.Length; i++) lists[i] = new float[checked(sizes[i] * dimensions)];
        Array.Clear(sizes);
        for (var i = 0; i < nearest.Length; i++) vectors.Slice(i * dimensions, dimensions).CopyTo(lists[nearest[i]].AsSpan(sizes[nearest[i]]++ * dimensions));
        return new(dimensions, centres, lists, 1);
    }

    /// <summary>Writes the index as faiss does (faiss/impl/index_write.cpp); vectors are numbered list by list.</summary>
    public byte[] Write()
    {
        using var stream = new MemoryStream();
        using (var writer = new BinaryWriter(stream))
        {
            writer.Write("IwFl"u8);
            Header(writer, Count);
            writer.Write((long)lists.Length);
            writer.Write((long)probes);
            writer.Write("IxF2"u8);
            Header(writer, lists.Length);
            writer.Write((long)centres.Length);
            writer.Write(MemoryMarshal.AsBytes<float>(centres));
            // No map from numbers to places.
            writer.Write((byte)0);
            writer.Write(0L);
            writer.Write("ilar"u8);
            writer.Write((long)lists.Length);
            writer.Write(4L * Dimensions);
            writer.Write("full"u8);
            writer.Write((long)lists.Length);
            foreach (var list in lists) writer.Write((long)list.Length / Dimensions);
            var number = 0L;
            foreach (var list in lists)
            {
                writer.Write(MemoryMarshal.AsBytes<float>(list));
                for (var i = 0; i < list.Length; i += Dimensions) writer.Write(number++);
            }
        }

        return stream.ToArray();

        void Header(BinaryWriter writer, long total)
        {
            writer.Write(Dimensions);
            writer.Write(total);
            // Two fields that faiss keeps for old readers.
            writer.Write(1L << 20);
            writer.Write(1L << 20);
            writer.Write(true);
            writer.Write(1);
        }
    }

    /// <summary>Reads faiss' own bytes.</summary>
    /// <exception cref="InvalidFileException">They are damaged, or another kind of index.</exception>
    public static FaissIndex Read(ReadOnlySpan<byte> bytes, string file)
    {
        var reader = new FaissReader(bytes, file);
        if (reader.FourCharacters() is not "IwFl") throw reader.Error("this is no index of the kind IVF,Flat");
        var dimensions = Header(ref reader);
        var count = reader.Count(1, "lists");
        var probes = reader.Int64();
        var kind = reader.FourCharacters();
        if (kind is not ("IxF2" or "IxFl")) throw reader.Error($"centres of the kind '{kind}' are not supported");
        if (Header(ref reader) != dimensions) throw reader.Error("the centres have another length than the vectors");
        var centres = reader.Floats(reader.Count(4, "numbers"));
        if (count == 0 || centres.Length != (long)count * dimensions) throw reader.Error($"{centres.Length} numbers are not {count} centres");

        // A map from numbers to places, which a search does not need.
        var direct = reader.Byte();
        reader.Skip(8L * reader.Count(8, "entries"));
        if (direct == 2) reader.Skip(16L * reader.Count(16, "entries"));
        return new(dimensions, centres, Lists(ref reader, count, dimensions), (int)Math.Clamp(probes, 1, count));
    }

    /// <summary>
    /// The mean of the eight nearest vectors, each with the weight of its squared distance to the power of -2 (RVC's rule, which So-VITS-SVC took over).
    /// An exact match is returned as it is, where the original divides by zero.
    /// </summary>
    /// <returns>Whether there was any vector near.</returns>
    public bool Blend(ReadOnlySpan<float> query, Span<float> result)
    {
        const int Neighbours = 8;
        Span<float> distances = stackalloc float[Neighbours];
        Span<(int List, int At)> places = stackalloc (int, int)[Neighbours];
        var found = 0;
        foreach (var list in NearestLists(query))
        {
            for (var at = 0; at < lists[list].Length; at += Dimensions)
            {
                var distance = Distance(query, lists[list].AsSpan(at, Dimensions));
                if (found == Neighbours && distance >= distances[^1]) continue;
                var place = Math.Min(found, Neighbours - 1);
                for (; place > 0 && distances[place - 1] > distance; place--) (distances[place], places[place]) = (distances[place - 1], places[place - 1]);
                (distances[place], places[place]) = (distance, (list, at));
                found = Math.Min(found + 1, Neighbours);
            }
        }

        if (found == 0) return false;
        result.Clear();
        var sum = 0f;
        for (var i = 0; i < found; i++)
        {
            var vector = lists[places[i].List].AsSpan(places[i].At, Dimensions);
            if (distances[i] <= 0)
            {
                vector.CopyTo(result);
                return true;
            }

            // Relative to the nearest, so that nothing overflows.
            var ratio = distances[0] / distances[i];
            TensorPrimitives.MultiplyAdd(vector, ratio * ratio, result, result);
            sum += ratio * ratio;
        }

        TensorPrimitives.Divide(result, sum, result);
        return true;
    }

    int[] NearestLists(ReadOnlySpan<float> query)
    {
        var distances = new float[lists.Length];
        for (var i = 0; i < distances.Length; i++) distances[i] = Distance(query, centres.AsSpan(i * Dimensions, Dimensions));
        if (probes == 1) return [TensorPrimitives.IndexOfMin<float>(distances)];
        return [.. Enumerable.Range(0, lists.Length).OrderBy(i => distances[i]).Take(probes)];
    }

    static float Distance(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        var distance = TensorPrimitives.Distance(a, b);
        return distance * distance;
    }

    static int Header(ref FaissReader reader)
    {
        var dimensions = reader.Int32();
        reader.Skip(24);
        reader.Skip(1);
        var metric = reader.Int32();
        if (dimensions is < 1 or > 1 << 16) throw reader.Error($"vectors of {dimensions} numbers are not those of units");
        if (metric != 1) throw reader.Error($"the metric {metric} is not supported, only Euclidean distance");
        return dimensions;
    }

    static float[][] Lists(ref FaissReader reader, int count, int dimensions)
    {
        var kind = reader.FourCharacters();
        if (kind != "ilar") throw reader.Error($"lists of the kind '{kind}' are not supported");
        if (reader.Count(0, "lists") != count || reader.Int64() != 4L * dimensions) throw reader.Error("the lists do not fit the index");
        var layout = reader.FourCharacters();
        var sizes = new long[count];
        var entries = reader.Count(8, "sizes");
        if (layout == "full")
        {
            if (entries != count) throw reader.Error($"{entries} sizes are not those of {count} lists");
            for (var i = 0; i < count; i++) sizes[i] = reader.Int64();
        }
        else if (layout == "sprs")
        {
            for (var i = 0; i + 1 < entries; i += 2)
            {
                var (list, size) = (reader.Int64(), reader.Int64());
                if (list < 0 || list >= count) throw reader.Error($"there is no list {list}");
                sizes[list] = size;
            }
        }
        else
        {
            throw reader.Error($"lists laid out as '{layout}' are not supported");
        }

        var lists = new float[count][];
        for (var i = 0; i < count; i++)
        {
            if (sizes[i] < 0 || sizes[i] > int.MaxValue / 4 / dimensions) throw reader.Error($"a list of {sizes[i]} vectors is not in the file");
            lists[i] = reader.Floats((int)sizes[i] * dimensions);
            reader.Skip(8 * sizes[i]);
        }

        return lists;
    }
}
