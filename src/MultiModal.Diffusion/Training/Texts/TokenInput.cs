using MultiModal.Diffusion.Text;
using MultiModal.Runtime;

namespace MultiModal.Diffusion.Training.Texts;

/// <summary>Token ids, for text encoders that are part of the step. A caption that is too long is cut.</summary>
sealed class TokenInput(IReadOnlyList<ClipTokenizer> tokenizers) : ITextInput
{
    readonly Dictionary<string, long[][]> known = new(StringComparer.Ordinal);

    public void Fill(IReadOnlyDictionary<string, TensorData> inputs, int row, string caption)
    {
        if (!known.TryGetValue(caption, out var ids))
            known[caption] = ids = [.. tokenizers.Select(t => Array.ConvertAll(t.Encode(caption), id => (long)id))];
        for (var i = 0; i < ids.Length; i++) ids[i].CopyTo(inputs[$"input_ids_{i + 1}"].Longs[(row * ids[i].Length)..]);
    }
}
