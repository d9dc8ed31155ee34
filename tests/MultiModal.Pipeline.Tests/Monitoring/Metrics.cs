namespace MultiModal.Pipeline.Tests.Monitoring;

/// <summary>Tests that listen to the metrics of the whole process, one after the other.</summary>
[CollectionDefinition(nameof(Metrics), DisableParallelization = true)]
public sealed class Metrics;
