namespace MultiModal.Runtime.Random;

/// <summary>PyTorch's CUDA generator: Philox 4x32-10 (Salmon et al. 2011) as <c>torch.randn(n, device="cuda")</c> uses it.</summary>
/// <remarks>
/// Each thread of the GPU owns a sequence; element i is made by thread i as long as there are threads enough. With more elements than
/// threads (256 times the blocks a GPU can hold at once) each thread makes several, and the numbers depend on the GPU's size. Other
/// programs that imitate CUDA's noise on the CPU assume a GPU without limit; so does the default here. Not safe for concurrent use.
/// Verified against the values AUTOMATIC1111's rng_philox.py documents.
/// </remarks>
public sealed class PhiloxRandom
{
    const int BlockSize = 256;
    const int Lanes = 4;

    readonly long maximumThreads;
    ulong offset;

    /// <summary>Makes the generator of a GPU without limit.</summary>
    /// <param name="seed">The seed.</param>
    public PhiloxRandom(ulong seed)
    {
        Seed = seed;
        maximumThreads = long.MaxValue;
    }

    /// <summary>Makes the generator of one model of GPU.</summary>
    /// <param name="seed">The seed.</param>
    /// <param name="multiprocessors">Its streaming multiprocessors, such as 28 (RTX 3060) or 128 (RTX 4090).</param>
    /// <param name="threadsPerMultiprocessor">The threads each can hold: 1536 on Ampere's and Ada's consumer cards, 2048 on A100 and H100.</param>
    public PhiloxRandom(ulong seed, int multiprocessors, int threadsPerMultiprocessor)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(multiprocessors);
        ArgumentOutOfRangeException.ThrowIfLessThan(threadsPerMultiprocessor, BlockSize);
        Seed = seed;
        maximumThreads = (long)multiprocessors * (threadsPerMultiprocessor / BlockSize) * BlockSize;
    }

    /// <summary>The seed.</summary>
    public ulong Seed { get; }

    /// <summary>How many counters earlier draws used up. Set it to go on where another generator was; 0 at first.</summary>
    public ulong Offset
    {
        get => offset;
        set => offset = value;
    }

    /// <summary>Normal numbers in float32, as <c>torch.randn(n, device="cuda")</c> draws them.</summary>
    /// <param name="destination">The whole tensor.</param>
    public void Normal(Span<float> destination) => Draw(destination, ToNormal);

    /// <summary>Uniform numbers in float32 from [0, 1), as <c>torch.rand(n, device="cuda")</c> draws them.</summary>
    /// <param name="destination">The whole tensor.</param>
    public void Uniform(Span<float> destination) => Draw(destination, ToUniform);

    /// <summary>A float32 tensor of normal numbers.</summary>
    /// <param name="dimensions">The length of each axis.</param>
    public TensorData Normal(params ReadOnlySpan<long> dimensions)
    {
        var tensor = TensorData.Zeros(DType.Float32, dimensions);
        Normal(tensor.Floats);
        return tensor;
    }

    delegate void Transform((uint X, uint Y, uint Z, uint W) words, Span<float> lanes);

    void Draw(Span<float> destination, Transform transform)
    {
        if (destination.IsEmpty)
            return;
        // ATen/native/cuda/DistributionTemplates.h: a grid-stride loop in which each thread makes four numbers a turn, one grid apart.
        var blocks = (destination.Length + BlockSize - 1L) / BlockSize;
        var threads = Math.Min(blocks * BlockSize, maximumThreads);
        var turns = ((destination.Length - 1) / (threads * Lanes)) + 1;
        Span<float> lanes = stackalloc float[Lanes];
        for (var turn = 0L; turn < turns; turn++)
        {
            var start = turn * threads * Lanes;
            for (var thread = 0L; thread < threads && start + thread < destination.Length; thread++)
            {
                transform(Words(offset + (ulong)turn, (ulong)thread), lanes);
                for (var lane = 0; lane < Lanes && start + (lane * threads) + thread < destination.Length; lane++)
                    destination[(int)(start + (lane * threads) + thread)] = lanes[lane];
            }
        }

        offset += (ulong)turns;
    }

    /// <summary>Ten rounds over the counter (low half: position in the sequence; high half: the thread), keyed by the seed.</summary>
    (uint X, uint Y, uint Z, uint W) Words(ulong position, ulong thread)
    {
        var (x, y, z, w) = ((uint)position, (uint)(position >> 32), (uint)thread, (uint)(thread >> 32));
        var (key0, key1) = ((uint)Seed, (uint)(Seed >> 32));
        for (var round = 0; round < 10; round++)
        {
            var first = (ulong)x * 0xD2511F53u;
            var second = (ulong)z * 0xCD9E8D57u;
            (x, y, z, w) = ((uint)(second >> 32) ^ y ^ key0, (uint)second, (uint)(first >> 32) ^ w ^ key1, (uint)first);
            key0 += 0x9E3779B9u;
            key1 += 0xBB67AE85u;
        }

        return (x, y, z, w);
    }

    /// <summary>curand_normal4: two Box-Muller pairs, sine before cosine.</summary>
    static void ToNormal((uint X, uint Y, uint Z, uint W) words, Span<float> lanes)
    {
        (lanes[0], lanes[1]) = Pair(words.X, words.Y);
        (lanes[2], lanes[3]) = Pair(words.Z, words.W);

        static (float, float) Pair(uint first, uint second)
        {
            const float Scale = 2.3283064365386963e-10f; // 2^-32
            const float Turn = Scale * 6.2831855f;
            var u = (first * Scale) + (Scale / 2);
            var v = (second * Turn) + (Turn / 2);
            var radius = MathF.Sqrt(-2 * MathF.Log(u));
            return (radius * MathF.Sin(v), radius * MathF.Cos(v));
        }
    }

    /// <summary>curand_uniform4 gives (0, 1]; PyTorch turns the one into a zero.</summary>
    static void ToUniform((uint X, uint Y, uint Z, uint W) words, Span<float> lanes)
    {
        lanes[0] = Unit(words.X);
        lanes[1] = Unit(words.Y);
        lanes[2] = Unit(words.Z);
        lanes[3] = Unit(words.W);

        static float Unit(uint word)
        {
            var value = (word * 2.3283064365386963e-10f) + 1.1641532182693481e-10f;
            return value == 1 ? 0 : value;
        }
    }
}
