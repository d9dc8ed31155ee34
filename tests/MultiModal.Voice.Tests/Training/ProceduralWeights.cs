using System.Text;
using MultiModal.Runtime;

namespace MultiModal.Voice.Tests.Training;

/// <summary>Weights made of their names, where cases cannot store them: see "procedural weights" in the fixtures' README.</summary>
static class ProceduralWeights
{
    public static TensorData Of(string name, long[] dimensions)
    {
        var hash = 2166136261u;
        foreach (var letter in Encoding.UTF8.GetBytes(name)) hash = unchecked((hash ^ letter) * 16777619u);
        var data = TensorData.Zeros(DType.Float32, dimensions);
        var scale = dimensions.Length >= 2 ? Math.Sqrt(3.0 / (data.Length / dimensions[0])) : 0.1;
        var isLength = name.EndsWith("weight_g", StringComparison.Ordinal);
        for (var i = 0; i < data.Length; i++)
        {
            var value = (float)(Unit(hash ^ unchecked((uint)i * 0x9E3779B1u)) * scale);
            data.Floats[i] = isLength ? Math.Abs(value) + 0.5f : value;
        }

        return data;
    }

    static double Unit(uint x)
    {
        x ^= x >> 16;
        x = unchecked(x * 0x85EBCA6Bu);
        x ^= x >> 13;
        x = unchecked(x * 0xC2B2AE35u);
        x ^= x >> 16;
        return (x / 2147483648.0) - 1;
    }
}
