using System.Globalization;
using System.Text.RegularExpressions;

namespace MultiModal.Diffusion.Text.Prompts;

/// <summary>The language of prompts that A1111's web interface made common.</summary>
/// <remarks>
/// <c>(x)</c> counts 1.1 times, <c>(x:1.3)</c> 1.3 times, <c>[x]</c> 1/1.1 times; brackets nest and multiply, <c>\(</c> is a bracket itself.
/// <c>[from:to:0.5]</c> changes after half of the steps, <c>[to:3]</c> appears and <c>[from::3]</c> goes after step 3; <c>[a|b]</c> alternates.
/// <c>BREAK</c> begins a new chunk; <c>a AND b:0.5</c> guides by both; <c>&lt;lora:name:0.8&gt;</c> asks for a LoRA. What is none of that is
/// plain text: no prompt is an error.
/// </remarks>
public static partial class PromptSyntax
{
    const double Round = 1.1, Square = 1 / 1.1;

    /// <summary>Reads weights.</summary>
    /// <param name="prompt">The prompt at one step, without schedules.</param>
    /// <returns>Neighbours of the same weight are one stretch; at least one stretch.</returns>
    public static IReadOnlyList<WeightedText> Weights(string prompt)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        var parts = new List<WeightedText>();
        var (round, square) = (new Stack<int>(), new Stack<int>());
        foreach (Match match in Tokens().Matches(prompt))
        {
            var text = match.Value;
            if (text[0] == '\\') parts.Add(new(text.Length > 1 ? text[1..] : "", 1));
            else if (text == "(") round.Push(parts.Count);
            else if (text == "[") square.Push(parts.Count);
            else if (match.Groups[1] is { Success: true } number && round.Count > 0 && TryNumber(number.Value, out var weight)) Multiply(round.Pop(), weight);
            else if (text == ")" && round.Count > 0) Multiply(round.Pop(), Round);
            else if (text == "]" && square.Count > 0) Multiply(square.Pop(), Square);
            else
            {
                var pieces = Break().Split(text);
                for (var i = 0; i < pieces.Length; i++)
                {
                    if (i > 0) parts.Add(new("", 1, IsBreak: true));
                    if (pieces[i].Length > 0) parts.Add(new(pieces[i], 1));
                }
            }
        }

        // What was never closed is closed by the end.
        foreach (var start in round) Multiply(start, Round);
        foreach (var start in square) Multiply(start, Square);
        return Merge(parts);

        void Multiply(int start, double factor)
        {
            for (var i = start; i < parts.Count; i++) parts[i] = parts[i] with { Weight = parts[i].Weight * factor };
        }
    }

    /// <summary>Reads what a prompt says at each step.</summary>
    /// <param name="prompt">The prompt.</param>
    /// <param name="steps">Sampling steps, at least 1.</param>
    /// <param name="stepsBefore">Steps of a pass before this one; in the second pass of the high-resolution fix 1.0 is its beginning. Default 0: there was none.</param>
    /// <returns>Stretches in their order; the last one ends at the last step.</returns>
    public static IReadOnlyList<ScheduledText> Schedule(string prompt, int steps, int stepsBefore = 0)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(stepsBefore);
        if (!prompt.Contains('[', StringComparison.Ordinal)) return [new(steps, prompt)];
        var tree = ScheduleParser.Parse(prompt);
        var times = new ScheduleTimes(steps, stepsBefore);
        var ends = new SortedSet<int> { steps };
        tree.AddEnds(times, ends);
        var texts = new List<ScheduledText>();
        foreach (var end in ends) texts.Add(new(end, tree.At(end, times)));
        return texts;
    }

    /// <summary>Reads prompts joined by AND.</summary>
    /// <param name="prompt">The prompt.</param>
    /// <returns>At least one. A number after a colon at a part's end is its weight; a prompt without AND has no such number.</returns>
    public static IReadOnlyList<PromptPart> Parts(string prompt)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        var texts = And().Split(prompt);
        if (texts.Length == 1) return [new(prompt, 1)];
        var parts = new List<PromptPart>();
        foreach (var text in texts)
        {
            var match = PartWeight().Match(text);
            parts.Add(match.Success && TryNumber(match.Groups[1].Value, out var weight)
                ? new(text[..match.Index].TrimEnd(), (float)weight) : new(text, 1));
        }

        return parts;
    }

    /// <summary>Takes the LoRAs out of a prompt.</summary>
    /// <param name="prompt">The prompt.</param>
    /// <returns>
    /// The prompt without them, and they. What follows the name, between colons: the weight in the text encoder, that in the UNet, how many ranks count;
    /// or by name te=, unet=, dyn=, in=, mid=, out= (weights of the UNet's ways down, middle and up), lbw= (a list of block weights).
    /// </returns>
    public static (string Prompt, IReadOnlyList<PromptLora> Loras) TakeLoras(string prompt)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        var loras = new List<PromptLora>();
        return (Lora().Replace(prompt, match =>
        {
            var (positional, named) = (new List<string>(), new Dictionary<string, string>(StringComparer.Ordinal));
            foreach (var argument in match.Groups[1].Value.Split(':'))
                if (argument.IndexOf('=', StringComparison.Ordinal) is > 0 and var at) named[argument[..at].Trim()] = argument[(at + 1)..];
                else positional.Add(argument);
            if (positional.Count == 0) return match.Value;
            loras.Add(PromptLora.Of(positional, named));
            return "";
        }), loras);
    }

    internal static bool TryNumber(string text, out double number) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number) && double.IsFinite(number);

    static List<WeightedText> Merge(List<WeightedText> parts)
    {
        var merged = new List<WeightedText>();
        foreach (var part in parts)
        {
            if (merged.Count > 0 && merged[^1] is { IsBreak: false } last && !part.IsBreak && last.Weight == part.Weight) merged[^1] = last with { Text = last.Text + part.Text };
            else merged.Add(part);
        }

        return merged.Count > 0 ? merged : [new("", 1)];
    }

    // The shapes of A1111's tokens: escapes, brackets, ":1.3)", runs of plain text, a lone colon.
    [GeneratedRegex(@"\\[()\[\]\\]|\\|\(|\[|:\s*([+-]?[.\d]+)\s*\)|\)|\]|[^\\()\[\]:]+|:")]
    private static partial Regex Tokens();

    [GeneratedRegex(@"\s*\bBREAK\b\s*")]
    private static partial Regex Break();

    [GeneratedRegex(@"\bAND\b")]
    private static partial Regex And();

    [GeneratedRegex(@":\s*([-+]?(?:\d+\.?\d*|\.\d+))\s*\z")]
    private static partial Regex PartWeight();

    [GeneratedRegex(@"<lora:([^<>]+)>")]
    private static partial Regex Lora();
}
