using System.Globalization;

namespace MultiModal.Voice.Training.Data;

/// <summary>What became of the recordings, file by file.</summary>
/// <param name="Files">Every file that was looked at, by speaker and name.</param>
/// <param name="Speakers">The speakers' numbers: by name in ordinal order, so that every machine gives the same.</param>
public sealed record DatasetReport(IReadOnlyList<FileReport> Files, IReadOnlyDictionary<string, int> Speakers)
{
    /// <summary>The files that were left out.</summary>
    public IEnumerable<FileReport> Dropped => Files.Where(f => f.Problem is not null);

    /// <summary>The length of all clips, variants included.</summary>
    public TimeSpan Duration => TimeSpan.FromTicks(Files.Sum(f => f.Kept.Ticks));

    /// <summary>A line for each speaker, then one for each file that was left out or only partly used.</summary>
    public override string ToString()
    {
        var lines = new List<string>();
        foreach (var (speaker, number) in Speakers.OrderBy(s => s.Value))
        {
            var files = Files.Where(f => f.Speaker == speaker).ToList();
            lines.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"{speaker} ({number}): {files.Sum(f => f.Clips)} clips, {TimeSpan.FromTicks(files.Sum(f => f.Kept.Ticks)).TotalMinutes:0.0} min of {files.Count} files"));
        }

        lines.AddRange(Files.Where(f => f.Problem is not null).Select(f => $"left out: {f.Path}: {f.Problem}"));
        lines.AddRange(Files.SelectMany(f => f.Notes.Select(note => $"note: {f.Path}: {note}")));
        return string.Join(Environment.NewLine, lines);
    }
}
