using MultiModal.Capabilities;
using MultiModal.Runtime.Hosting;
using MultiModal.Testing.Time;

namespace MultiModal.Runtime.Tests.Hosting;

public sealed class SharedModelTests
{
    int loaded;

    [Fact]
    public async Task A_model_is_loaded_once_however_many_ask()
    {
        var go = new TaskCompletionSource();
        await using var shared = new SharedModel<Model>("m", async _ =>
        {
            await go.Task;
            loaded++;
            return new();
        });
        Assert.Equal(ModelState.NotLoaded, shared.State);
        var leases = Enumerable.Range(0, 8).Select(_ => shared.RentAsync()).ToArray();
        Assert.Equal(ModelState.Loading, shared.State);
        go.SetResult();
        Assert.Single((await Task.WhenAll(leases)).Select(static lease => lease.Model).Distinct());
        Assert.Equal((1, ModelState.Loaded), (loaded, shared.State));
    }

    [Fact]
    public async Task It_is_unloaded_when_nobody_has_used_it_for_so_long()
    {
        var time = new ManualTimeProvider();
        await using var shared = new SharedModel<Model>("m", _ => Task.FromResult(new Model()), TimeSpan.FromMinutes(5), time);
        Model model;
        using (var lease = await shared.RentAsync())
        {
            model = lease.Model;
            time.Advance(TimeSpan.FromHours(1));
            Assert.Equal(ModelState.Loaded, shared.State);
        }

        time.Advance(TimeSpan.FromMinutes(4));
        (await shared.RentAsync()).Dispose();
        time.Advance(TimeSpan.FromMinutes(4));
        Assert.False(model.IsDisposed);
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal((ModelState.Idle, true), (shared.State, model.IsDisposed));
        using var again = await shared.RentAsync();
        Assert.NotSame(model, again.Model);
    }

    [Fact]
    public async Task A_loading_that_fails_is_told_and_tried_again()
    {
        await using var shared = new SharedModel<Model>("m", _ => ++loaded == 1 ? throw new InvalidFileException("file", "is damaged") : Task.FromResult(new Model()));
        var error = await Assert.ThrowsAsync<InvalidFileException>(() => shared.LoadAsync());
        Assert.Equal((ModelState.Failed, error), (shared.State, shared.Error));
        await shared.LoadAsync();
        Assert.Equal((ModelState.Loaded, null), (shared.State, shared.Error));
    }

    [Fact]
    public async Task A_loading_that_is_cancelled_is_no_failure()
    {
        using var stop = new CancellationTokenSource();
        await using var shared = new SharedModel<Model>("m", async token =>
        {
            await Task.Delay(Timeout.Infinite, token);
            return new();
        });
        var load = shared.LoadAsync(stop.Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => load);
        Assert.Equal((ModelState.NotLoaded, null), (shared.State, shared.Error));
    }

    [Fact]
    public async Task After_the_end_nobody_rents()
    {
        var shared = new SharedModel<Model>("m", _ => Task.FromResult(new Model()), TimeSpan.FromMinutes(5));
        var lease = await shared.RentAsync();
        await shared.DisposeAsync();
        lease.Dispose();
        lease.Dispose();
        Assert.True(lease.Model.IsDisposed);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => shared.RentAsync());
    }

    sealed class Model : IAsyncDisposable
    {
        public bool IsDisposed { get; private set; }

        public ValueTask DisposeAsync()
        {
            IsDisposed = true;
            return ValueTask.CompletedTask;
        }
    }
}
