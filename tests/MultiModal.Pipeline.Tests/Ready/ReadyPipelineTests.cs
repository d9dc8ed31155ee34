using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using MultiModal.Audio;
using MultiModal.Capabilities;
using MultiModal.Pipeline.Composition;
using MultiModal.Pipeline.Prompts;
using MultiModal.Pipeline.Ready;
using MultiModal.Pipeline.Steps;
using MultiModal.Pipeline.Tests.Composition;

namespace MultiModal.Pipeline.Tests.Ready;

public sealed class ReadyPipelineTests
{
    static readonly AudioClip Sound = new(new float[1600], 16000);

    readonly Engines engines = new();

    [Fact]
    public async Task Speech_becomes_text_a_checked_prompt_a_checked_picture_and_its_caption()
    {
        await using var provider = Provider(static services => services.AddSpeechToPicture(new() { Template = PromptStyles.Watercolour }));
        var made = await provider.GetRequiredService<Pipeline<AudioClip, SpeechPicture>>().RunAsync(Sound);
        Assert.Same(Sound, made.Speech);
        Assert.Equal(("a red cat", "a red cat, watercolour on paper, soft edges, light washes"), (made.Text, made.Prompt));
        Assert.Equal($"Seen: {made.Prompt}", made.Caption);
        Assert.Equal(["recognize", "check text", "prompt", "draw", "check picture", "describe"], provider.GetRequiredService<IPipeline>().Steps);
    }

    [Theory]
    [InlineData("a bad cat", "a cat", "check text")]
    [InlineData("a cat", "a bad cat", "check picture")]
    public async Task What_a_censor_does_not_pass_goes_no_further(string heard, string drawn, string step)
    {
        (engines.Heard, engines.Draws) = (heard, _ => drawn);
        await using var provider = Provider(static services => services.AddSpeechToPicture());
        var result = await provider.GetRequiredService<Pipeline<AudioClip, SpeechPicture>>().RunManyAsync([Sound]).SingleAsync();
        var error = Assert.IsType<ContentRejectedException>(result.Error);
        Assert.Equal((step, ContentVerdict.Block), (result.FailedStep, error.Judgement.Verdict));
        Assert.Contains("violence", error.Message, StringComparison.Ordinal);
        Assert.Equal(step == "check picture", engines.Calls.Contains("draw: a bad cat"));
    }

    [Fact]
    public async Task Another_engine_draws_where_the_first_one_fails()
    {
        var broken = new Engines { Draws = static _ => throw new FormatException() };
        await using var provider = Provider(services => services.AddKeyedSingleton<IImageGenerator>("cloud", broken).AddKeyedSingleton<IImageGenerator>("local", engines)
            .AddSpeechToPicture(new() { Generator = "cloud", FallbackGenerator = "local" }));
        var heard = new Items.Heard();
        var made = await provider.GetRequiredService<Pipeline<AudioClip, SpeechPicture>>().RunAsync(Sound, heard);
        Assert.Equal("Seen: a red cat", made.Caption);
        Assert.Equal(["draw by cloud"], heard.Told(StepEventKind.Failed));
        Assert.Equal(["draw"], heard.Told(StepEventKind.FellBack));
    }

    [Fact]
    public async Task A_story_is_spoken_in_the_chosen_voice_and_drawn_until_the_caption_says_it()
    {
        // The first two pictures miss the text; the third has most of it.
        engines.Draws = static request => request.Seed switch { 5 => "a dog", 6 => "a red house", _ => "a red cat in the snow" };
        await using var provider = Provider(static services => services.AddStoryTeller(new() { Picture = new("") { Seed = 5 }, MaxAttempts = 5, MinMatch = 0.6 }));
        var story = await provider.GetRequiredService<Pipeline<string, Story>>().RunAsync("A red cat");
        Assert.Equal(("A red cat", 9), (story.Text, story.Speech.FrameCount));
        Assert.All(story.Speech.Channel(0).ToArray(), static x => Assert.Equal(1, x));
        Assert.Equal(("Seen: a red cat in the snow", 3, 1), (story.Illustration.Caption, story.Illustration.Attempts, story.Illustration.Match));
    }

    [Fact]
    public async Task The_picture_that_fits_best_is_kept_and_one_that_was_not_passed_never()
    {
        engines.Draws = static request => request.Seed switch { 1 => "a red car", 2 => "a bad red cat", _ => "a dog" };
        await using var provider = Provider(static services => services.AddStoryTeller(new() { ConvertVoice = false, MaxAttempts = 3, MinMatch = 1 }));
        var pipeline = provider.GetRequiredService<Pipeline<string, Story>>();
        var story = await pipeline.RunAsync("a red cat");
        Assert.Equal(("Seen: a red car", 3), (story.Illustration.Caption, story.Illustration.Attempts));
        engines.Draws = static _ => "a bad dog";
        await Assert.ThrowsAsync<ContentRejectedException>(() => pipeline.RunAsync("a red cat"));
    }

    [Fact]
    public async Task A_voice_is_swapped_while_it_speaks()
    {
        await using var provider = Provider(static services => services.AddVoiceSwap());
        var pipeline = provider.GetRequiredService<Pipeline<IAsyncEnumerable<AudioClip>, IAsyncEnumerable<AudioClip>>>();
        var pieces = await pipeline.RunStreamAsync(Items.Async(Enumerable.Range(1, 20).Select(static i => new AudioClip(new float[i], 16000)))).ToListAsync();
        Assert.Equal(Enumerable.Range(1, 20), pieces.Select(static piece => piece.FrameCount));
        Assert.All(pieces, static piece => Assert.All(piece.Channel(0).ToArray(), static x => Assert.Equal(1, x)));
    }

    [Fact]
    public async Task Chat_edit_and_the_rest_compose_too()
    {
        await using var provider = Provider(static _ => { });
        var pipeline = PipelineBuilder.Create<string>("rest").Chat("Shorten.").Draw().Edit(new("in the snow")).Describe().Build(provider);
        Assert.Equal("Seen: System:Shorten.|User:a cat in the snow", await pipeline.RunAsync("a cat"));
    }

    [Fact]
    public void An_engine_that_nobody_registered_is_missed_when_the_application_starts()
    {
        using var provider = new ServiceCollection().AddSpeechToPicture(new() { Generator = "sd" }).BuildServiceProvider();
        var error = Assert.Throws<OptionsValidationException>(provider.GetRequiredService<IStartupValidator>().Validate);
        foreach (var missing in (string[])["ISpeechRecognizer;", "ITextCensor;", "IImageGenerator with the key 'sd'", "IImageCensor;", "IImageDescriber;"])
            Assert.Contains(missing, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("一只橘猫", "一幅图画：一只橘猫。", 1)]
    [InlineData("A red cat!", "seen: A Red  Cat", 1)]
    [InlineData("abcd", "abxcd", 2.0 / 3)]
    [InlineData("猫", "一只猫", 1)]
    [InlineData("猫", "一只狗", 0)]
    [InlineData("...", "anything", 1)]
    [InlineData("cat", "", 0)]
    public void Captions_are_compared_in_any_language(string text, string caption, double score) => Assert.Equal(score, CaptionMatch.Score(text, caption), 12);

    ServiceProvider Provider(Action<IServiceCollection> configure)
    {
        var services = new ServiceCollection();
        foreach (var type in typeof(Engines).GetInterfaces().Where(static type => type.Namespace == "MultiModal.Capabilities")) services.AddSingleton(type, engines);
        configure(services);
        return services.BuildServiceProvider();
    }
}
