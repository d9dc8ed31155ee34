using MultiModal.Audio;
using MultiModal.Testing.Fuzzing;

namespace MultiModal.Abstractions.Tests.Audio;

public sealed class WavFuzzTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(1_000_000)]
    public void Damaged_sound_is_read_or_refused_by_name(int seed) => FuzzRun.Run("sound.wav", Originals(), path => WavFile.Read(path), seed, byDefault: 2500);

    [Fact]
    public void Damaged_sound_is_read_piece_by_piece_or_refused_by_name() => FuzzRun.Run("sound.wav", Originals(), path =>
    {
        using var reader = WavReader.Open(path, new() { AllowTruncated = true });
        var block = new float[reader.Format.Channels * 64];
        while (reader.Read(block) > 0)
        {
        }
    }, seed: 2_000_000);

    [Fact]
    public void Damaged_sound_from_a_pipe_is_read_or_refused_by_name() => FuzzRun.Run("sound.wav", Originals(), path =>
        WavFile.Read(new Pipe(File.ReadAllBytes(path)), path), seed: 3_000_000);

    static List<byte[]> Originals()
    {
        var originals = new List<byte[]>();
        foreach (var encoding in new[] { WavEncoding.Pcm8, WavEncoding.Pcm16, WavEncoding.Pcm24, WavEncoding.Pcm32, WavEncoding.Float32, WavEncoding.Float64 })
        {
            foreach (var channels in new[] { 1, 2, 3 })
                originals.Add(WavFileTests.Bytes(WavFileTests.Noise(100, channels, 44100), encoding));
        }

        originals.Add(WavFileTests.WithChunks());
        originals.Add(WavFileTests.Rf64());
        return originals;
    }
}
