using System.Text;

namespace MultiModal.Pipeline.Composition.Nodes;

/// <summary>A flowchart in Mermaid's language (flowchart syntax of its documentation): boxes by shape, lines with labels, frames.</summary>
internal sealed class MermaidDrawing
{
    readonly StringBuilder text = new("flowchart LR\n");
    readonly string margin = "    ";
    int boxes, depth;

    public Line Begin(string what) => Box([], "([", what, "])");

    public void End(string what, IReadOnlyList<Line> from) => Box(from, "([", what, "])");

    public IReadOnlyList<Line> Step(StepInfo step, IReadOnlyList<Line> from) => [Box(from, "[", Label(step), "]")];

    public IReadOnlyList<Line> Batch(StepInfo step, IReadOnlyList<Line> from) => [Box(from, "[[", Label(step), "]]")];

    public Line Choice(StepInfo step, IReadOnlyList<Line> from) => Box(from, "{", Label(step), "}");

    public Line Store(StepInfo step, IReadOnlyList<Line> from) => Box(from, "[(", Label(step), ")]");

    public IReadOnlyList<Line> Fork(IReadOnlyList<Line> from, params ReadOnlySpan<Func<MermaidDrawing, IReadOnlyList<Line>, IReadOnlyList<Line>>> arms)
    {
        var fork = Box(from, "{{", "fork", "}}");
        var ends = new List<Line>();
        foreach (var arm in arms)
            ends.AddRange(arm(this, [fork]));
        return [Box(ends, "{{", "join", "}}")];
    }

    public IReadOnlyList<Line> Frame(StepInfo step, IReadOnlyList<Line> from, Func<MermaidDrawing, IReadOnlyList<Line>, IReadOnlyList<Line>> inner)
    {
        Add($"subgraph f{++boxes} [\"{Escape(Label(step))}\"]");
        depth++;
        var ends = inner(this, from);
        depth--;
        Add("end");
        return ends;
    }

    public override string ToString() => text.ToString();

    Line Box(IReadOnlyList<Line> from, string open, string label, string close)
    {
        var id = $"n{++boxes}";
        Add($"{id}{open}\"{Escape(label)}\"{close}");
        foreach (var line in from)
        {
            var arrow = line.IsDotted ? "-.->" : "-->";
            Add(line.Label.Length > 0 ? $"{line.From} {arrow}|\"{Escape(line.Label)}\"| {id}" : $"{line.From} {arrow} {id}");
        }

        return new(id);
    }

    void Add(string line)
    {
        for (var i = 0; i <= depth; i++)
            text.Append(margin);
        text.Append(line).Append('\n');
    }

    static string Label(StepInfo step) => step.Note.Length > 0 ? $"{step.Name}\n{step.Note}" : step.Name;

    // Mermaid's own entity codes; its labels may hold markup, which names of steps are not.
    static string Escape(string label) => label
        .Replace("#", "#35;", StringComparison.Ordinal)
        .Replace("\"", "#quot;", StringComparison.Ordinal)
        .Replace("<", "#lt;", StringComparison.Ordinal)
        .Replace(">", "#gt;", StringComparison.Ordinal)
        .Replace("\n", "<br/>", StringComparison.Ordinal);
}
