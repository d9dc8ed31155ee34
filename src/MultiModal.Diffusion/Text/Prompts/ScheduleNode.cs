using System.Text;

namespace MultiModal.Diffusion.Text.Prompts;

/// <summary>A part of a scheduled prompt.</summary>
abstract class ScheduleNode
{
    /// <summary>Adds the steps after which something changes.</summary>
    public virtual void AddEnds(ScheduleTimes times, SortedSet<int> ends)
    {
    }

    /// <summary>Writes what it says at a step.</summary>
    public abstract void Write(int step, ScheduleTimes times, StringBuilder target);

    public string At(int step, ScheduleTimes times)
    {
        var text = new StringBuilder();
        Write(step, times, text);
        return text.ToString();
    }

    /// <summary>Plain text.</summary>
    public sealed class Plain(string text) : ScheduleNode
    {
        public override void Write(int step, ScheduleTimes times, StringBuilder target) => target.Append(text);
    }

    /// <summary>One after the other.</summary>
    public sealed class Sequence(IReadOnlyList<ScheduleNode> parts) : ScheduleNode
    {
        public override void AddEnds(ScheduleTimes times, SortedSet<int> ends)
        {
            foreach (var part in parts) part.AddEnds(times, ends);
        }

        public override void Write(int step, ScheduleTimes times, StringBuilder target)
        {
            foreach (var part in parts) part.Write(step, times, target);
        }
    }

    /// <summary>[before:after:when]</summary>
    public sealed class Change(ScheduleNode before, ScheduleNode after, string when) : ScheduleNode
    {
        public override void AddEnds(ScheduleTimes times, SortedSet<int> ends)
        {
            if (times.StepOf(when) is >= 1 and var step) ends.Add(step);
            before.AddEnds(times, ends);
            after.AddEnds(times, ends);
        }

        public override void Write(int step, ScheduleTimes times, StringBuilder target) =>
            (step <= times.StepOf(when) ? before : after).Write(step, times, target);
    }

    /// <summary>[a|b|c]</summary>
    public sealed class Alternation(IReadOnlyList<ScheduleNode> options) : ScheduleNode
    {
        public override void AddEnds(ScheduleTimes times, SortedSet<int> ends)
        {
            for (var i = 1; i <= times.Steps; i++) ends.Add(i);
        }

        public override void Write(int step, ScheduleTimes times, StringBuilder target) => options[(step - 1) % options.Count].Write(step, times, target);
    }
}
