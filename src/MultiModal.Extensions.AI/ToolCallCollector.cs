using System.Text;
using Microsoft.Extensions.AI;
using MultiModal.Jimeng.Chat;

namespace MultiModal.Extensions.AI;

/// <summary>Puts the pieces of streamed tool calls together.</summary>
internal sealed class ToolCallCollector
{
    readonly SortedDictionary<int, (string? Id, string? Name, StringBuilder Arguments)> calls = [];

    public void Add(IReadOnlyList<ChatToolCall>? pieces)
    {
        foreach (var piece in pieces ?? [])
        {
            var index = piece.Index ?? calls.Count;
            var call = calls.GetValueOrDefault(index, (null, null, new()));
            calls[index] = (call.Id ?? piece.Id, call.Name ?? piece.Function?.Name, call.Arguments.Append(piece.Function?.Arguments));
        }
    }

    public IEnumerable<AIContent> Take()
    {
        foreach (var (id, name, arguments) in calls.Values)
            yield return ChatTranslation.Call(id, name, arguments.ToString());
        calls.Clear();
    }
}
