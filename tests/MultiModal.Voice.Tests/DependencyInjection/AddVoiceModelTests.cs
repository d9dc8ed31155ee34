using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using MultiModal.Capabilities;
using MultiModal.Testing;
using MultiModal.Voice.Conversion;
using MultiModal.Voice.DependencyInjection;
using MultiModal.Voice.Streaming;
using MultiModal.Voice.Tests.Conversion;

namespace MultiModal.Voice.Tests.DependencyInjection;

public sealed class AddVoiceModelTests
{
    [Fact]
    public async Task Models_are_found_by_name_and_loaded_at_their_first_use()
    {
        var services = new ServiceCollection().AddVoiceModel("first", o => Configure(o, "tiny-svc-4.1")).AddVoiceModel("second", o => Configure(o, "tiny-svc-4.1-snake"));
        await using var provider = services.BuildServiceProvider();
        var host = provider.GetRequiredKeyedService<VoiceModelHost>("second");
        Assert.False(host.IsLoaded);
        var output = await provider.GetRequiredKeyedService<IVoiceConverter>("second").ConvertAsync(TinyVoice.Sound(0.4), new() { Voice = "bob" });
        Assert.Equal(17640, output.FrameCount);
        Assert.True(host.IsLoaded);
        Assert.Equal(["alice", "bob", "carol"], host.Voices);
        Assert.Same(provider.GetRequiredKeyedService<IVoiceConverter>("first"), provider.GetRequiredService<IVoiceConverter>());
    }

    [Fact]
    public async Task A_model_is_unloaded_when_nobody_uses_it_and_loaded_again_for_the_next()
    {
        var options = new VoiceModelOptions();
        Configure(options, "tiny-svc-4.1");
        await using var host = new VoiceModelHost(options);
        using (var stream = await host.OpenStreamAsync(new() { SampleRate = 44100, BlockLength = 4410 }))
        {
            await host.UnloadAsync();
            Assert.True(host.IsLoaded);
            stream.Process(new float[4410], new float[4410]);
        }

        await host.UnloadAsync();
        Assert.False(host.IsLoaded);
        using var lease = await host.RentAsync();
        Assert.True(host.IsLoaded);
    }

    [Fact]
    public void Options_are_checked_before_the_model_is_needed()
    {
        using var provider = new ServiceCollection().AddVoiceModel("voice", o => o.ModelPath = "nowhere/G_0.pth").BuildServiceProvider();
        var validator = provider.GetRequiredService<IStartupValidator>();
        var error = Assert.Throws<OptionsValidationException>(validator.Validate);
        Assert.Contains("names no file", error.Message, StringComparison.Ordinal);
    }

    static void Configure(VoiceModelOptions options, string model)
    {
        options.ModelPath = RepositoryFolder.PathOf($"tests/Fixtures/voice/models/{model}/G_800.pth");
        options.EncoderPath = RepositoryFolder.PathOf("tests/Fixtures/voice/models/tiny-contentvec/checkpoint_tiny_legacy.pt");
        options.EncoderName = "vec768l12";
    }
}
