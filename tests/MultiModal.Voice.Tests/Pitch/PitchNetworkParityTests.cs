using MultiModal.Testing;
using MultiModal.Voice.Pitch;

namespace MultiModal.Voice.Tests.Pitch;

[Trait("Category", "Parity")]
public sealed class PitchNetworkParityTests
{
    [Fact]
    public Task Rmvpe_equals_the_original() => Fixtures.CheckAsync("rmvpe", async fixture =>
    {
        await using var pitch = await RmvpePitch.LoadAsync(Path.Combine(fixture.PathIn("model"), fixture.Text("checkpoint")));
        var mel = fixture.Tensors["mel"];
        var frames = (int)mel.Dimensions[2];
        var salience = pitch.Salience(mel.Floats, frames);
        fixture.Expect("hidden", salience);
        fixture.Expect("cents", PitchSalience.Crepe.LocalAverage(salience, 0.03));
    });

    [Fact]
    public Task Fcpe_equals_the_original() => Fixtures.CheckAsync("fcpe", async fixture =>
    {
        await using var pitch = await FcpePitch.LoadAsync(Path.Combine(fixture.PathIn("model"), fixture.Text("checkpoint")));
        var mel = fixture.Tensors["mel"];
        fixture.Expect("hz", pitch.Hertz(mel.Floats.ToArray(), (int)mel.Dimensions[1]));
    });
}
