using MultiModal.Runtime.Sessions;
using MultiModal.Testing;

namespace MultiModal.Runtime.Tests.Sessions;

[Collection(SessionCollection.Name)]
public sealed class ConcurrencyTests : NoLeakedHandles
{
    [Fact]
    public async Task Concurrent_runs_do_not_mix()
    {
        await using var session = await NetworkSession.CreateAsync(TestModels.Double());
        await Task.WhenAll(Enumerable.Range(0, 8).Select(worker => Task.Run(() =>
        {
            for (var i = 0; i < 50; i++)
            {
                var length = 1 + ((worker + i) % 7);
                var x = Enumerable.Repeat((float)((worker * 100) + i), length).ToArray();
                var y = session.Run(new Dictionary<string, TensorData> { ["x"] = TensorData.Of(x, 1, length) })["y"];
                Assert.Equal(x.Select(value => 2 * value), y.Floats.ToArray());
            }
        })));
    }

    [Fact]
    public async Task Cancelling_stops_a_run_in_flight_and_the_session_runs_on()
    {
        await using var session = await NetworkSession.CreateAsync(TestModels.Turnstile());
        using var cancel = new CancellationTokenSource();
        var before = LiveHandles.Count(NativeHandleKind.RunOptions);
        // Nothing but the token ends this run.
        var run = session.RunAsync(Turnstile(go: true), cancellationToken: cancel.Token);
        await UnderWay(run, NativeHandleKind.RunOptions, before);
        cancel.Cancel();
        var error = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        Assert.Equal(cancel.Token, error.CancellationToken);
        Assert.Equal([7f], session.Run(Turnstile(go: false))["y"].Floats.ToArray());
    }

    [Fact]
    public async Task Cancelling_one_run_leaves_the_others_alone()
    {
        await using var session = await NetworkSession.CreateAsync(TestModels.Turnstile());
        using var cancel = new CancellationTokenSource();
        var inputs = Turnstile(go: true);
        var (bindings, options) = (LiveHandles.Count(NativeHandleKind.Binding), LiveHandles.Count(NativeHandleKind.RunOptions));
        var stays = session.RunAsync(inputs);
        await UnderWay(stays, NativeHandleKind.Binding, bindings);
        var goes = session.RunAsync(Turnstile(go: true), cancellationToken: cancel.Token);
        await UnderWay(goes, NativeHandleKind.RunOptions, options);
        cancel.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => goes);
        Assert.False(stays.IsCompleted);
        inputs["go"].Bytes[0] = 0;
        var result = await stays;
        Assert.Equal([7f], result["y"].Floats.ToArray());
    }

    [Fact]
    public async Task A_cancelled_token_runs_nothing()
    {
        using var session = await NetworkSession.CreateAsync(TestModels.Double());
        Assert.ThrowsAny<OperationCanceledException>(() => session.Run(
            new Dictionary<string, TensorData> { ["x"] = TensorData.Zeros(DType.Float32, 1, 1) }, cancellationToken: new(canceled: true)));
    }

    [Fact]
    public async Task Disposing_during_a_run_lets_it_end_and_refuses_the_next()
    {
        var sessions = LiveHandles.Count(NativeHandleKind.Session);
        var session = await NetworkSession.CreateAsync(TestModels.Turnstile());
        var inputs = Turnstile(go: true);
        var before = LiveHandles.Count(NativeHandleKind.Binding);
        var run = session.RunAsync(inputs);
        await UnderWay(run, NativeHandleKind.Binding, before);
        session.Dispose();
        var gone = session.DisposeAsync().AsTask();
        Assert.Throws<ObjectDisposedException>(() => session.Run(Turnstile(go: false)));
        Assert.False(gone.IsCompleted);
        Assert.Equal(sessions + 1, LiveHandles.Count(NativeHandleKind.Session));
        inputs["go"].Bytes[0] = 0;
        var result = await run;
        Assert.Equal([7f], result["y"].Floats.ToArray());
        await gone;
        Assert.Equal(sessions, LiveHandles.Count(NativeHandleKind.Session));
    }

    [Fact]
    public async Task Many_sessions_share_one_pool_and_go_without_a_trace()
    {
        var before = LiveHandles.Total;
        for (var i = 0; i < 20; i++)
        {
            var sessions = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => NetworkSession.CreateAsync(TestModels.Double())));
            foreach (var session in sessions)
                session.Dispose();
        }

        Assert.Equal(before, LiveHandles.Total);
    }

    static Dictionary<string, TensorData> Turnstile(bool go) => new() { ["go"] = TensorData.Of([go], 1), ["x"] = TensorData.Of([7f], 1) };

    // A run holds a binding; one that can be cancelled has settings of its own besides the session's.
    static async Task UnderWay(Task run, NativeHandleKind kind, int before)
    {
        while (LiveHandles.Count(kind) <= before && !run.IsCompleted)
            await Task.Yield();
        Assert.False(run.IsCompleted);
    }
}
