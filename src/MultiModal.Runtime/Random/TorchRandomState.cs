using System.Buffers.Binary;

namespace MultiModal.Runtime.Random;

/// <summary>
/// The bytes of <c>torch.get_rng_state()</c>: the structs CPUGeneratorImplStateLegacy and CPUGeneratorImplState of
/// ATen/CPUGeneratorImpl.cpp as a 64-bit compiler lays them out.
/// </summary>
static class TorchRandomState
{
    const int Length = 5056;
    const int Left = 8;
    const int Seeded = 12;
    const int Next = 16;
    const int Words = 24;
    const int NormalY = Words + (MersenneTwister.StateLength * 8) + 8;
    const int NormalIsValid = NormalY + 16;
    const int FloatNormal = NormalIsValid + 8;
    const int FloatNormalIsValid = FloatNormal + 4;

    public static byte[] Write(ulong seed, MersenneTwister engine, double? normal, float? floatNormal)
    {
        var state = new byte[Length];
        var span = state.AsSpan();
        BinaryPrimitives.WriteUInt64LittleEndian(span, seed);
        // "left" counts down from 624 to 1 over a block while "next" counts up; 1 means that a new block is due.
        BinaryPrimitives.WriteInt32LittleEndian(span[Left..], MersenneTwister.StateLength + 1 - engine.Next);
        BinaryPrimitives.WriteInt32LittleEndian(span[Seeded..], 1);
        BinaryPrimitives.WriteInt64LittleEndian(span[Next..], engine.Next);
        for (var i = 0; i < MersenneTwister.StateLength; i++)
            BinaryPrimitives.WriteUInt64LittleEndian(span[(Words + (i * 8))..], engine.State[i]);
        BinaryPrimitives.WriteDoubleLittleEndian(span[NormalY..], normal ?? 0);
        state[NormalIsValid] = normal is null ? (byte)0 : (byte)1;
        BinaryPrimitives.WriteSingleLittleEndian(span[FloatNormal..], floatNormal ?? 0);
        state[FloatNormalIsValid] = floatNormal is null ? (byte)0 : (byte)1;
        return state;
    }

    public static (ulong Seed, MersenneTwister Engine, double? Normal, float? FloatNormal) Read(ReadOnlySpan<byte> state)
    {
        if (state.Length != Length)
            throw new ArgumentException($"A generator's state has {Length} bytes, not {state.Length}.", nameof(state));
        var left = BinaryPrimitives.ReadInt32LittleEndian(state[Left..]);
        var next = BinaryPrimitives.ReadInt64LittleEndian(state[Next..]);
        var seeded = BinaryPrimitives.ReadInt32LittleEndian(state[Seeded..]);
        if (seeded != 1 || left is < 1 or > MersenneTwister.StateLength || next is < 0 or > MersenneTwister.StateLength)
            throw new ArgumentException("The bytes are no state of PyTorch's CPU generator.", nameof(state));
        var words = new uint[MersenneTwister.StateLength];
        for (var i = 0; i < words.Length; i++)
            words[i] = (uint)BinaryPrimitives.ReadUInt64LittleEndian(state[(Words + (i * 8))..]);
        // A generator just seeded has left = 1 and next = 0.
        var engine = new MersenneTwister(words, left == 1 ? MersenneTwister.StateLength : (int)next);
        double? normal = BinaryPrimitives.ReadInt32LittleEndian(state[NormalIsValid..]) == 0 ? null : BinaryPrimitives.ReadDoubleLittleEndian(state[NormalY..]);
        float? floatNormal = state[FloatNormalIsValid] == 0 ? null : BinaryPrimitives.ReadSingleLittleEndian(state[FloatNormal..]);
        return (BinaryPrimitives.ReadUInt64LittleEndian(state), engine, normal, floatNormal);
    }
}
