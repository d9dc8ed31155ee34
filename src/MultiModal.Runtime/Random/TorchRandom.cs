namespace MultiModal.Runtime.Random;

/// <summary>PyTorch's CPU generator: the same seed and the same calls give the same numbers as <c>torch.Generator("cpu")</c>.</summary>
/// <remarks>
/// <para>MT19937 seeded with the low 32 bits of the seed; distributions as in ATen/core/DistributionsHelper.h and
/// ATen/native/cpu/DistributionTemplates.h, the kernel of machines with AVX2. One call here is one tensor there: normal numbers depend on how
/// many are drawn at once (16 or more go in blocks, fewer one by one), so do not split or join draws.</para>
/// <para>Not safe for concurrent use.</para>
/// </remarks>
public sealed class TorchRandom
{
    MersenneTwister engine;
    double? pendingNormal;
    float? pendingFloatNormal;

    /// <summary>Makes a generator, as <c>torch.Generator().manual_seed(seed)</c>.</summary>
    /// <param name="seed">The seed. A negative seed in Python is the same 64 bits here.</param>
    public TorchRandom(ulong seed)
    {
        Seed = seed;
        engine = new(seed);
    }

    /// <summary>The seed the generator was made with.</summary>
    public ulong Seed { get; private set; }

    /// <summary>The next 32 bits of the generator.</summary>
    public uint NextUInt32() => engine.NextUInt32();

    /// <summary>The next 64 bits of the generator, the upper half first.</summary>
    public ulong NextUInt64() => engine.NextUInt64();

    /// <summary>Normal numbers in float32, as <c>torch.empty(n).normal_(mean, deviation)</c> or <c>torch.randn(n)</c> draws them.</summary>
    /// <param name="destination">The whole tensor: its length decides the algorithm.</param>
    /// <param name="mean">The mean; 0 by default.</param>
    /// <param name="deviation">The standard deviation, not negative; 1 by default.</param>
    public void Normal(Span<float> destination, double mean = 0, double deviation = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(deviation);
        if (destination.Length < BoxMuller.Block)
        {
            foreach (ref var value in destination)
                value = (float)NextNormal(mean, deviation);
            return;
        }

        foreach (ref var value in destination)
            value = UnitFloat(24);
        var start = 0;
        for (; start <= destination.Length - BoxMuller.Block; start += BoxMuller.Block)
            BoxMuller.Transform(destination[start..], (float)mean, (float)deviation);
        if (start == destination.Length)
            return;
        // A rest that fills no block: the last sixteen are drawn anew, over numbers already made.
        var last = destination[^BoxMuller.Block..];
        foreach (ref var value in last)
            value = UnitFloat(24);
        BoxMuller.Transform(last, (float)mean, (float)deviation);
    }

    /// <summary>Normal numbers in float64, as <c>torch.randn(n, dtype=torch.float64)</c> draws them.</summary>
    /// <param name="destination">The whole tensor: its length decides the algorithm.</param>
    /// <param name="mean">The mean; 0 by default.</param>
    /// <param name="deviation">The standard deviation, not negative; 1 by default.</param>
    public void Normal(Span<double> destination, double mean = 0, double deviation = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(deviation);
        if (destination.Length < BoxMuller.Block)
        {
            foreach (ref var value in destination)
                value = NextNormal(mean, deviation);
            return;
        }

        foreach (ref var value in destination)
            value = UnitDouble();
        var start = 0;
        for (; start <= destination.Length - BoxMuller.Block; start += BoxMuller.Block)
            Transform(destination.Slice(start, BoxMuller.Block), mean, deviation);
        if (start == destination.Length)
            return;
        var last = destination[^BoxMuller.Block..];
        foreach (ref var value in last)
            value = UnitDouble();
        Transform(last, mean, deviation);
    }

    /// <summary>
    /// Normal numbers drawn in a narrower type, as <c>torch.randn(n, dtype=torch.float16)</c> draws them: other uniform numbers (11 or 8
    /// bits instead of 24) and every intermediate result rounded to the type, so not the rounded float32 draw.
    /// </summary>
    /// <param name="width">Float16, BFloat16 or Float32.</param>
    /// <param name="destination">The whole tensor, widened to float32.</param>
    /// <exception cref="ArgumentOutOfRangeException">The type is another one.</exception>
    public void Normal(DType width, Span<float> destination)
    {
        if (width == DType.Float32)
        {
            Normal(destination);
            return;
        }

        Func<float, float> round = width switch
        {
            DType.Float16 => value => (float)(Half)value,
            DType.BFloat16 => value => BitConverter.UInt32BitsToSingle((uint)ElementConversion.ToBFloat16(value) << 16),
            _ => throw new ArgumentOutOfRangeException(nameof(width), width, "Noise is drawn in Float32, Float16 or BFloat16."),
        };
        var bits = width == DType.Float16 ? 11 : 8;
        if (destination.Length < BoxMuller.Block)
        {
            foreach (ref var value in destination)
                value = round((float)NextNormal(0, 1));
            return;
        }

        foreach (ref var value in destination)
            value = UnitFloat(bits);
        var start = 0;
        for (; start <= destination.Length - BoxMuller.Block; start += BoxMuller.Block)
            Transform(destination.Slice(start, BoxMuller.Block), round);
        if (start == destination.Length)
            return;
        var last = destination[^BoxMuller.Block..];
        foreach (ref var value in last)
            value = UnitFloat(bits);
        Transform(last, round);
    }

    /// <summary>A float32 tensor of normal numbers, as <c>torch.randn(dimensions)</c>.</summary>
    /// <param name="dimensions">The length of each axis.</param>
    public TensorData Normal(params ReadOnlySpan<long> dimensions)
    {
        var tensor = TensorData.Zeros(DType.Float32, dimensions);
        Normal(tensor.Floats);
        return tensor;
    }

    /// <summary>Uniform numbers in float32 from [from, to), as <c>torch.rand</c> and <c>Tensor.uniform_</c> draw them.</summary>
    /// <param name="destination">Where they go.</param>
    /// <param name="from">The lower bound; 0 by default.</param>
    /// <param name="to">The upper bound; 1 by default.</param>
    public void Uniform(Span<float> destination, float from = 0, float to = 1)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(from, to);
        foreach (ref var value in destination)
            value = MathF.FusedMultiplyAdd(UnitFloat(24), to - from, from);
    }

    /// <summary>Uniform numbers in float64 from [from, to), as <c>torch.rand(n, dtype=torch.float64)</c> draws them.</summary>
    /// <param name="destination">Where they go.</param>
    /// <param name="from">The lower bound; 0 by default.</param>
    /// <param name="to">The upper bound; 1 by default.</param>
    public void Uniform(Span<double> destination, double from = 0, double to = 1)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(from, to);
        foreach (ref var value in destination)
            value = Math.FusedMultiplyAdd(UnitDouble(), to - from, from);
    }

    /// <summary>A float32 tensor of uniform numbers from [0, 1), as <c>torch.rand(dimensions)</c>.</summary>
    /// <param name="dimensions">The length of each axis.</param>
    public TensorData Uniform(params ReadOnlySpan<long> dimensions)
    {
        var tensor = TensorData.Zeros(DType.Float32, dimensions);
        Uniform(tensor.Floats);
        return tensor;
    }

    /// <summary>A whole number from [from, to), as one element of <c>torch.randint(from, to)</c>.</summary>
    /// <param name="from">The smallest.</param>
    /// <param name="to">One more than the largest.</param>
    public long Integer(long from, long to)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(from, to);
        var range = unchecked((ulong)to - (ulong)from);
        var drawn = range >= 1UL << 32 ? engine.NextUInt64() : engine.NextUInt32();
        return unchecked((long)(drawn % range + (ulong)from));
    }

    /// <summary>Whole numbers from [from, to), as <c>torch.randint(from, to, (n,))</c>.</summary>
    /// <param name="destination">Where they go.</param>
    /// <param name="from">The smallest.</param>
    /// <param name="to">One more than the largest.</param>
    public void Integers(Span<long> destination, long from, long to)
    {
        foreach (ref var value in destination)
            value = Integer(from, to);
    }

    /// <summary>A random order of 0 to n - 1, as <c>torch.randperm(n)</c>.</summary>
    /// <param name="count">How many, n.</param>
    public long[] Permutation(int count) => Permutation(count, uint.MaxValue / 20);

    /// <summary>The state in the bytes of <c>torch.get_rng_state()</c>, so that a resumed training continues the sequence.</summary>
    /// <returns>5056 bytes.</returns>
    public byte[] SaveState() => TorchRandomState.Write(Seed, engine, pendingNormal, pendingFloatNormal);

    /// <summary>A generator that goes on where another was, as <c>torch.set_rng_state(state)</c>.</summary>
    /// <param name="state">What <see cref="SaveState"/> or <c>torch.get_rng_state()</c> gave.</param>
    /// <exception cref="ArgumentException">The bytes are no such state.</exception>
    public static TorchRandom FromState(ReadOnlySpan<byte> state)
    {
        var (seed, engine, normal, floatNormal) = TorchRandomState.Read(state);
        return new(seed) { engine = engine, pendingNormal = normal, pendingFloatNormal = floatNormal };
    }

    /// <param name="count">How many.</param>
    /// <param name="threshold">From this count on, 32 bits would make the order uneven and 64 are drawn (ATen/native/TensorFactories.cpp).</param>
    internal long[] Permutation(int count, uint threshold)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        var order = new long[count];
        if (count < threshold)
        {
            for (var i = 0; i < count; i++)
                order[i] = i;
            for (var i = 0; i < count - 1; i++)
            {
                var other = i + (int)(engine.NextUInt32() % (uint)(count - i));
                (order[i], order[other]) = (order[other], order[i]);
            }
        }
        else
        {
            for (var i = 0; i < count; i++)
            {
                var other = (int)(engine.NextUInt64() % ((ulong)i + 1));
                order[i] = order[other];
                order[other] = i;
            }
        }

        return order;
    }

    static void Transform(Span<double> block, double mean, double deviation)
    {
        for (var i = 0; i < 8; i++)
        {
            var radius = Math.Sqrt(-2 * Math.Log(1 - block[i]));
            var (sine, cosine) = Math.SinCos(2 * Math.PI * block[i + 8]);
            block[i] = (radius * cosine * deviation) + mean;
            block[i + 8] = (radius * sine * deviation) + mean;
        }
    }

    static void Transform(Span<float> block, Func<float, float> round)
    {
        for (var i = 0; i < 8; i++)
        {
            var radius = round(MathF.Sqrt(-2 * round(MathF.Log(1 - block[i]))));
            var theta = round((float)(2 * Math.PI * block[i + 8]));
            block[i] = round(radius * round(MathF.Cos(theta)));
            block[i + 8] = round(radius * round(MathF.Sin(theta)));
        }
    }

    double NextNormal(double mean, double deviation)
    {
        if (pendingNormal is { } pending)
        {
            pendingNormal = null;
            return (pending * deviation) + mean;
        }

        var u1 = UnitDouble();
        var u2 = UnitDouble();
        var radius = Math.Sqrt(-2 * LogOneMinus(u2));
        var (sine, cosine) = Math.SinCos(2 * Math.PI * u1);
        pendingNormal = radius * sine;
        return (radius * cosine * deviation) + mean;
    }

    /// <summary>log(1 - u): the subtraction is exact for the 53-bit multiples of 2^-53 drawn here, so no log1p is needed.</summary>
    static double LogOneMinus(double u) => Math.Log(1 - u);

    /// <summary>A multiple of 2^-bits from [0, 1), of the low bits of one word.</summary>
    float UnitFloat(int bits) => (engine.NextUInt32() & ((1u << bits) - 1)) * (1f / (1u << bits));

    double UnitDouble() => (engine.NextUInt64() & ((1UL << 53) - 1)) * (1.0 / (1UL << 53));
}
