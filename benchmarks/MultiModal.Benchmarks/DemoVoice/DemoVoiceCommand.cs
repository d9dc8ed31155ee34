using System.CommandLine;
using System.Globalization;
using MultiModal.Audio;
using MultiModal.Voice.Conversion;
using MultiModal.Voice.Pitch;
using TrainDemoVoice.Corpus;

namespace MultiModal.Benchmarks.DemoVoice;

/// <summary>
/// Judges models/demo-voice by sentences it has not seen, spoken by voices it has not heard: how well they are understood, how near they come to the
/// target's own rendition, whether they keep the melody, and who is taken to speak.
/// </summary>
static class DemoVoiceCommand
{
    public static Command Create()
    {
        var model = new Option<string>("--model") { Description = "The generator.", DefaultValueFactory = _ => "models/demo-voice/G_demo.pth" };
        var count = new Option<int>("--sentences") { Description = "How many sentences.", DefaultValueFactory = _ => 40 };
        var noise = new Option<float>("--noise-scale") { Description = "Randomness of the prior.", DefaultValueFactory = _ => 0.4f };
        var keep = new Option<string?>("--keep") { Description = "A folder for the sounds; none by default." };
        var command = new Command("demo-voice", "Judges the demo voice (needs flite, espeak-ng and pocketsphinx).") { model, count, noise, keep };
        command.SetAction((arguments, cancellationToken) =>
            RunAsync(arguments.GetRequiredValue(model), arguments.GetValue(count), arguments.GetValue(noise), arguments.GetValue(keep), cancellationToken));
        return command;
    }

    static async Task RunAsync(string model, int count, float noise, string? keep, CancellationToken cancellationToken)
    {
        await using var voice = await VoiceModel.LoadAsync(model, cancellationToken: cancellationToken);
        var portraits = await PortraitsAsync(cancellationToken);
        var random = new Random(5);
        // Another seed than the corpus's: what the model was trained on is left out.
        var known = Sentences.Make(4000, 1).ToHashSet(StringComparer.Ordinal);
        var sentences = Sentences.Make(count + 20, 2026).Where(s => !known.Contains(s)).Take(count).ToList();
        List<Verdict> verdicts = [];
        for (var i = 0; i < sentences.Count; i++)
        {
            var (stranger, target) = (Voices.Strangers[i % Voices.Strangers.Count], Voices.Targets[i / Voices.Strangers.Count % Voices.Targets.Count]);
            var source = await Voices.SpeakAsync(stranger, sentences[i], random, cancellationToken) ?? throw new InvalidOperationException($"{stranger} cannot say '{sentences[i]}'.");
            var own = await FliteVoice.SpeakAsync(target, sentences[i], 1, cancellationToken);
            var verdict = await JudgeAsync(voice, portraits, source, own, target, noise, keep, i, cancellationToken);
            verdicts.Add(verdict);
            Console.WriteLine(Text($"{stranger} as {target}: words {verdict.Errors}/{verdict.Words} (own {verdict.OwnErrors}, source {verdict.SourceErrors}), distance {verdict.Distance:0.00} dB (source {verdict.SourceDistance:0.00}), melody {verdict.Melody:0.000}, taken for {verdict.TakenFor}"));
        }

        var words = (double)verdicts.Sum(v => v.Words);
        var (errors, ownErrors) = (100 * verdicts.Sum(v => v.Errors) / words, 100 * verdicts.Sum(v => v.OwnErrors) / words);
        var nearer = 100 * (1 - (verdicts.Average(v => v.Distance) / verdicts.Average(v => v.SourceDistance)));
        var taken = 100.0 * verdicts.Count(v => v.TakenFor == v.Target) / verdicts.Count;
        Console.WriteLine(Text($"{verdicts.Count} sentences"));
        Console.WriteLine(Text($"word errors: converted {errors:0.0} %, the target's own {ownErrors:0.0} %, the source {100 * verdicts.Sum(v => v.SourceErrors) / words:0.0} %; the difference is to be at most 15: {errors - ownErrors:0.0}"));
        Console.WriteLine(Text($"mel-cepstral distance to the target's own: converted {verdicts.Average(v => v.Distance):0.00} dB, source {verdicts.Average(v => v.SourceDistance):0.00} dB; to be nearer by 30 %: {nearer:0.0} %"));
        Console.WriteLine(Text($"correlation of pitch with the source's, to be above 0.9: {verdicts.Average(v => v.Melody):0.000}"));
        Console.WriteLine(Text($"nearest of {portraits.Count} voices is the target, to be 95 %: {taken:0.0} %"));
    }

    static async Task<Verdict> JudgeAsync(
        VoiceModel voice, IReadOnlyDictionary<string, double[]> portraits, Utterance source, Utterance own, string target, float noise, string? keep, int number, CancellationToken cancellationToken)
    {
        var (from, to) = (Pitch(source.Sound), Pitch(own.Sound));
        var transpose = Math.Clamp(12 * Math.Log2(Middle(to) / Middle(from)), -24, 24);
        var converted = await voice.ConvertAsync(source.Sound, new() { Speaker = target, Transpose = transpose, Pitch = PitchMethod.Praat, NoiseScale = noise }, cancellationToken: cancellationToken);
        if (keep is not null)
        {
            Directory.CreateDirectory(keep);
            foreach (var (name, clip) in ((string, AudioClip)[])[("source", source.Sound), ("converted", converted), ("own", own.Sound)])
                await WavFile.WriteAsync(Path.Combine(keep, $"{number:00}-{target}-{name}.wav"), clip, cancellationToken: cancellationToken);
        }

        var cepstra = Cepstra.Of(converted.Channel(0));
        var ownCepstra = Cepstra.Of(own.Sound.Channel(0));
        var portrait = Cepstra.Portrait([cepstra]);
        var heard = await Task.WhenAll(((AudioClip[])[converted, own.Sound, source.Sound]).Select(clip => Recogniser.HearAsync(clip, cancellationToken)));
        var errors = heard.Select(text => Recogniser.Compare(source.Text, text)).ToList();
        return new(
            target, errors[0].Words, errors[0].Errors, errors[1].Errors, errors[2].Errors, Cepstra.Distance(cepstra, ownCepstra),
            Cepstra.Distance(Cepstra.Of(source.Sound.Channel(0)), ownCepstra), Correlation(from, Pitch(converted)), portraits.MinBy(p => Cepstra.Between(p.Value, portrait)).Key);
    }

    /// <summary>How each voice sounds, by ten other sentences: the targets, the strangers and some of the teachers.</summary>
    static async Task<IReadOnlyDictionary<string, double[]>> PortraitsAsync(CancellationToken cancellationToken)
    {
        var portraits = new Dictionary<string, double[]>(StringComparer.Ordinal);
        var sentences = Sentences.Make(10, 99);
        var all = Voices.Targets.Select(t => (Name: t, Voice: $"flite-{t}")).Concat(Voices.Strangers.Select(s => (s, s))).Concat(Voices.Teachers.Take(10).Select(t => (t, $"espeak-{t}")));
        foreach (var (name, speaker) in all)
        {
            var random = new Random(3);
            List<IReadOnlyList<double[]>> speech = [];
            foreach (var sentence in sentences)
                if (await Voices.SpeakAsync(speaker, sentence, random, cancellationToken) is { } spoken) speech.Add(Cepstra.Of(spoken.Sound.Channel(0)));
            portraits[name] = Cepstra.Portrait(speech);
        }

        return portraits;
    }

    /// <summary>Within the range of speech, single frames that slip by an octave smoothed away.</summary>
    static float[] Pitch(AudioClip clip) =>
        new PraatPitch(new() { Range = new(50, 500) }).Estimate(clip.Channel(0), new(clip.SampleRate, 160)).MedianFilter(5).Hertz.ToArray();

    static double Middle(float[] pitch) => pitch.Where(p => p > 0).Order().ToArray() is { Length: > 0 } voiced ? voiced[voiced.Length / 2] : 100;

    /// <summary>The correlation of the logarithms where both are voiced.</summary>
    static double Correlation(float[] a, float[] b)
    {
        var pairs = a.Zip(b).Where(p => p.First > 0 && p.Second > 0).Select(p => (X: Math.Log(p.First), Y: Math.Log(p.Second))).ToList();
        if (pairs.Count < 2) return 0;
        var (x, y) = (pairs.Average(p => p.X), pairs.Average(p => p.Y));
        return pairs.Sum(p => (p.X - x) * (p.Y - y)) / Math.Sqrt(pairs.Sum(p => (p.X - x) * (p.X - x)) * pairs.Sum(p => (p.Y - y) * (p.Y - y)));
    }

    static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    sealed record Verdict(
        string Target, int Words, int Errors, int OwnErrors, int SourceErrors, double Distance, double SourceDistance, double Melody, string TakenFor);
}
