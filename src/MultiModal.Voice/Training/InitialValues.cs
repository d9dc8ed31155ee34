using System.Numerics.Tensors;
using MultiModal.Runtime;
using MultiModal.Runtime.Training;

namespace MultiModal.Voice.Training;

/// <summary>Where a voice begins otherwise than PyTorch's layers do: as So-VITS-SVC has it, and with a decoder that heeds its source.</summary>
static class InitialValues
{
    const string Length = "weight_g", Direction = "weight_v";

    /// <summary>Changes the values of parameters that were drawn as PyTorch's layers draw them.</summary>
    public static void Adjust(ParameterSet parameters)
    {
        foreach (var parameter in parameters) Adjust(parameter.Name, parameter.Value);
        foreach (var parameter in parameters)
        {
            if (!parameter.Name.EndsWith(Length, StringComparison.Ordinal)) continue;
            var lengths = parameter.Value.Floats;
            var directions = parameters[parameter.Name[..^Length.Length] + Direction].Value.Floats;
            var row = directions.Length / lengths.Length;
            for (var i = 0; i < lengths.Length; i++) lengths[i] = TensorPrimitives.Norm(directions.Slice(i * row, row));
        }
    }

    static void Adjust(string name, TensorData value)
    {
        var values = value.Floats;
        if (name.StartsWith("flow.", StringComparison.Ordinal) && name.Contains(".post.", StringComparison.Ordinal))
        {
            // Couplings begin as the identity (Kingma and Dhariwal 2018, "Glow", section 3.3).
            values.Clear();
        }
        else if (name.EndsWith(".emb_rel_k", StringComparison.Ordinal) || name.EndsWith(".emb_rel_v", StringComparison.Ordinal))
        {
            // Normal with deviation 1 / sqrt(depth); they were drawn uniform with that bound, of a third of the variance.
            for (var i = 0; i < values.Length; i++) values[i] *= MathF.Sqrt(3);
        }
        else if (name == "dec.m_source.l_linear.weight")
        {
            // Harmonics come in at a tenth of full scale. Drawn as a linear layer's they are a whisper against the rest of a fresh decoder.
            values.Fill(1);
        }
        else if (name.StartsWith("dec.ups.", StringComparison.Ordinal) && value.Dimensions.Count == 3 && !name.EndsWith(Length, StringComparison.Ordinal))
        {
            Interpolate(values, (int)value.Dimensions[0], (int)value.Dimensions[1], (int)value.Dimensions[2]);
        }
    }

    /// <summary>
    /// Upsampling begins as linear interpolation. Taps drawn one by one make a tone of the frame rate, which a fresh decoder takes for its pitch
    /// and is slow to leave again; smooth ones leave the source as the only thing that oscillates (the idea of Aitken et al. 2017, "Checkerboard
    /// artifact free sub-pixel convolution", for sound).
    /// </summary>
    static void Interpolate(Span<float> weight, int inputs, int outputs, int kernel)
    {
        // Drawn within 1 / sqrt(outputs * kernel); a mean over two neighbours takes 1 / sqrt(inputs), and the rectifier before it a little more.
        var scale = 1.2f * MathF.Sqrt(outputs * kernel / (float)inputs);
        for (var i = 0; i < weight.Length; i += kernel)
        {
            var taps = weight.Slice(i, kernel);
            var height = taps[0] * scale;
            for (var k = 0; k < kernel; k++) taps[k] = height * (1 - MathF.Abs(((k + 0.5f) / (kernel / 2f)) - 1));
        }
    }
}
