namespace MultiModal.Pipeline.Security;

/// <summary>Finds all of many words in one pass over a text (Aho and Corasick 1975).</summary>
sealed class WordAutomaton
{
    readonly List<Dictionary<char, int>> edges = [[]];
    readonly List<int> suffix = [0];

    // The longest other word that ends where a state does, and the word of the state itself.
    readonly List<int> shorter = [0];
    readonly List<int> word = [-1];
    readonly List<int> lengths = [];

    public WordAutomaton(IReadOnlyList<string> words)
    {
        for (var i = 0; i < words.Count; i++) Insert(words[i], i);
        Link();
    }

    /// <summary>Tells of every word and where it begins.</summary>
    public void Find(string letters, Action<int, int> found)
    {
        var state = 0;
        for (var i = 0; i < letters.Length; i++)
        {
            state = Next(state, letters[i]);
            for (var s = word[state] >= 0 ? state : shorter[state]; s != 0; s = shorter[s]) found(word[s], i + 1 - lengths[word[s]]);
        }
    }

    void Insert(string letters, int index)
    {
        var state = 0;
        foreach (var letter in letters)
        {
            if (!edges[state].TryGetValue(letter, out var next))
            {
                next = edges.Count;
                edges[state].Add(letter, next);
                edges.Add([]);
                suffix.Add(0);
                shorter.Add(0);
                word.Add(-1);
            }

            state = next;
        }

        lengths.Add(letters.Length);
        if (word[state] < 0) word[state] = index;
    }

    /// <summary>Breadth first, so that a state's suffix, which is shorter, is linked before it.</summary>
    void Link()
    {
        var queue = new Queue<int>(edges[0].Values);
        while (queue.TryDequeue(out var state))
        {
            foreach (var (letter, next) in edges[state])
            {
                suffix[next] = Next(suffix[state], letter);
                shorter[next] = word[suffix[next]] >= 0 ? suffix[next] : shorter[suffix[next]];
                queue.Enqueue(next);
            }
        }
    }

    int Next(int state, char letter)
    {
        while (true)
        {
            if (edges[state].TryGetValue(letter, out var next)) return next;
            if (state == 0) return 0;
            state = suffix[state];
        }
    }
}
