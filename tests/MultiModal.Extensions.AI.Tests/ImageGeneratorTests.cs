using Microsoft.Extensions.AI;
using MultiModal.Jimeng.Baidu;
using MultiModal.Jimeng.Volcengine;

namespace MultiModal.Extensions.AI.Tests;

public sealed class ImageGeneratorTests
{
    [Fact]
    public async Task Jimeng_draws_edits_and_gives_addresses()
    {
        await using var cloud = await SimulatedClients.StartAsync();
        using var painter = cloud.Jimeng.AsIImageGenerator();
        var drawn = await painter.GenerateAsync(new("一池锦鲤"), new() { Count = 2, ImageSize = new(1024, 1024) });
        Assert.Equal(2, drawn.Contents.OfType<DataContent>().Count(static content => content.MediaType == "image/png"));
        var picture = (DataContent)drawn.Contents[0];
        var edited = await painter.EditImageAsync(picture, "加一片荷叶", new() { ImageSize = new(512, 512) });
        Assert.IsType<DataContent>(Assert.Single(edited.Contents));
        var byAddress = await painter.GenerateAsync(new("合成", [new UriContent("https://example.com/a.png", "image/png"), new UriContent("https://example.com/b.png", "image/png")]), new() { ResponseFormat = ImageGenerationResponseFormat.Uri });
        Assert.IsType<UriContent>(Assert.Single(byAddress.Contents));
        var own = await painter.GenerateAsync(new("不用"), new() { RawRepresentationFactory = static _ => new Jimeng21ImageRequest("山") });
        Assert.Equal("", Assert.IsType<JimengResult>(own.RawRepresentation).State.TaskId);
        Assert.Same(cloud.Jimeng, painter.GetService<IJimengClient>());
        Assert.Equal("volcengine", painter.GetService<ImageGeneratorMetadata>()!.ProviderName);
    }

    [Fact]
    public async Task Baidu_draws_and_reports_withheld_pictures()
    {
        await using var cloud = await SimulatedClients.StartAsync();
        using var painter = cloud.Baidu.AsIImageGenerator();
        var drawn = await painter.GenerateAsync(new("blocked 睡莲"), new() { Count = 2 });
        Assert.Equal("block", Assert.Single(drawn.Contents.OfType<ErrorContent>()).ErrorCode);
        Assert.Single(drawn.Contents.OfType<DataContent>());
        var qianfan = await painter.GenerateAsync(new("山水"), new() { ModelId = "qwen-image", ImageSize = new(1024, 1024) });
        Assert.Single(qianfan.Contents.OfType<DataContent>());
        Assert.Same(cloud.Baidu, painter.GetService<IBaiduAIClient>());
    }
}
