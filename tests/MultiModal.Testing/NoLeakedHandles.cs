using MultiModal.Runtime.Sessions;
using Xunit;

namespace MultiModal.Testing;

/// <summary>Base of tests that must leave no native object behind. Tests that share the process's counters share a collection.</summary>
public abstract class NoLeakedHandles : IDisposable
{
    readonly int before = LiveHandles.Total;

    /// <summary>Fails the test when it left more native objects alive than it found.</summary>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees what a derived class holds, then looks at the counters.</summary>
    /// <param name="disposing">Whether this is a call of Dispose.</param>
    protected virtual void Dispose(bool disposing) =>
        Assert.True(LiveHandles.Total == before, $"{LiveHandles.Total - before} native objects were not disposed ({LiveHandles.Describe()}).");
}
