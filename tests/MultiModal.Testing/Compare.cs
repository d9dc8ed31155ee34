using System.Globalization;
using System.Runtime.InteropServices;
using MultiModal.Runtime;
using Xunit;

namespace MultiModal.Testing;

/// <summary>Comparison in the fixtures' measure: the largest |expected - actual| / (1 + |expected|).</summary>
public static class Compare
{
    /// <summary>Fails unless shapes are equal and elements within the tolerance. NaN is never within it.</summary>
    /// <param name="expected">The truth.</param>
    /// <param name="actual">What was computed.</param>
    /// <param name="tolerance">The largest error allowed.</param>
    /// <param name="label">What the message calls the tensor.</param>
    public static void Close(TensorData expected, TensorData actual, double tolerance, string label)
    {
        if (!expected.Dimensions.SequenceEqual(actual.Dimensions))
            Assert.Fail($"{label}: expected shape [{string.Join(", ", expected.Dimensions)}], got [{string.Join(", ", actual.Dimensions)}].");
        Close(Widen(expected), Widen(actual), tolerance, label);
    }

    /// <inheritdoc cref="Close(TensorData, TensorData, double, string)"/>
    public static void Close(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, double tolerance, string label) =>
        Close(Widen(expected), Widen(actual), tolerance, label);

    /// <inheritdoc cref="Close(TensorData, TensorData, double, string)"/>
    public static void Close(ReadOnlySpan<double> expected, ReadOnlySpan<double> actual, double tolerance, string label)
    {
        if (expected.Length != actual.Length)
            Assert.Fail($"{label}: expected {expected.Length} elements, got {actual.Length}.");
        var (error, index) = Largest(expected, actual);
        if (!(error <= tolerance))
        {
            Assert.Fail(string.Create(
                CultureInfo.InvariantCulture,
                $"{label}: the error is {error:G4} at element {index} of {expected.Length} (expected {expected[index]:G9}, got {actual[index]:G9}); {tolerance:G4} is allowed."));
        }
    }

    /// <summary>The largest error between two tensors, in the fixtures' measure; NaN where any element is that is not expected to be.</summary>
    /// <param name="expected">The truth.</param>
    /// <param name="actual">What was computed.</param>
    public static double Error(TensorData expected, TensorData actual) => Largest(Widen(expected), Widen(actual)).Error;

    /// <summary>The elements of a tensor of any type as doubles.</summary>
    /// <param name="tensor">The tensor.</param>
    public static double[] Widen(TensorData tensor)
    {
        switch (tensor.Type)
        {
            case DType.Float64:
                return MemoryMarshal.Cast<byte, double>(tensor.Bytes).ToArray();
            case DType.Int64:
                return Array.ConvertAll(tensor.Longs.ToArray(), value => (double)value);
            case DType.Int32:
                return Array.ConvertAll(MemoryMarshal.Cast<byte, int>(tensor.Bytes).ToArray(), value => (double)value);
            default:
                var floats = new float[tensor.Length];
                ElementConversion.ToFloat32(tensor.Type, tensor.Bytes, floats);
                return Widen(floats);
        }
    }

    /// <summary>Floats as doubles.</summary>
    /// <param name="values">The floats.</param>
    public static double[] Widen(ReadOnlySpan<float> values)
    {
        var wide = new double[values.Length];
        for (var i = 0; i < wide.Length; i++)
            wide[i] = values[i];
        return wide;
    }

    static (double Error, int Index) Largest(ReadOnlySpan<double> expected, ReadOnlySpan<double> actual)
    {
        var (largest, at) = (0.0, 0);
        for (var i = 0; i < expected.Length; i++)
        {
            // Equal covers infinities, whose difference is NaN.
            var error = expected[i] == actual[i] ? 0 : Math.Abs(expected[i] - actual[i]) / (1 + Math.Abs(expected[i]));
            if (double.IsNaN(error))
                return (error, i);
            if (error > largest)
                (largest, at) = (error, i);
        }

        return (largest, at);
    }
}
