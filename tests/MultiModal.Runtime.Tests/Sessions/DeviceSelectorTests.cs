using Microsoft.ML.OnnxRuntime;
using MultiModal.Runtime.Sessions;
using MultiModal.Testing;

namespace MultiModal.Runtime.Tests.Sessions;

[Collection(SessionCollection.Name)]
public sealed class DeviceSelectorTests : NoLeakedHandles
{
    public DeviceSelectorTests() => OnnxRuntimeInfo.Load();

    [Fact]
    public void A_device_asked_for_is_taken_when_it_is_there()
    {
        var (selection, _) = Select(new() { Device = Device.Cuda }, ["CUDAExecutionProvider", "CPUExecutionProvider"]);
        Assert.Equal(Device.Cuda, selection.Device);
        Assert.Equal([new DeviceAttempt(Device.Cuda, null)], selection.Attempts);
    }

    [Fact]
    public void Auto_ends_at_the_processor_and_says_what_was_missing()
    {
        var (selection, _) = Select(new(), ["CPUExecutionProvider"]);
        Assert.Equal(Device.Cpu, selection.Device);
        Assert.Equal(DeviceSelector.Order(Device.Auto, false), selection.Attempts.Select(attempt => attempt.Device));
        Assert.All(selection.Attempts.SkipLast(1), attempt => Assert.NotNull(attempt.Problem));
        Assert.Null(selection.Attempts[^1].Problem);
    }

    [Theory]
    [InlineData(Device.Cuda, "Microsoft.ML.OnnxRuntime.Gpu")]
    [InlineData(Device.TensorRT, "Microsoft.ML.OnnxRuntime.Gpu")]
    [InlineData(Device.DirectML, "Microsoft.ML.OnnxRuntime.DirectML")]
    [InlineData(Device.OpenVINO, "OpenVino")]
    [InlineData(Device.CoreML, "macOS")]
    public void A_missing_provider_is_an_error_that_names_the_package(Device device, string remedy)
    {
        var error = Assert.Throws<DeviceUnavailableException>(() => Select(new() { Device = device }, ["CPUExecutionProvider"]));
        Assert.Contains(remedy, error.Message, StringComparison.Ordinal);
        Assert.Equal(device, Assert.Single(error.Attempts).Device);
    }

    [Fact]
    public void A_provider_that_does_not_start_is_passed_over_only_when_allowed()
    {
        string[] available = ["CUDAExecutionProvider", "CPUExecutionProvider"];
        var error = Assert.Throws<DeviceUnavailableException>(() => Select(new() { Device = Device.Cuda }, available, failing: Device.Cuda));
        Assert.Contains("libcudnn", error.Message, StringComparison.Ordinal);
        var (selection, made) = Select(new() { Device = Device.Cuda, FallBackToCpu = true }, available, failing: Device.Cuda);
        Assert.Equal(Device.Cpu, selection.Device);
        Assert.Contains("libcudnn", selection.Attempts[0].Problem, StringComparison.Ordinal);
        Assert.Equal(2, made);
    }

    [Fact]
    public void A_device_that_refused_the_model_is_not_asked_again()
    {
        var providers = new FakeProviders(["CUDAExecutionProvider", "CPUExecutionProvider"], null);
        var refused = new DeviceAttempt(Device.Cuda, "it did not take the model");
        var (session, selection) = new DeviceSelector(providers).Select(() => new(), new() { Device = Device.Cuda, FallBackToCpu = true }, [refused]);
        session.Dispose();
        Assert.Equal([refused, new DeviceAttempt(Device.Cpu, null)], selection.Attempts);
        Assert.Equal([Device.Cpu], providers.Appended);
    }

    [Fact]
    public async Task A_session_for_a_device_that_is_not_there_fails_or_falls_back()
    {
        await Assert.ThrowsAsync<DeviceUnavailableException>(() => NetworkSession.CreateAsync(TestModels.Double(), new() { Device = Device.DirectML }));
        using var session = await NetworkSession.CreateAsync(TestModels.Double(), new() { Device = Device.DirectML, FallBackToCpu = true });
        Assert.Equal(Device.Cpu, session.Device.Device);
        Assert.Contains("DmlExecutionProvider", session.Describe(), StringComparison.Ordinal);
    }

    static (DeviceSelection Selection, int Made) Select(RuntimeOptions options, string[] available, Device? failing = null)
    {
        var made = 0;
        var (session, selection) = new DeviceSelector(new FakeProviders(available, failing)).Select(
            () =>
            {
                made++;
                return new();
            },
            options);
        session.Dispose();
        return (selection, made);
    }

    sealed class FakeProviders(string[] available, Device? failing) : IExecutionProviders
    {
        public List<Device> Appended { get; } = [];

        public IReadOnlyList<string> Available => available;

        public void Append(SessionOptions session, Device device, RuntimeOptions options)
        {
            if (device == failing)
                throw new EntryPointNotFoundException("libcudnn.so.9 is not there");
            Appended.Add(device);
        }
    }
}
