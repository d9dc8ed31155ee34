namespace TrainDemoVoice.Corpus;

/// <summary>Who speaks what in the corpus.</summary>
static class Voices
{
    /// <summary>The voices the model speaks with: flite's, by the names its config gives them.</summary>
    public static IReadOnlyList<string> Targets { get; } = ["rms", "slt"];

    /// <summary>eSpeak voices that teach the content encoder.</summary>
    public static IReadOnlyList<string> Teachers { get; } =
    [
        "en-us", "en", "en-gb-scotland", "en-gb-x-rp", "en-029", "en-gb-x-gbcwmd", "en-us-nyc", "en-us+f1", "en-us+f2", "en-us+f3", "en-us+f4", "en-us+f5", "en-us+m1",
        "en-us+m2", "en-us+m3", "en-us+m4", "en-us+m5", "en-us+m6", "en-us+m7", "en-us+m8", "en+f2", "en+f4", "en+m3", "en+m7", "en-us+Alex", "en-us+Alicia",
        "en-us+Andrea", "en-us+Andy", "en-us+Denis", "en-us+Gene", "en-us+Hugo", "en-us+Jacky", "en-us+Marco", "en-us+Mike", "en-us+adam", "en-us+anika", "en-us+antonio",
        "en-us+aunty", "en-us+belinda", "en-us+benjamin", "en-us+boris", "en-us+caleb", "en-us+david", "en-us+ed", "en-us+edward", "en-us+grandma", "en-us+gustave",
        "en-us+iven", "en-us+john", "en-us+linda", "en-us+max", "en-us+michel", "en-us+miguel", "en-us+norbert", "en-us+pablo", "en-us+paul", "en-us+pedro", "en-us+quincy",
        "en-us+rob", "en-us+robert", "en-us+sandro", "en-us+shelby", "en-us+travis", "en-us+victor", "en-us+klatt", "en-us+klatt2", "en-us+klatt3",
    ];

    /// <summary>flite voices that teach the content encoder besides the targets.</summary>
    public static IReadOnlyList<string> FliteTeachers { get; } = ["kal16"];

    /// <summary>Voices nothing is ever trained on: those that conversion is judged by.</summary>
    public static IReadOnlyList<string> Strangers { get; } = ["flite-awb", "espeak-en-us+Annie", "espeak-en+Michael", "espeak-en-us+steph2"];

    /// <summary>Speaks a sentence with a voice by its whole name ("flite-awb", "espeak-en-us+f3").</summary>
    public static async Task<Utterance?> SpeakAsync(string voice, string text, Random random, CancellationToken cancellationToken)
    {
        if (voice.StartsWith("flite-", StringComparison.Ordinal))
            return await FliteVoice.SpeakAsync(voice["flite-".Length..], text, 0.9 + (0.3 * random.NextDouble()), cancellationToken);
        return EspeakVoice.Speak(voice["espeak-".Length..], text, random.Next(135, 190), random.Next(25, 75));
    }
}
