using System.Numerics;

namespace MultiModal.Images.Png;

/// <summary>The five filters of PNG (specification, section 9), both ways.</summary>
static class PngFilter
{
    public const int Count = 5;

    /// <summary>Undoes a filter in place.</summary>
    /// <param name="filter">0 none, 1 sub, 2 up, 3 average, 4 Paeth.</param>
    /// <param name="row">The filtered row; becomes the raw one.</param>
    /// <param name="above">The raw row above, or zeros.</param>
    /// <param name="distance">Bytes from a sample to the same sample of the pixel to its left.</param>
    public static void Undo(int filter, Span<byte> row, ReadOnlySpan<byte> above, int distance)
    {
        above = above[..row.Length];
        switch (filter)
        {
            case 1:
                for (var i = distance; i < row.Length; i++)
                    row[i] += row[i - distance];
                break;
            case 2:
                AddRows(row, above);
                break;
            case 3:
                for (var i = 0; i < row.Length; i++)
                    row[i] += (byte)(((i < distance ? 0 : row[i - distance]) + above[i]) >> 1);
                break;
            case 4:
                for (var i = 0; i < Math.Min(distance, row.Length); i++)
                    row[i] += above[i];
                for (var i = distance; i < row.Length; i++)
                    row[i] += Paeth(row[i - distance], above[i], above[i - distance]);
                break;
            default:
                break;
        }
    }

    /// <summary>Applies a filter.</summary>
    /// <returns>The sum of the results as signed distances from 0: the smaller, the better a row is likely to compress.</returns>
    public static long Apply(int filter, ReadOnlySpan<byte> row, ReadOnlySpan<byte> above, Span<byte> result, int distance)
    {
        above = above[..row.Length];
        result = result[..row.Length];
        var first = Math.Min(distance, row.Length);
        switch (filter)
        {
            case 1:
                row[..first].CopyTo(result);
                for (var i = first; i < row.Length; i++)
                    result[i] = (byte)(row[i] - row[i - distance]);
                break;
            case 2:
                for (var i = 0; i < row.Length; i++)
                    result[i] = (byte)(row[i] - above[i]);
                break;
            case 3:
                for (var i = 0; i < first; i++)
                    result[i] = (byte)(row[i] - (above[i] >> 1));
                for (var i = first; i < row.Length; i++)
                    result[i] = (byte)(row[i] - ((row[i - distance] + above[i]) >> 1));
                break;
            case 4:
                for (var i = 0; i < first; i++)
                    result[i] = (byte)(row[i] - above[i]);
                for (var i = first; i < row.Length; i++)
                    result[i] = (byte)(row[i] - Paeth(row[i - distance], above[i], above[i - distance]));
                break;
            default:
                row.CopyTo(result);
                break;
        }

        var sum = 0L;
        foreach (var value in result)
            sum += Math.Abs((int)(sbyte)value);
        return sum;
    }

    static void AddRows(Span<byte> row, ReadOnlySpan<byte> above)
    {
        var i = 0;
        for (; i <= row.Length - Vector<byte>.Count; i += Vector<byte>.Count)
            (new Vector<byte>(row[i..]) + new Vector<byte>(above[i..])).CopyTo(row[i..]);
        for (; i < row.Length; i++)
            row[i] += above[i];
    }

    static byte Paeth(int left, int above, int corner)
    {
        var estimate = left + above - corner;
        var (toLeft, toAbove, toCorner) = (Math.Abs(estimate - left), Math.Abs(estimate - above), Math.Abs(estimate - corner));
        return (byte)(toLeft <= toAbove && toLeft <= toCorner ? left : toAbove <= toCorner ? above : corner);
    }
}
