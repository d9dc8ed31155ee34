using Microsoft.Extensions.DependencyInjection;
using MultiModal.Audio;
using MultiModal.Capabilities;
using MultiModal.Images;
using MultiModal.Jimeng.Capabilities;
using MultiModal.Jimeng.Tests.Support;

namespace MultiModal.Jimeng.Tests.Capabilities;

/// <summary>The cloud behind the interfaces of all engines, against the simulator.</summary>
public sealed class CloudCapabilityTests
{
    [Fact]
    public async Task What_is_spoken_is_recognised_again()
    {
        await using var cloud = await SimulatedCloud.StartAsync();
        var speech = await cloud.Baidu.AsSpeechSynthesizer().SynthesizeAsync("一池锦鲤", new() { Voice = "3", Speed = 1.5 });
        Assert.Equal(new AudioFormat(16000), speech.Format);
        Assert.Equal("一池锦鲤", (await cloud.Baidu.AsSpeechRecognizer().RecognizeAsync(speech)).Text);
    }

    [Fact]
    public async Task A_recording_of_minutes_is_recognised_in_parts_and_in_order()
    {
        await using var cloud = await SimulatedCloud.StartAsync();
        var synthesizer = cloud.Baidu.AsSpeechSynthesizer();
        var pause = AudioClip.Silence(16000 * 50, new(16000));
        var minutes = AudioClip.Concatenate(await synthesizer.SynthesizeAsync("一。"), pause, await synthesizer.SynthesizeAsync("二。"), pause, await synthesizer.SynthesizeAsync("三。"));
        var heard = await cloud.Baidu.AsSpeechRecognizer().RecognizeAsync(minutes, new() { Language = "zh" });
        Assert.Equal("一。二。三。", heard.Text);
        Assert.Equal(2, cloud.Simulator.Ledger.Requests["/server_api"]);
    }

    [Fact]
    public async Task A_voice_that_is_no_number_is_refused_before_anything_is_sent()
    {
        await using var cloud = await SimulatedCloud.StartAsync();
        var error = await Assert.ThrowsAsync<CloudApiException>(() => cloud.Baidu.AsSpeechSynthesizer().SynthesizeAsync("好", new() { Voice = "Alice" }));
        Assert.Equal(CloudErrorKind.InvalidInput, error.Kind);
        Assert.Empty(cloud.Simulator.Ledger.Requests);
    }

    [Fact]
    public async Task Both_vendors_draw_and_what_they_draw_is_described()
    {
        await using var cloud = await SimulatedCloud.StartAsync();
        IImageGenerator[] generators = [cloud.Baidu.AsImageGenerator(), cloud.Baidu.AsImageGenerator("irag-1.0"), cloud.Jimeng.AsImageGenerator()];
        foreach (var generator in generators)
        {
            var progress = new Sequence.Heard<double>();
            var result = await generator.GenerateAsync(new("雪地里的橘猫") { Width = 1024, Height = 1024, Count = 2 }, progress);
            Assert.Equal(2, result.Images.Count);
            Assert.Equal(1, progress.Values[^1]);
            Assert.StartsWith("一幅图画：雪地里的橘猫", (await cloud.Baidu.AsImageDescriber().DescribeAsync(result.Images[1])).Text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Pictures_are_edited_without_a_mask_only()
    {
        await using var cloud = await SimulatedCloud.StartAsync();
        var editor = cloud.Jimeng.AsImageEditor();
        var picture = new ImageBuffer(512, 512);
        Assert.Single((await editor.EditAsync(picture, new("下雪") { Strength = 0.4, Seed = 3 })).Images);
        await Assert.ThrowsAsync<ArgumentException>(() => editor.EditAsync(picture, new("下雪") { Mask = picture }));
    }

    [Fact]
    public async Task Texts_and_pictures_are_judged()
    {
        await using var cloud = await SimulatedCloud.StartAsync();
        var text = cloud.Baidu.AsTextCensor();
        Assert.True((await text.CensorAsync("一池锦鲤")).IsPass);
        Assert.True((await cloud.Baidu.AsImageCensor().CensorAsync(Noise(200, 300))).IsPass);
    }

    [Theory]
    [InlineData(20, 30)]
    [InlineData(5000, 100)]
    [InlineData(1, 4096)]
    public async Task Pictures_of_any_size_are_judged_at_a_size_the_service_takes(int width, int height)
    {
        await using var cloud = await SimulatedCloud.StartAsync();
        Assert.True((await cloud.Baidu.AsImageCensor().CensorAsync(Noise(width, height))).IsPass);
    }

    [Fact]
    public async Task A_chat_is_answered_whole_and_in_pieces()
    {
        await using var cloud = await SimulatedCloud.StartAsync();
        foreach (var model in (IChatModel[])[cloud.Baidu.Chat.AsChatModel(), cloud.Chat.AsChatModel()])
        {
            var request = new ChatModelRequest(ChatMessage.System("Answer."), ChatMessage.User("你好")) { MaxTokens = 100 };
            var whole = await model.CompleteAsync(request);
            Assert.NotEmpty(whole.Text);
            Assert.True(whole.OutputTokens > 0);
            Assert.Equal(whole.Text, string.Concat(await model.StreamAsync(request).ToListAsync()));
        }
    }

    [Fact]
    public async Task Capabilities_are_registered_by_the_vendors_names_and_the_first_answers_without_one()
    {
        await using var provider = Clients.Provider(services =>
        {
            services.AddJimeng(o => (o.AccessKeyId, o.SecretAccessKey) = (Clients.AccessKey, Clients.SecretAccessKey));
            services.AddBaiduAI(o => (o.ApiKey, o.SecretKey) = (Clients.ApiKey, Clients.SecretKey));
            services.AddBaiduAI("second", o => (o.ApiKey, o.SecretKey) = (Clients.ApiKey, Clients.SecretKey));
        });
        Assert.Same(provider.GetRequiredKeyedService<IImageGenerator>("jimeng"), provider.GetRequiredService<IImageGenerator>());
        Assert.Same(provider.GetRequiredKeyedService<ISpeechRecognizer>("baidu"), provider.GetRequiredService<ISpeechRecognizer>());
        Assert.NotSame(provider.GetRequiredKeyedService<ITextCensor>("second"), provider.GetRequiredService<ITextCensor>());
        foreach (var type in (Type[])[typeof(ISpeechSynthesizer), typeof(IImageGenerator), typeof(IImageDescriber), typeof(IImageCensor), typeof(IChatModel)])
            Assert.NotNull(provider.GetRequiredKeyedService(type, "baidu"));
        Assert.NotNull(provider.GetRequiredService<IImageEditor>());
    }

    static ImageBuffer Noise(int width, int height)
    {
        var image = new ImageBuffer(width, height);
        new Random(1).NextBytes(image.Pixels);
        return image;
    }
}
