using MultiModal.Runtime.Sessions;
using MultiModal.Testing;

namespace MultiModal.Runtime.Tests.Sessions;

[Collection(SessionCollection.Name)]
public sealed class BindingTests : NoLeakedHandles
{
    [Fact]
    public async Task A_binding_reads_and_writes_the_same_tensors_each_run()
    {
        using var session = await NetworkSession.CreateAsync(TestModels.Double());
        using var binding = session.CreateBinding();
        var x = TensorData.Of([1f, 2], 1, 2);
        binding.SetInput("x", x);
        binding.Run();
        var y = binding.Output("y");
        Assert.Equal([2f, 4], y.Floats.ToArray());
        x.Floats[0] = 10;
        await binding.RunAsync();
        Assert.Same(y, binding.Output("y"));
        Assert.Equal([20f, 4], y.Floats.ToArray());
    }

    [Fact]
    public async Task A_run_with_the_same_tensors_allocates_next_to_nothing()
    {
        using var session = await NetworkSession.CreateAsync(TestModels.Double());
        using var binding = session.CreateBinding();
        binding.SetInput("x", TensorData.Zeros(DType.Float32, 64, 64));
        for (var i = 0; i < 10; i++)
            binding.Run();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
            binding.Run();
        // The settings of each run are an object; tensors, names and handles are not made anew.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100 * 256);
    }

    [Fact]
    public async Task Shapes_may_change_between_runs()
    {
        using var session = await NetworkSession.CreateAsync(TestModels.Double());
        using var binding = session.CreateBinding();
        for (var n = 1; n < 5; n++)
        {
            binding.SetInput("x", TensorData.Of([.. Enumerable.Repeat(1f, n)], 1, n));
            binding.Run();
            Assert.Equal([1L, n], binding.Output("y").Dimensions);
        }

        var mine = TensorData.Zeros(DType.Float32, 1, 4);
        binding.SetOutput("y", mine);
        binding.Run();
        Assert.Same(mine, binding.Output("y"));
        Assert.Equal([2f, 2, 2, 2], mine.Floats.ToArray());
        binding.SetOutput("y", TensorData.Zeros(DType.Float32, 1, 5));
        Assert.Throws<ModelInputException>(() => binding.Run());
    }

    [Fact]
    public async Task An_output_of_unknown_length_is_copied_each_run()
    {
        using var session = await NetworkSession.CreateAsync(TestModels.NonZero());
        using var binding = session.CreateBinding();
        var x = TensorData.Of([0f, 1, 1], 3);
        binding.SetInput("x", x);
        binding.Run();
        Assert.Equal([1L, 2], binding.Output("y").Longs.ToArray());
        x.Floats[0] = 1;
        binding.Run();
        Assert.Equal([0L, 1, 2], binding.Output("y").Longs.ToArray());
    }

    [Fact]
    public async Task A_binding_outlives_its_session_but_does_not_run()
    {
        var session = await NetworkSession.CreateAsync(TestModels.Double());
        var binding = session.CreateBinding();
        binding.SetInput("x", TensorData.Zeros(DType.Float32, 1, 1));
        binding.Run();
        session.Dispose();
        Assert.Throws<ObjectDisposedException>(() => binding.Run());
        Assert.Equal([0f], binding.Output("y").Floats.ToArray());
        binding.Dispose();
        Assert.Throws<ObjectDisposedException>(() => binding.Run());
        Assert.Equal(0, LiveHandles.Total);
    }

    [Fact]
    public async Task Bindings_of_one_session_run_side_by_side()
    {
        using var session = await NetworkSession.CreateAsync(TestModels.Double());
        await Task.WhenAll(Enumerable.Range(1, 6).Select(worker => Task.Run(() =>
        {
            using var binding = session.CreateBinding();
            var x = TensorData.Of([.. Enumerable.Repeat((float)worker, worker)], worker, 1);
            binding.SetInput("x", x);
            for (var i = 0; i < 50; i++)
            {
                binding.Run();
                Assert.All(binding.Output("y").Floats.ToArray(), value => Assert.Equal(2 * worker, value));
            }
        })));
    }
}
