namespace MultiModal.Runtime.Random;

/// <summary>MT19937 (Matsumoto and Nishimura 1998), seeded as PyTorch seeds it: with the low 32 bits.</summary>
sealed class MersenneTwister
{
    public const int StateLength = 624;

    const int Middle = 397;

    readonly uint[] state = new uint[StateLength];

    public MersenneTwister(ulong seed)
    {
        state[0] = (uint)seed;
        for (var i = 1u; i < StateLength; i++)
            state[i] = (1812433253u * (state[i - 1] ^ (state[i - 1] >> 30))) + i;
        Next = StateLength;
    }

    /// <param name="state">The 624 words.</param>
    /// <param name="next">The word to give next, 0 to 624.</param>
    public MersenneTwister(ReadOnlySpan<uint> state, int next)
    {
        state.CopyTo(this.state);
        Next = next;
    }

    public ReadOnlySpan<uint> State => state;

    /// <summary>The index of the word to give next; 624 when a new block is due.</summary>
    public int Next { get; private set; }

    public uint NextUInt32()
    {
        if (Next == StateLength)
            Refill();
        var word = state[Next++];
        word ^= word >> 11;
        word ^= (word << 7) & 0x9D2C5680u;
        word ^= (word << 15) & 0xEFC60000u;
        return word ^ (word >> 18);
    }

    public ulong NextUInt64()
    {
        var high = (ulong)NextUInt32();
        return (high << 32) | NextUInt32();
    }

    void Refill()
    {
        for (var i = 0; i < StateLength; i++)
        {
            var mixed = (state[i] & 0x80000000u) | (state[(i + 1) % StateLength] & 0x7FFFFFFFu);
            var twist = (mixed >> 1) ^ ((mixed & 1) == 0 ? 0 : 0x9908B0DFu);
            state[i] = state[(i + Middle) % StateLength] ^ twist;
        }

        Next = 0;
    }
}
