using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using MultiModal.Capabilities;
using MultiModal.Diffusion.DependencyInjection;
using MultiModal.Testing;

namespace MultiModal.Diffusion.Tests.DependencyInjection;

public sealed class AddDiffusionModelTests
{
    [Fact]
    public async Task Models_are_found_by_name_and_loaded_at_their_first_use()
    {
        await using var provider = new ServiceCollection()
            .AddDiffusionModel("first", static o => (o.ModelPath, o.Defaults) = (Fixtures.PathOf("diffusion/models/tiny-sd15"), new("") { Steps = 2, Width = 32, Height = 32 }))
            .AddDiffusionModel("second", static o => o.ModelPath = Fixtures.PathOf("diffusion/models/tiny-sd15"))
            .BuildServiceProvider();
        var models = provider.GetServices<IModelHost>().ToList();
        Assert.Equal([("first", ModelState.NotLoaded), ("second", ModelState.NotLoaded)], models.Select(static m => (m.Name, m.State)));
        var picture = (await provider.GetRequiredService<IImageGenerator>().GenerateAsync(new("an apple") { Seed = 1 })).Images[0];
        Assert.Equal((32, 32), (picture.Width, picture.Height));
        Assert.Equal([ModelState.Loaded, ModelState.NotLoaded], models.Select(static m => m.State));
        Assert.Same(provider.GetRequiredKeyedService<IImageEditor>("first"), provider.GetRequiredService<IImageEditor>());
    }

    [Fact]
    public void Options_are_checked_before_the_model_is_needed()
    {
        using var provider = new ServiceCollection().AddDiffusionModel("sd", static o => o.ModelPath = "nowhere").BuildServiceProvider();
        var error = Assert.Throws<OptionsValidationException>(provider.GetRequiredService<IStartupValidator>().Validate);
        Assert.Contains("names no folder and no file", error.Message, StringComparison.Ordinal);
    }
}
