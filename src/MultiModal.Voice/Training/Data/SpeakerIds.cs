namespace MultiModal.Voice.Training.Data;

/// <summary>Numbers for speakers that are the same on every machine. The original takes the order of the file system, and models differ from it.</summary>
static class SpeakerIds
{
    public static IReadOnlyDictionary<string, int> Of(IEnumerable<string> names) =>
        names.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Select((name, i) => (name, i)).ToDictionary(s => s.name, s => s.i, StringComparer.Ordinal);
}
