using MultiModal.Diffusion.Generation;
using MultiModal.Diffusion.Text.Prompts;

namespace MultiModal.Diffusion.Tests.Generation;

public sealed class GenerationTextTests
{
    [Fact]
    public void Texts_of_A1111_are_read()
    {
        var request = GenerationText.Parse(
            "masterpiece, (ink:1.2)\nsecond line\nNegative prompt: blurry,\nlowres\nSteps: 20, Sampler: DPM++ 2M, Schedule type: Karras, CFG scale: 7, Seed: 1234567890123, " +
            "Size: 512x768, Model hash: 6ce0161689, Model: \"a, b: c\", Variation seed: 9, Variation seed strength: 0.1, Denoising strength: 0.55, Clip skip: 2, " +
            "Emphasis: No norm, Hires upscale: 1.5, Hires steps: 12, Hires upscaler: Latent, Lora hashes: \"ink: 1f, wash: 2a\", Version: v1.10.1");
        Assert.Equal("masterpiece, (ink:1.2)\nsecond line", request.Prompt);
        Assert.Equal("blurry,\nlowres", request.NegativePrompt);
        Assert.Equal((20, "DPM++ 2M", "Karras", 7f, 1234567890123L), (request.Steps, request.Scheduler, request.ScheduleType, request.Guidance, request.Seed));
        Assert.Equal((512, 768, 2, Emphasis.NoNorm, NoiseKind.Philox), (request.Width, request.Height, request.ClipSkip, request.Emphasis, request.Noise));
        Assert.Equal((9L, 0.1f), (request.SubSeed, request.SubSeedStrength));
        Assert.Equal(new HighResolution { Scale = 1.5f, Strength = 0.55f, Steps = 12, InLatents = true }, request.HighResolution);
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("only a prompt", "only a prompt")]
    [InlineData("a\nb: c, d: e", "a\nb: c, d: e")]
    [InlineData("p\nSteps: x, Sampler: , Seed: 99999999999999999999", "p")]
    [InlineData("p\nSteps: 0, Size: 1x2x3, CFG scale: NaN, Clip skip: 900", "p")]
    public void What_is_not_understood_has_its_default(string text, string prompt)
    {
        var request = GenerationText.Parse(text);
        Assert.Equal(prompt, request.Prompt);
        Assert.Equal((25, 7.5f, null, null, null), (request.Steps, request.Guidance, request.Seed, request.Width, request.ClipSkip));
    }
}
