namespace MultiModal.Benchmarks;

/// <summary>Progress told on the spot: times must not wait for a thread of the pool.</summary>
sealed class TellingProgress<T>(Action<T> tell) : IProgress<T>
{
    public void Report(T value) => tell(value);
}
