using MultiModal.Diffusion.Text;
using MultiModal.Testing.Fuzzing;

namespace MultiModal.Diffusion.Tests.Text;

public class ClipTokenizerFuzzTests
{
    static readonly TinyTokenizer Good = new();

    [Fact]
    public void Damaged_merges_are_read_or_refused_by_name() => FuzzRun.Run(
        "merges.txt",
        [Good.MergesText, Good.MergesText[..(Array.IndexOf(Good.MergesText, (byte)'\n', 200) + 1)]],
        path => Use(ClipTokenizer.Create(Good.VocabularyJson, path, File.ReadAllBytes(path), path, new())));

    [Fact]
    public void Damaged_vocabularies_are_read_or_refused_by_name() => FuzzRun.Run(
        "vocab.json",
        [Good.VocabularyJson, new TinyTokenizer("one two three", 12).VocabularyJson],
        path => Use(ClipTokenizer.Create(File.ReadAllBytes(path), path, [], path, new())),
        seed: 10_000);

    [Fact]
    public void Damaged_settings_are_read_or_refused_by_name() => FuzzRun.Run(
        "tokenizer_config.json",
        [
            """{"add_prefix_space": false, "bos_token": {"__type": "AddedToken", "content": "<|startoftext|>", "lstrip": false}, "pad_token": "!", "model_max_length": 77}"""u8.ToArray(),
            """{"eos_token": "<|endoftext|>", "unk_token": "<|endoftext|>", "errors": "replace"}"""u8.ToArray(),
        ],
        path =>
        {
            var settings = new ClipTokenizerSettings();
            settings.Apply(File.ReadAllBytes(path), path);
            Use(ClipTokenizer.Create(Good.VocabularyJson, path, Good.MergesText, path, settings));
        },
        seed: 20_000);

    static void Use(ClipTokenizer tokenizer) => _ = tokenizer.Encode("the cat sat on the mat, café 中文 123 \U0001F600");
}
