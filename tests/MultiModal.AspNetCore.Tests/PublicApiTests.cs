using MultiModal.Testing.PublicApi;

namespace MultiModal.AspNetCore.Tests;

public sealed class PublicApiTests
{
    [Fact]
    public void The_public_surface_is_the_one_listed() => PublicSurface.Check("MultiModal.AspNetCore");
}
