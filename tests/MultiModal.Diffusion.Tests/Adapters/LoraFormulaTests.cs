using MultiModal.Diffusion.Adapters;
using MultiModal.Diffusion.Adapters.Deltas;
using MultiModal.Runtime;
using MultiModal.Runtime.Random;
using MultiModal.Runtime.Weights;

namespace MultiModal.Diffusion.Tests.Adapters;

/// <summary>Each kind of change against its formula, written out index by index. Tolerance: float32 sums of up to a hundred terms near 1.</summary>
public sealed class LoraFormulaTests
{
    const float Tolerance = 2e-5f;
    readonly Dictionary<LoraRole, float[]> values = [];
    readonly TorchRandom random = new(11);
    LoraModule module = new("made", "layer");

    float[] Put(LoraRole role, params long[] shape)
    {
        var numbers = new float[TensorData.ElementCount(shape)];
        random.Normal(numbers);
        Set(role, numbers, shape);
        return numbers;
    }

    void Set(LoraRole role, float[] numbers, params long[] shape)
    {
        module.Add(role, role.ToString(), TensorData.Of(numbers, shape));
        values[role] = numbers;
    }

    /// <summary>A random weight, and what the module makes of it: in one go, and row by row.</summary>
    (float[] Before, float[] After) Apply(float strength, params long[] shape)
    {
        var before = new float[TensorData.ElementCount(shape)];
        random.Normal(before);
        return (before, Apply(before, strength, shape));
    }

    float[] Apply(float[] before, float strength, params long[] shape)
    {
        var delta = module.ForWeight(shape)!;
        var after = (float[])before.Clone();
        delta.AddTo(after, 0, strength);
        if (!delta.IsByRows) return after;
        var byRows = (float[])before.Clone();
        var columns = before.Length / (int)shape[0];
        for (var row = 0; row < shape[0]; row++) delta.AddTo(byRows.AsSpan(row * columns, columns), row, strength);
        for (var i = 0; i < after.Length; i++) Assert.Equal(after[i], byRows[i], Tolerance);
        return after;
    }

    void Expect(float strength, long[] shape, Func<int, int, double> delta)
    {
        var (before, after) = Apply(strength, shape);
        var columns = before.Length / (int)shape[0];
        for (var row = 0; row < shape[0]; row++)
            for (var c = 0; c < columns; c++)
                Assert.Equal(before[(row * columns) + c] + (strength * delta(row, c)), after[(row * columns) + c], Tolerance * (1 + Math.Abs(before[(row * columns) + c])));
    }

    double Dot(LoraRole left, LoraRole right, int row, int column, int rank, int columns) =>
        Enumerable.Range(0, rank).Sum(r => (double)values[left][(row * rank) + r] * values[right][(r * columns) + column]);

    [Theory]
    [InlineData(5, 37, 3)]
    [InlineData(9, 300, 16)]
    [InlineData(4, 64, 1)]
    public void Low_rank_is_up_times_down_times_alpha_by_rank(int rows, int columns, int rank)
    {
        Put(LoraRole.Down, rank, columns);
        Put(LoraRole.Up, rows, rank);
        Set(LoraRole.Alpha, [0.5f]);
        Expect(0.7f, [rows, columns], (i, j) => 0.5 / rank * Dot(LoraRole.Up, LoraRole.Down, i, j, rank, columns));
    }

    [Theory]
    [InlineData(null, null, 1)]
    [InlineData(0f, null, 1)]
    [InlineData(8f, null, 4)]
    [InlineData(8f, 3f, 3)]
    public void Alpha_none_or_zero_counts_as_the_rank_and_a_scale_goes_before_it(float? alpha, float? scale, double factor)
    {
        Put(LoraRole.Down, 2, 6);
        Put(LoraRole.Up, 3, 2);
        if (alpha is { } a) Set(LoraRole.Alpha, [a]);
        if (scale is { } s) Set(LoraRole.Scale, [s]);
        Expect(1, [3, 6], (i, j) => factor * Dot(LoraRole.Up, LoraRole.Down, i, j, 2, 6));
    }

    [Fact]
    public void Convolutions_are_products_over_inputs_and_kernel()
    {
        Put(LoraRole.Down, 2, 4, 3, 3);
        Put(LoraRole.Up, 5, 2, 1, 1);
        Expect(1, [5, 4, 3, 3], (i, j) => Dot(LoraRole.Up, LoraRole.Down, i, j, 2, 36));
    }

    [Fact]
    public void Tuckers_core_stands_between()
    {
        Put(LoraRole.Down, 3, 4, 1, 1);
        Put(LoraRole.Mid, 2, 3, 3, 3);
        Put(LoraRole.Up, 5, 2, 1, 1);
        Expect(1, [5, 4, 3, 3], (i, j) => Tucker(LoraRole.Mid, LoraRole.Up, LoraRole.Down, i, j, 2, 3, 4, upIsTransposed: false, 5));
    }

    [Fact]
    public void Hadamard_products_are_of_two_low_ranks()
    {
        foreach (var (a, b) in ((LoraRole, LoraRole)[])[(LoraRole.Hada1A, LoraRole.Hada1B), (LoraRole.Hada2A, LoraRole.Hada2B)])
        {
            Put(a, 5, 2);
            Put(b, 2, 36);
        }

        Set(LoraRole.Alpha, [1f]);
        Expect(0.5f, [5, 4, 3, 3], (i, j) => 0.5 * Dot(LoraRole.Hada1A, LoraRole.Hada1B, i, j, 2, 36) * Dot(LoraRole.Hada2A, LoraRole.Hada2B, i, j, 2, 36));
    }

    [Fact]
    public void Hadamard_products_with_cores_have_their_outer_factors_transposed()
    {
        foreach (var (core, a, b) in ((LoraRole, LoraRole, LoraRole)[])[(LoraRole.Hada1Core, LoraRole.Hada1A, LoraRole.Hada1B), (LoraRole.Hada2Core, LoraRole.Hada2A, LoraRole.Hada2B)])
        {
            Put(core, 2, 2, 3, 3);
            Put(a, 2, 5);
            Put(b, 2, 4);
        }

        Expect(1, [5, 4, 3, 3], (i, j) =>
            Tucker(LoraRole.Hada1Core, LoraRole.Hada1A, LoraRole.Hada1B, i, j, 2, 2, 4, true, 5) * Tucker(LoraRole.Hada2Core, LoraRole.Hada2A, LoraRole.Hada2B, i, j, 2, 2, 4, true, 5));
    }

    [Fact]
    public void Kronecker_products_of_full_factors_ignore_alpha()
    {
        Put(LoraRole.Kron1, 2, 3);
        Put(LoraRole.Kron2, 4, 5);
        Set(LoraRole.Alpha, [7f]);
        Expect(0.5f, [8, 15], (i, j) => values[LoraRole.Kron1][(i / 4 * 3) + (j / 5)] * values[LoraRole.Kron2][(i % 4 * 5) + (j % 5)]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Kronecker_products_of_convolutions_may_have_a_core(bool hasCore)
    {
        Put(LoraRole.Kron1A, 2, 2);
        Put(LoraRole.Kron1B, 2, 3);
        Put(LoraRole.Kron2A, hasCore ? [2, 4] : [4, 2]);
        Put(LoraRole.Kron2B, hasCore ? [2, 5] : [2, 5 * 9]);
        if (hasCore) Put(LoraRole.Kron2Core, 2, 2, 3, 3);
        Set(LoraRole.Alpha, [1f]);
        Expect(1, [8, 15, 3, 3], (i, j) =>
        {
            var (input, tap) = (j / 9, j % 9);
            var inner = (input % 5 * 9) + tap;
            return 0.5 * Dot(LoraRole.Kron1A, LoraRole.Kron1B, i / 4, input / 5, 2, 3) * (hasCore
                ? Tucker(LoraRole.Kron2Core, LoraRole.Kron2A, LoraRole.Kron2B, i % 4, inner, 2, 2, 5, true, 4)
                : Dot(LoraRole.Kron2A, LoraRole.Kron2B, i % 4, inner, 2, 45));
        });
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Factors_are_of_outputs_or_inputs(bool onInput)
    {
        Put(LoraRole.Factors, onInput ? 4 : 5);
        Set(LoraRole.OnInput, [onInput ? 1f : 0]);
        var (before, after) = Apply(0.5f, 5, 4);
        for (var i = 0; i < 20; i++) Assert.Equal(before[i] * (1 + (0.5f * values[LoraRole.Factors][onInput ? i % 4 : i / 4])), after[i], Tolerance);
    }

    [Fact]
    public void Generalised_changes_multiply_the_weight_too()
    {
        Put(LoraRole.GloraA1, 2, 4);
        Put(LoraRole.GloraA2, 4, 2);
        Put(LoraRole.GloraB1, 2, 4);
        Put(LoraRole.GloraB2, 5, 2);
        Set(LoraRole.Alpha, [1f]);
        var (before, after) = Apply(0.5f, 5, 4);
        for (var i = 0; i < 5; i++)
            for (var j = 0; j < 4; j++)
            {
                var onWeight = Enumerable.Range(0, 4).Sum(k => before[(i * 4) + k] * Dot(LoraRole.GloraA2, LoraRole.GloraA1, k, j, 2, 4));
                Assert.Equal(before[(i * 4) + j] + (0.5 * 0.5 * (onWeight + Dot(LoraRole.GloraB2, LoraRole.GloraB1, i, j, 2, 4))), after[(i * 4) + j], Tolerance * 5);
            }
    }

    [Fact]
    public void Rotations_keep_lengths_and_undo_their_transpose()
    {
        var seeds = Put(LoraRole.RotationSeeds, 2, 3, 3);
        var (before, after) = Apply(1, 6, 4);
        for (var block = 0; block < 2; block++)
            for (var j = 0; j < 4; j++)
                Assert.Equal(Length(before, block, j), Length(after, block, j), Tolerance * 10);

        // Cayley's transform of Q^T is the inverse rotation: seeds transposed lead back.
        var transposed = new float[seeds.Length];
        for (var k = 0; k < 2; k++)
            for (var i = 0; i < 3; i++)
                for (var j = 0; j < 3; j++) transposed[(k * 9) + (i * 3) + j] = seeds[(k * 9) + (j * 3) + i];
        module = new("made", "layer");
        Set(LoraRole.RotationSeeds, transposed, 2, 3, 3);
        var back = Apply(after, 1, 6, 4);
        for (var i = 0; i < before.Length; i++) Assert.Equal(before[i], back[i], Tolerance * 10);

        static double Length(float[] w, int block, int column) => Math.Sqrt(Enumerable.Range(0, 3).Sum(i => Math.Pow(w[(((block * 3) + i) * 4) + column], 2)));
    }

    [Fact]
    public void A_rotation_of_two_outputs_is_the_angle_its_seed_says()
    {
        // Q = [[0, q], [-q, 0]]: (I + Q)(I - Q)^-1 turns by 2 atan q; the weight is multiplied with the transpose.
        const float q = 0.4f;
        Set(LoraRole.RotationSeeds, [0, q, 0, 0], 1, 2, 2);
        var after = Apply([1, 0], 1, 2, 1);
        var angle = 2 * Math.Atan(q);
        Assert.Equal(Math.Cos(angle), after[0], Tolerance);
        Assert.Equal(Math.Sin(angle), after[1], Tolerance);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void Decomposed_weights_have_the_given_lengths_along_the_axis_their_shape_tells(bool asPeft, bool byInput)
    {
        var role = asPeft ? LoraRole.OutputMagnitude : LoraRole.Magnitude;
        Put(LoraRole.Down, 2, 4, 3, 3);
        Put(LoraRole.Up, 5, 2, 1, 1);
        var magnitudes = Put(role, byInput ? [1, 4, 1, 1] : role == LoraRole.Magnitude ? [5, 1, 1, 1] : [1, 5, 1, 1]);
        var (before, after) = Apply(1, 5, 4, 3, 3);
        for (var i = 0; i < magnitudes.Length; i++)
        {
            var own = after.Where((_, at) => (byInput ? at / 9 % 4 : at / 36) == i);
            Assert.Equal(Math.Abs(magnitudes[i]), Math.Sqrt(own.Sum(v => (double)v * v)), 1e-4);
        }

        // A part of it is a part of the way there.
        var half = Apply(before, 0.5f, 5, 4, 3, 3);
        for (var i = 0; i < before.Length; i++) Assert.Equal((before[i] + after[i]) / 2, half[i], Tolerance);
    }

    [Fact]
    public void Differences_are_added_to_weights_and_biases()
    {
        Put(LoraRole.Difference, 5, 4);
        Put(LoraRole.BiasDifference, 5);
        Expect(0.5f, [5, 4], (i, j) => values[LoraRole.Difference][(i * 4) + j]);
        var bias = new float[5];
        module.ForBias([5])!.AddTo(bias, 0, 2);
        for (var i = 0; i < 5; i++) Assert.Equal(2 * values[LoraRole.BiasDifference][i], bias[i], Tolerance);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_missing_or_misshapen_part_is_named(bool isDown)
    {
        var missing = isDown ? LoraRole.Down : LoraRole.Up;
        Put(missing == LoraRole.Down ? LoraRole.Up : LoraRole.Down, 2, 2);
        Assert.Contains("layer", Assert.Throws<InvalidFileException>(() => module.ForWeight([5, 4])).Message, StringComparison.Ordinal);
        Put(missing, 3, 3);
        Assert.Throws<InvalidFileException>(() => module.ForWeight([5, 4]));
    }

    double Tucker(LoraRole core, LoraRole up, LoraRole down, int row, int column, int rank, int inner, int inputs, bool upIsTransposed, int rows)
    {
        var (input, tap) = (column / 9, column % 9);
        var sum = 0.0;
        for (var n = 0; n < rank; n++)
            for (var m = 0; m < inner; m++)
                sum += (double)values[core][(((n * inner) + m) * 9) + tap] * values[up][upIsTransposed ? (n * rows) + row : (row * rank) + n] * values[down][(m * inputs) + input];
        return sum;
    }
}
