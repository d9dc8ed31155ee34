using System.Text;

namespace MultiModal.Pipeline.Security;

/// <summary>Characters that are read as a Latin letter: digits and signs of "leet", and letters of other scripts with the same shape.</summary>
static class LookAlikes
{
    static readonly Dictionary<int, char> table = Make(
        ("a", "4@αаɑ∂Δλ"), ("b", "8βвьБ฿ß"), ("c", "сϲ¢©("), ("d", "ԁđ"), ("e", "3еєҽεэ€ё"), ("f", "ƒ"), ("g", "9ɡ"), ("h", "һнћ"),
        ("i", "1!|іιıїíɩ¡"), ("j", "јϳ"), ("k", "κкᴋ"), ("l", "ӏℓłι"), ("m", "мᴍ"), ("n", "ηпռ"), ("o", "0οоσөøð"), ("p", "рρþ"), ("q", "ԛ"),
        ("r", "гяʀ"), ("s", "5$ѕ§"), ("t", "7+тτ†"), ("u", "υцսµ"), ("v", "νѵ∨"), ("w", "ωшщԝ"), ("x", "хχ"), ("y", "уγүʏ¥"), ("z", "2ʐᴢ"));

    /// <summary>The letter, or null for a character that is none's look-alike.</summary>
    public static char? Of(int character) => table.TryGetValue(character, out var letter) ? letter : null;

    /// <summary>Whether a character is a sign in itself, and a letter only by its looks.</summary>
    public static bool IsSign(Rune character) => !Rune.IsLetterOrDigit(character) && table.ContainsKey(character.Value);

    /// <summary>Whether texts use a sign so much that it is a letter only between letters.</summary>
    public static bool IsCommonMark(Rune character) => character.Value is '!' or '(' or '+' or '|' or '¡' or '†';

    static Dictionary<int, char> Make(params ReadOnlySpan<(string Letter, string Alike)> rows)
    {
        var made = new Dictionary<int, char>();
        foreach (var (letter, alike) in rows)
            foreach (var rune in alike.EnumerateRunes()) made.TryAdd(rune.Value, letter[0]);
        return made;
    }
}
