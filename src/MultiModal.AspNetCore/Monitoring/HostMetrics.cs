using System.Diagnostics.Metrics;
using MultiModal.AspNetCore.Limits;

namespace MultiModal.AspNetCore.Monitoring;

/// <summary>The host's metrics, of the meter "MultiModal.AspNetCore".</summary>
internal sealed class HostMetrics
{
    readonly Counter<long> refusals;
    readonly Histogram<double> waits;

    public HostMetrics(IMeterFactory meters, EngineQueues queues)
    {
        var meter = meters.Create("MultiModal.AspNetCore");
        refusals = meter.CreateCounter<long>("multimodal.host.refusals", "{request}", "Requests that were not served, by the word their answer gives.");
        waits = meter.CreateHistogram<double>("multimodal.host.queue.wait", "s", "How long work waited for its turn.");
        meter.CreateObservableGauge("multimodal.host.queue.running", () => Measure(queues, static queue => queue.Running), "{request}", "Work being done.");
        meter.CreateObservableGauge("multimodal.host.queue.waiting", () => Measure(queues, static queue => queue.Waiting), "{request}", "Work that waits.");
    }

    public void Refused(string code) => refusals.Add(1, new KeyValuePair<string, object?>("code", code));

    public void Waited(string queue, TimeSpan time) => waits.Record(time.TotalSeconds, new KeyValuePair<string, object?>("queue", queue));

    static IEnumerable<Measurement<int>> Measure(EngineQueues queues, Func<EngineQueue, int> value) =>
        queues.All.Select(queue => new Measurement<int>(value(queue), new KeyValuePair<string, object?>("queue", queue.Name)));
}
