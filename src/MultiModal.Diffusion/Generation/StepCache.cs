using System.Numerics.Tensors;

namespace MultiModal.Diffusion.Generation;

/// <summary>
/// Leaves calls of the network out where its answer can be foretold: the difference between answer and input changes slowly, so that the last
/// one serves again while the estimated error adds up to less than a threshold (the rule of stable-diffusion.cpp's "ucache").
/// </summary>
/// <param name="threshold">The error allowed to add up; 1 is usual, 0 leaves nothing out.</param>
sealed class StepCache(float threshold)
{
    // The beginning lays the picture out and the end sharpens it: there every step is computed.
    const double From = 0.15, To = 0.95;
    float[]? lastInput, computedInput, computedOutput, residual;
    double changeRatio, outputSize, typicalChange, sum;
    int skippedInTurn, computed, calls;
    bool isReady;

    /// <summary>Calls left out so far.</summary>
    public int Skipped { get; private set; }

    /// <summary>Answers for the network, if it may.</summary>
    /// <param name="share">How much of the steps is done, 0 to 1.</param>
    /// <param name="input">The network's input.</param>
    /// <param name="output">Receives the answer.</param>
    /// <returns>Whether it did.</returns>
    public bool TryAnswer(double share, ReadOnlySpan<float> input, Span<float> output)
    {
        calls++;
        if (threshold <= 0 || !isReady || share < From || share >= To)
        {
            input.CopyTo(lastInput ??= new float[input.Length]);
            return false;
        }

        var change = MeanDistance(input, lastInput!);
        input.CopyTo(lastInput);
        sum += changeRatio * change / Math.Sqrt(Math.Max(outputSize * 1.6 * typicalChange, 1e-12)) * (1 + (0.5 * skippedInTurn));
        var done = computed / (double)calls;
        if (!(sum < threshold * (done < 0.2 ? 0.5 : done > 0.8 ? 1.5 : 1))) return false;
        TensorPrimitives.Add(input, residual, output);
        skippedInTurn++;
        Skipped++;
        return true;
    }

    /// <summary>Remembers what the network answered.</summary>
    public void Remember(ReadOnlySpan<float> input, ReadOnlySpan<float> output)
    {
        computed++;
        (sum, skippedInTurn) = (0, 0);
        if (computedInput is null)
        {
            (computedInput, computedOutput, residual) = (new float[input.Length], new float[input.Length], new float[input.Length]);
        }
        else
        {
            var (moved, answered) = (MeanDistance(input, computedInput), MeanDistance(output, computedOutput!));
            changeRatio = moved > 0 ? answered / moved : 0;
            typicalChange = isReady ? (0.8 * typicalChange) + (0.2 * answered) : answered;
            isReady = true;
        }

        outputSize = TensorPrimitives.SumOfMagnitudes(output) / output.Length;
        input.CopyTo(computedInput);
        output.CopyTo(computedOutput);
        TensorPrimitives.Subtract(output, input, residual!);
    }

    static double MeanDistance(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        var total = 0.0;
        for (var i = 0; i < a.Length; i++) total += Math.Abs(a[i] - b[i]);
        return total / a.Length;
    }
}
