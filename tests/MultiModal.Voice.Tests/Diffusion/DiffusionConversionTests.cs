using MultiModal.Testing;
using MultiModal.Voice.Conversion;
using MultiModal.Voice.Diffusion;
using MultiModal.Voice.Tests.Conversion;

namespace MultiModal.Voice.Tests.Diffusion;

public sealed class DiffusionConversionTests : IDisposable
{
    static readonly ConversionOptions Plain = new() { Pitch = PitchMethod.Praat };
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_synthesizers_sound_is_refined()
    {
        await using var voice = await LoadAsync();
        var input = TinyVoice.Sound(0.7);
        var plain = await voice.ConvertAsync(input, Plain);
        var options = Plain with { Diffusion = new() { Steps = 60 } };
        var refined = await voice.ConvertAsync(input, options);
        Assert.Equal(input.FrameCount, refined.FrameCount);
        Assert.True(refined.IsFinite());
        Assert.NotEqual(plain.Channel(0).ToArray(), refined.Channel(0).ToArray());
        Assert.Equal(refined.Channel(0).ToArray(), (await voice.ConvertAsync(input, options)).Channel(0).ToArray());
        var again = await voice.ConvertAsync(input, options with { Diffusion = options.Diffusion with { SecondEncoding = true } });
        Assert.NotEqual(refined.Channel(0).ToArray(), again.Channel(0).ToArray());
        foreach (var sampler in Enum.GetValues<MelSampler>())
        {
            var other = await voice.ConvertAsync(input, options with { Diffusion = new() { Steps = 20, Sampler = sampler, Speedup = 5 } });
            Assert.True(other.IsFinite(), sampler.ToString());
        }
    }

    [Fact]
    public async Task Mixes_of_speakers_reach_the_diffusion_model()
    {
        await using var voice = await LoadAsync();
        var input = TinyVoice.Sound(0.5);
        var options = Plain with { Diffusion = new() { Steps = 20 } };
        var alice = await voice.ConvertAsync(input, options with { Speaker = "alice" });
        var mixed = await voice.ConvertAsync(input, options with { Mix = SpeakerMix.Constant(new Dictionary<string, float> { ["alice"] = 1 }) });
        var moving = await voice.ConvertAsync(input, options with
        {
            Mix = SpeakerMix.Curves(new Dictionary<string, IReadOnlyList<SpeakerRamp>> { ["alice"] = [new(0, 1, 1, 0)], ["bob"] = [new(0, 1, 0, 1)] }),
        });
        Assert.Equal(alice.Channel(0).ToArray(), mixed.Channel(0).ToArray());
        Assert.NotEqual(alice.Channel(0).ToArray(), moving.Channel(0).ToArray());
    }

    [Fact]
    public async Task A_diffusion_model_converts_alone()
    {
        TinyDiffusion.WriteVocoder(folder.File("pretrain"));
        var path = TinyDiffusion.WriteModel(folder.Path);
        await using var voice = await VoiceModel.LoadAsync(path, Options());
        Assert.Null(voice.Synthesizer);
        Assert.NotNull(voice.Diffusion);
        Assert.Equal(["alice", "bob", "carol"], voice.Speakers.Keys);
        var input = TinyVoice.Sound(0.6, 22050);
        var output = await voice.ConvertAsync(input, Plain with { Speaker = "carol", Diffusion = new() { Speedup = 100 } });
        Assert.Equal(2 * input.FrameCount, output.FrameCount);
        Assert.Contains(output.Channel(0).ToArray(), v => v != 0);
        await Assert.ThrowsAsync<VoiceConversionException>(() => voice.OpenStreamAsync());
        await Assert.ThrowsAsync<VoiceConversionException>(() => voice.ConvertAsync(input, Plain with { PredictPitch = true }));
    }

    [Fact]
    public async Task The_enhancer_makes_the_sound_anew()
    {
        TinyDiffusion.WriteVocoder(folder.Path);
        await using var voice = await TinyVoice.LoadAsync(configure: o => o.PretrainedFolders.Add(folder.Path));
        var input = TinyVoice.Sound(0.6);
        var plain = await voice.ConvertAsync(input, Plain);
        var enhanced = await voice.ConvertAsync(input, Plain with { Enhance = true });
        var lowered = await voice.ConvertAsync(input, Plain with { Enhance = true, EnhancerKey = 4 });
        foreach (var sound in new[] { enhanced, lowered })
        {
            Assert.Equal(input.FrameCount, sound.FrameCount);
            Assert.True(sound.IsFinite());
            Assert.NotEqual(plain.Channel(0).ToArray(), sound.Channel(0).ToArray());
        }

        Assert.NotEqual(enhanced.Channel(0).ToArray(), lowered.Channel(0).ToArray());
        await Assert.ThrowsAsync<ArgumentException>(() => voice.ConvertAsync(input, Plain with { Enhance = true, Diffusion = new() }));
        await Assert.ThrowsAsync<VoiceConversionException>(() => voice.ConvertAsync(input, Plain with { Diffusion = new() }));
    }

    [Fact]
    public async Task A_missing_vocoder_is_named_with_its_source_and_its_place()
    {
        await using var voice = await TinyVoice.LoadAsync(configure: o => o.PretrainedFolders.Add(folder.Path));
        var error = await Assert.ThrowsAsync<InvalidFileException>(() => voice.ConvertAsync(TinyVoice.Sound(0.3), Plain with { Enhance = true }));
        Assert.Contains("nsf_hifigan/model", error.Message, StringComparison.Ordinal);
        Assert.Contains("openvpi", error.Message, StringComparison.Ordinal);
        Assert.Contains(folder.Path, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task More_steps_than_a_model_knows_are_refused()
    {
        await using var voice = await LoadAsync(kStepMax: 50);
        var error = await Assert.ThrowsAsync<VoiceConversionException>(() => voice.ConvertAsync(TinyVoice.Sound(0.3), Plain with { Diffusion = new() { Steps = 100 } }));
        Assert.Contains("50", error.Message, StringComparison.Ordinal);
    }

    async Task<VoiceModel> LoadAsync(int kStepMax = 0)
    {
        TinyDiffusion.WriteVocoder(folder.Path);
        var path = TinyDiffusion.WriteModel(folder.File("diffusion"), kStepMax);
        return await TinyVoice.LoadAsync(configure: o =>
        {
            o.DiffusionPath = path;
            o.PretrainedFolders.Add(folder.Path);
        });
    }

    static VoiceModelOptions Options() => new()
    {
        EncoderPath = RepositoryFolder.PathOf("tests/Fixtures/voice/models/tiny-contentvec/checkpoint_tiny_legacy.pt"), EncoderName = "vec768l12",
    };
}
