using MultiModal.Runtime.Weights;
using MultiModal.Testing;

namespace MultiModal.Runtime.Tests.Weights;

public sealed class LifetimeTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    [Fact]
    public void Reading_after_disposing_is_an_error()
    {
        var tensor = Disposed();
        Assert.Throws<ObjectDisposedException>(() => tensor.ToTensorData());
        Assert.Throws<ObjectDisposedException>(() => tensor.ToFloat32());
        Assert.Throws<ObjectDisposedException>(() => tensor.Map());

        WeightTensor Disposed()
        {
            using var file = SafetensorsFile.Open(Write(1000));
            return file.Get("w");
        }
    }

    [Fact]
    public void Mapped_memory_outlives_the_file()
    {
        var file = SafetensorsFile.Open(Write(1000));
        using var memory = file.Get("w").Map();
        file.Dispose();
        Assert.True(memory.IsMapped);
        Assert.Equal(999f, ReadLast(memory, 999));
        memory.Dispose();
        Assert.Throws<ObjectDisposedException>(() => memory.Address);
    }

    [Fact]
    public async Task Disposing_during_reads_is_safe()
    {
        var path = Write(200_000);
        for (var round = 0; round < 20; round++)
        {
            var file = SafetensorsFile.Open(path);
            var tensor = file.Get("w");
            using var started = new CountdownEvent(3);
            var readers = Enumerable.Range(0, 3).Select(_ => Task.Run(() =>
            {
                started.Signal();
                var destination = new float[200_000];
                for (var i = 0; i < 1000; i++)
                {
                    try
                    {
                        tensor.ReadFloat32(destination);
                        using var memory = tensor.Map();
                        Assert.Equal(destination[^1], ReadLast(memory, 199_999));
                    }
                    catch (ObjectDisposedException)
                    {
                        return;
                    }
                }
            })).ToArray();
            started.Wait();
            file.Dispose();
            await Task.WhenAll(readers);
        }
    }

    public void Dispose() => folder.Dispose();

    static float ReadLast(WeightMemory memory, int index) =>
        BitConverter.Int32BitsToSingle(System.Runtime.InteropServices.Marshal.ReadInt32(memory.Address, index * sizeof(float)));

    string Write(int count)
    {
        var path = folder.File("model.safetensors");
        SafetensorsWriter.Write(path, [KeyValuePair.Create("w", TensorData.Of([.. Enumerable.Range(0, count).Select(i => (float)i)], count))]);
        return path;
    }
}
