using System.Globalization;
using System.Text.Json;

namespace MultiModal.Benchmarks;

/// <summary>Which operators a network spends its time in, read from what ONNX Runtime wrote by <see cref="Runtime.Sessions.RuntimeOptions.ProfilePrefix"/>.</summary>
static class OperatorTimes
{
    /// <summary>Prints a table of the operators of one profile, the costliest first.</summary>
    /// <param name="path">A profile (.json).</param>
    /// <param name="byNode">The costliest nodes, with the shapes they take, instead of kinds of operators.</param>
    public static void Print(string path, bool byNode = false)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(path));
        var events = document.RootElement.EnumerateArray()
            .Where(e => e.GetProperty("cat").GetString() == "Node" && e.GetProperty("name").GetString()!.EndsWith("_kernel_time", StringComparison.Ordinal))
            .Select(e => (Name: NameOf(e, byNode), Time: e.GetProperty("dur").GetInt64() / 1e6))
            .ToList();
        if (events.Count == 0) return;
        var total = events.Sum(e => e.Time);
        Console.WriteLine($"| {(byNode ? "node" : "operator")} | runs | seconds | share |");
        Console.WriteLine("|---|---|---|---|");
        foreach (var group in events.GroupBy(e => e.Name).OrderByDescending(g => g.Sum(e => e.Time)).Take(byNode ? 40 : 25))
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {group.Key} | {group.Count()} | {group.Sum(e => e.Time):F3} | {group.Sum(e => e.Time) / total:P1} |"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| all | {events.Count} | {total:F3} | |"));
    }

    static string NameOf(JsonElement node, bool byNode)
    {
        var arguments = node.GetProperty("args");
        var kind = arguments.GetProperty("op_name").GetString()!;
        return byNode && arguments.TryGetProperty("input_type_shape", out var shapes) ? $"{kind} {Shapes(shapes)}" : kind;
    }

    static string Shapes(JsonElement inputs) =>
        string.Join(" ", inputs.EnumerateArray().Select(i => $"[{string.Join(",", i.EnumerateObject().First().Value.EnumerateArray())}]"));
}
