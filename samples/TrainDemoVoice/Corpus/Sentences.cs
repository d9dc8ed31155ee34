namespace TrainDemoVoice.Corpus;

/// <summary>Sentences from a small grammar of everyday English, written for this project: as many as are wanted, the same ones for a seed.</summary>
static class Sentences
{
    static readonly string[] Determiners = ["the", "a", "my", "her", "this", "that", "our", "every", "his", "their", "another", "your"];

    static readonly string[] Adjectives =
    [
        "old", "young", "quiet", "heavy", "bright", "narrow", "gentle", "frozen", "yellow", "broken", "busy", "careful", "cheap", "clever", "curious", "dark",
        "deep", "early", "empty", "famous", "green", "happy", "huge", "little", "lazy", "lonely", "modern", "noisy", "orange", "proud", "rough", "silver",
        "smooth", "strange", "thick", "tiny", "usual", "warm", "wild", "wooden", "beige", "joyful", "foolish", "shallow", "average", "royal",
    ];

    static readonly string[] Nouns =
    [
        "sailor", "teacher", "garden", "river", "window", "kitchen", "doctor", "engine", "village", "mountain", "picture", "letter", "machine", "basket", "bridge",
        "candle", "castle", "chicken", "country", "daughter", "dinner", "farmer", "forest", "friend", "hammer", "horse", "island", "jacket", "jungle", "kettle",
        "ladder", "market", "measure", "message", "morning", "mother", "museum", "neighbor", "number", "ocean", "office", "painter", "paper", "pencil", "pilot",
        "pocket", "problem", "question", "rabbit", "radio", "season", "shadow", "shoulder", "singer", "soldier", "station", "stone", "story", "student", "summer",
        "theater", "thunder", "ticket", "tower", "train", "treasure", "uncle", "visitor", "voice", "vision", "wagon", "water", "weather", "winter", "yard", "zebra",
        "boy", "toy", "judge", "church", "mouth", "cloud", "house", "cow", "book", "shoe", "moon", "song", "ring", "year", "ear", "chair",
    ];

    static readonly string[] Verbs =
    [
        "carries", "watches", "follows", "finds", "needs", "loves", "answers", "builds", "buys", "changes", "checks", "chooses", "cleans", "covers", "describes",
        "draws", "enjoys", "explains", "fills", "fixes", "forgets", "gives", "guards", "hears", "helps", "hides", "holds", "joins", "keeps", "knows", "learns",
        "leaves", "likes", "loses", "makes", "measures", "misses", "moves", "opens", "paints", "pays for", "plays with", "pushes", "reaches", "reads", "remembers", "saves",
        "sees", "sells", "shows", "takes", "teaches", "thinks of", "throws", "touches", "uses", "visits", "waits for", "walks to", "wants", "washes", "works for",
    ];

    static readonly string[] Prepositions = ["near", "behind", "under", "over", "beside", "across", "inside", "above", "beyond", "without", "through", "around", "before", "after"];

    static readonly string[] Adverbs = ["quickly", "slowly", "often", "never", "always", "usually", "today", "again", "early", "quietly", "badly", "together", "very well", "yesterday"];

    static readonly string[] Openings =
    [
        "in the morning", "after dinner", "last year", "on Monday", "every Thursday", "in the city", "for a while", "without a doubt", "at the end", "this time", "in July",
        "around noon", "with great pleasure", "far away", "as usual",
    ];

    static readonly string[] Starts =
    [
        "I think that", "we should ask why", "please tell me if", "nobody knows how", "he told us that", "she would say that", "they hope that", "you can hear that",
        "do you believe that", "it is true that", "who said that", "could it be that",
    ];

    static readonly string[] Numbers = ["two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "twenty", "thirty", "a hundred"];

    /// <summary>Makes sentences.</summary>
    /// <param name="count">How many; no two are the same.</param>
    /// <param name="seed">Other seeds give other sentences.</param>
    public static IReadOnlyList<string> Make(int count, int seed)
    {
        var random = new Random(seed);
        var made = new HashSet<string>(StringComparer.Ordinal);
        while (made.Count < count) made.Add(One(random));
        return [.. made];
    }

    static string One(Random random)
    {
        string Pick(string[] words) => words[random.Next(words.Length)];
        string Phrase(double adjective = 0.5) => random.NextDouble() < adjective ? $"{Pick(Determiners)} {Pick(Adjectives)} {Pick(Nouns)}" : $"{Pick(Determiners)} {Pick(Nouns)}";
        string Clause() => $"{Phrase()} {Pick(Verbs)} {Phrase()}";
        var text = random.Next(9) switch
        {
            0 => $"{Clause()} {Pick(Prepositions)} {Phrase(0.3)}",
            1 => $"{Pick(Openings)}, {Clause()}",
            2 => $"{Pick(Starts)} {Clause()}",
            3 => $"{Clause()} {Pick(Adverbs)}",
            4 => $"{Phrase()} {Pick(Prepositions)} {Phrase(0.3)} {Pick(Verbs)} {Phrase()}",
            5 => $"{Phrase(0.2)} and {Phrase(0.2)} are {Pick(Adjectives)} and {Pick(Adjectives)}",
            6 => $"there are {Pick(Numbers)} {Pick(Adjectives)} things {Pick(Prepositions)} {Phrase()}",
            7 => $"{Clause()}, but {Phrase()} {Pick(Verbs)} {Phrase(0.2)}",
            _ => $"why is {Phrase()} so {Pick(Adjectives)}, and where is {Phrase()} {Pick(Adverbs)}",
        };
        return $"{char.ToUpperInvariant(text[0])}{text[1..]}.".Replace(" a orange", " an orange").Replace(" a old", " an old").Replace(" a island", " an island")
            .Replace(" a ocean", " an ocean").Replace(" a uncle", " an uncle").Replace(" a office", " an office").Replace(" a engine", " an engine")
            .Replace(" a ear", " an ear").Replace(" a early", " an early").Replace(" a empty", " an empty").Replace(" a average", " an average");
    }
}
