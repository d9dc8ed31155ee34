namespace TrainDemoVoice.Corpus;

/// <summary>The phonemes of the CMU dictionary, as flite names them, and eSpeak's mapped to them.</summary>
static class Phones
{
    public const string Pause = "pau";

    /// <summary>All of them; the order is that of the labels.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        Pause, "aa", "ae", "ah", "ao", "aw", "ax", "ay", "b", "ch", "d", "dh", "eh", "er", "ey", "f", "g", "hh", "ih", "iy", "jh", "k", "l", "m", "n", "ng", "ow",
        "oy", "p", "r", "s", "sh", "t", "th", "uh", "uw", "v", "w", "y", "z", "zh",
    ];

    // eSpeak's mnemonics (docs/phonemes.md of espeak-ng), without the marks of variants that follow.
    static readonly Dictionary<string, string> Espeak = new(StringComparer.Ordinal)
    {
        ["A:"] = "aa", ["A@"] = "aa", ["0"] = "aa", ["A"] = "aa", ["a"] = "ae", ["aa"] = "ae", ["V"] = "ah", ["O:"] = "ao", ["O@"] = "ao", ["o@"] = "ao", ["O"] = "ao",
        ["aU"] = "aw", ["@"] = "ax", ["a#"] = "ax", ["@L"] = "l", ["aI"] = "ay", ["aI@"] = "ay", ["aI3"] = "ay", ["b"] = "b", ["tS"] = "ch", ["d"] = "d", ["D"] = "dh",
        ["E"] = "eh", ["e@"] = "eh", ["3"] = "er", ["3:"] = "er", ["eI"] = "ey", ["f"] = "f", ["g"] = "g", ["h"] = "hh", ["I"] = "ih", ["I#"] = "ih", ["i@"] = "ih",
        ["i@3"] = "ih", ["i"] = "iy", ["i:"] = "iy", ["dZ"] = "jh", ["k"] = "k", ["l"] = "l", ["m"] = "m", ["n"] = "n", ["N"] = "ng", ["oU"] = "ow", ["OI"] = "oy",
        ["p"] = "p", ["r"] = "r", ["s"] = "s", ["S"] = "sh", ["t"] = "t", ["t#"] = "t", ["T"] = "th", ["?"] = "t", ["U"] = "uh", ["U@"] = "uh", ["u:"] = "uw", ["u"] = "uw",
        ["v"] = "v", ["w"] = "w", ["j"] = "y", ["z"] = "z", ["Z"] = "zh", [";"] = "y",
    };

    /// <summary>A phoneme of eSpeak's; null for one that is not known here.</summary>
    public static string? FromEspeak(string mnemonic)
    {
        if (mnemonic.Length == 0 || mnemonic[0] == '_') return Pause;
        // Variants have marks and numbers behind ("I2", "n-", "O2"): the longest beginning that is known is meant.
        for (var length = mnemonic.Length; length > 0; length--)
            if (Espeak.TryGetValue(mnemonic[..length], out var phone)) return phone;
        return null;
    }
}
