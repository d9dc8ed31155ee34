namespace MultiModal.Runtime.Weights.Pickles;

/// <summary>The stack of a pickle, with its marks. What lies below the last mark is out of reach until the mark is taken.</summary>
sealed class PickleStack(PickleBudget budget)
{
    const int SlotCharge = 16;

    readonly List<object?> items = [];
    readonly List<int> marks = [];

    public object? Top => items[^1];

    public bool HasMark => marks.Count > 0;

    int Floor => HasMark ? marks[^1] : 0;

    public bool Has(int count) => items.Count - Floor >= count;

    public void Push(object? value)
    {
        budget.Charge(SlotCharge);
        items.Add(value);
    }

    public object? Pop()
    {
        var value = items[^1];
        items.RemoveAt(items.Count - 1);
        return value;
    }

    public void Mark()
    {
        budget.Charge(SlotCharge);
        marks.Add(items.Count);
    }

    /// <summary>Takes back the last mark when nothing follows it.</summary>
    public bool TakeBackMark()
    {
        if (!HasMark || marks[^1] != items.Count)
            return false;
        marks.RemoveAt(marks.Count - 1);
        return true;
    }

    public List<object?> PopLast(int count) => PopFrom(items.Count - count);

    public List<object?> PopToMark()
    {
        var start = marks[^1];
        marks.RemoveAt(marks.Count - 1);
        return PopFrom(start);
    }

    List<object?> PopFrom(int start)
    {
        budget.Charge(SlotCharge + (8L * (items.Count - start)));
        var popped = items[start..];
        items.RemoveRange(start, items.Count - start);
        return popped;
    }
}
