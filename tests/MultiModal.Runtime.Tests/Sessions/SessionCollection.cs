namespace MultiModal.Runtime.Tests.Sessions;

/// <summary>Tests that count native objects run one after the other, and beside nothing else.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class SessionCollection
{
    public const string Name = "native handles";
}
