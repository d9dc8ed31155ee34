using MultiModal.Audio;
using MultiModal.Runtime;
using MultiModal.Runtime.Random;

namespace MultiModal.Voice.Training.Encoders;

/// <summary>Draws the pieces of speech of each step. What a step draws depends on the seed and its number only.</summary>
sealed class EncoderBatches
{
    // Rates are read in steps of a twentieth: a resampler is made once for each.
    const int RateSteps = 20;

    readonly ContentEncoderOptions options;
    readonly int reach, thirds;
    readonly Dictionary<string, int> labels;
    readonly TensorData wave, targets;
    readonly int[] right;
    readonly Dictionary<int, Resampler> resamplers = [];

    public EncoderBatches(ContentEncoderOptions options, int reach, int thirds)
    {
        (this.options, this.reach, this.thirds) = (options, reach, thirds);
        labels = options.Labels.Select((label, i) => (label, i)).ToDictionary(l => l.label, l => l.i, StringComparer.Ordinal);
        wave = TensorData.Zeros(DType.Float32, options.Batch, ((options.Units - 1) * 320) + reach);
        targets = TensorData.Zeros(DType.Float32, options.Batch, options.Units, options.Labels.Count * thirds);
        right = new int[options.Batch * options.Units];
    }

    /// <summary>Fills the inputs of a step.</summary>
    public IReadOnlyDictionary<string, TensorData> Fill(IReadOnlyList<LabelledSpeech> speech, ulong step)
    {
        var random = new TorchRandom(unchecked((options.Seed * 1_000_003) + step));
        Span<float> draws = stackalloc float[4];
        wave.Floats.Clear();
        targets.Floats.Clear();
        for (var b = 0; b < options.Batch; b++)
        {
            random.Uniform(draws);
            Fill(b, speech[(int)(draws[0] * speech.Count) % speech.Count], draws[1], draws[2], draws[3]);
        }

        return new Dictionary<string, TensorData> { ["wave"] = wave, ["labels"] = targets };
    }

    /// <summary>The fraction of units whose phoneme has the highest score.</summary>
    public double Accuracy(TensorData scores)
    {
        var classes = options.Labels.Count * thirds;
        var count = 0;
        for (var i = 0; i < right.Length; i++)
            if (System.Numerics.Tensors.TensorPrimitives.IndexOfMax(scores.Floats.Slice(i * classes, classes)) / thirds == right[i] / thirds) count++;
        return count / (double)right.Length;
    }

    void Fill(int item, LabelledSpeech speech, float rateDraw, float placeDraw, float gainDraw)
    {
        var (length, classes) = ((int)wave.Dimensions[1], options.Labels.Count * thirds);
        var percent = 100 + ((int)Math.Round(((2 * rateDraw) - 1) * RateSteps) * (int)Math.Round(options.Variation * 100) / RateSteps);
        var samples = Read(speech.Samples.Span, percent);
        // Shorter speech lies anywhere in silence, longer speech is cut anywhere.
        var offset = (int)(placeDraw * (samples.Length - length));
        var gain = 0.3f + (0.7f * gainDraw);
        var row = wave.Floats.Slice(item * length, length);
        for (var i = Math.Max(0, -offset); i < length && i + offset < samples.Length; i++) row[i] = samples[i + offset] * gain;

        var at = 0;
        for (var unit = 0; unit < options.Units; unit++)
        {
            var seconds = (offset + (unit * 320) + (reach / 2)) * percent / 100.0 / 16000;
            while (at < speech.Phonemes.Count && speech.Phonemes[at].End <= seconds) at++;
            var label = 0;
            if (at < speech.Phonemes.Count && speech.Phonemes[at] is var phoneme && seconds >= phoneme.Start && labels.TryGetValue(phoneme.Phone, out var known))
                label = (known * thirds) + Math.Min(thirds - 1, (int)((seconds - phoneme.Start) / (phoneme.End - phoneme.Start) * thirds));
            right[(item * options.Units) + unit] = label;
            targets.Floats[(((item * options.Units) + unit) * classes) + label] = 1;
        }
    }

    float[] Read(ReadOnlySpan<short> samples, int percent)
    {
        var floats = new float[samples.Length];
        for (var i = 0; i < floats.Length; i++) floats[i] = samples[i] / 32768f;
        if (percent == 100) return floats;
        if (!resamplers.TryGetValue(percent, out var resampler)) resamplers[percent] = resampler = new(percent, 100);
        return resampler.Resample(floats);
    }
}
