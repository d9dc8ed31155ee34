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
    public async Task Cancelling_stops_a_run_in_flight()
    {
        await using var session = await NetworkSession.CreateAsync(TestModels.Chain(20_000), new() { Optimization = GraphOptimization.None });
        using var cancel = new CancellationTokenSource();
        var inputs = Squares(160);
        // The run takes minutes if nothing stops it, and the cancel comes from within it.
        var run = session.RunAsync(inputs, cancellationToken: cancel.Token);
        while (LiveHandles.Count(NativeHandleKind.RunOptions) == 0 && !run.IsCompleted)
            await Task.Yield();
        cancel.Cancel();
        var error = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        Assert.Equal(cancel.Token, error.CancellationToken);
    }

    [Fact]
    public async Task A_cancelled_token_runs_nothing()
    {
        using var session = await NetworkSession.CreateAsync(TestModels.Double());
        Assert.ThrowsAny<OperationCanceledException>(() => session.Run(
            new Dictionary<string, TensorData> { ["x"] = TensorData.Zeros(DType.Float32, 1, 1) }, cancellationToken: new(canceled: true)));
    }

    [Fact]
    public async Task A_session_runs_on_after_one_run_was_cancelled()
    {
        await using var session = await NetworkSession.CreateAsync(TestModels.Chain(2_000), new() { Optimization = GraphOptimization.None });
        using var cancel = new CancellationTokenSource();
        var cancelled = session.RunAsync(Squares(160), cancellationToken: cancel.Token);
        while (LiveHandles.Count(NativeHandleKind.RunOptions) == 0 && !cancelled.IsCompleted)
            await Task.Yield();
        cancel.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        var result = await session.RunAsync(Squares(2));
        Assert.Equal([2L, 2], result["y"].Dimensions);
    }

    [Fact]
    public async Task Disposing_during_a_run_lets_it_end_and_refuses_the_next()
    {
        var session = await NetworkSession.CreateAsync(TestModels.Chain(400), new() { Optimization = GraphOptimization.None });
        var run = session.RunAsync(Squares(128));
        while (LiveHandles.Count(NativeHandleKind.RunOptions) == 0 && !run.IsCompleted)
            await Task.Yield();
        session.Dispose();
        Assert.Throws<ObjectDisposedException>(() => session.Run(Squares(2)));
        Assert.Equal([128L, 128], (await run)["y"].Dimensions);
        await session.DisposeAsync();
        Assert.Equal(0, LiveHandles.Count(NativeHandleKind.Session));
    }

    [Fact]
    public async Task Disposing_waits_for_the_runs_when_asked_to()
    {
        var session = await NetworkSession.CreateAsync(TestModels.Chain(200), new() { Optimization = GraphOptimization.None });
        var run = session.RunAsync(Squares(128));
        while (LiveHandles.Count(NativeHandleKind.RunOptions) == 0 && !run.IsCompleted)
            await Task.Yield();
        await session.DisposeAsync();
        Assert.Equal(0, LiveHandles.Total);
        await run;
    }

    [Fact]
    public async Task Many_sessions_share_one_pool_and_go_without_a_trace()
    {
        for (var i = 0; i < 20; i++)
        {
            var sessions = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => NetworkSession.CreateAsync(TestModels.Double())));
            foreach (var session in sessions)
                session.Dispose();
        }

        Assert.Equal(0, LiveHandles.Total);
    }

    static Dictionary<string, TensorData> Squares(int n) =>
        new() { ["x"] = TensorData.Zeros(DType.Float32, n, n), ["w"] = TensorData.Zeros(DType.Float32, n, n) };
}
