using System.Text.Json.Nodes;

namespace MultiModal.CloudSimulator.Volcengine;

/// <summary>A task of Jimeng: queued, then generating, then done.</summary>
internal sealed class SimulatedTask(string id, string reqKey, string prompt, JsonObject request)
{
    int polls;

    public string Id { get; } = id;

    public string ReqKey { get; } = reqKey;

    public string Prompt { get; } = prompt;

    public JsonObject Request { get; } = request;

    public bool IsCancelled { get; set; }

    public bool IsDone { get; private set; }

    public string Poll(int until)
    {
        var count = Interlocked.Increment(ref polls);
        if (IsCancelled)
            return "expired";
        IsDone |= count >= until;
        return IsDone ? "done" : count == 1 ? "in_queue" : "generating";
    }
}
