using System.Text;
using MultiModal.Testing;
using MultiModal.Voice.Content;
using MultiModal.Voice.Conversion;
using MultiModal.Voice.Signal;
using MultiModal.Voice.Synthesis;

namespace MultiModal.Voice.Tests.Synthesis;

public sealed class SvcConfigTests
{
    [Fact]
    public void An_empty_config_has_the_defaults_of_the_original()
    {
        var config = SvcConfig.Parse("{}"u8.ToArray());
        Assert.Equal(44100, config.SampleRate);
        Assert.Equal(512, config.HopLength);
        Assert.Equal(UnitAlignmentMode.Left, config.UnitAlignment);
        Assert.Equal([8, 8, 2, 2, 2], config.UpsampleRates);
        Assert.Null(config.SpeechEncoder);
    }

    [Theory]
    [InlineData(null, 256, "vec256l9")]
    [InlineData(null, 768, "vec768l12")]
    [InlineData("vec768l12", 256, "vec256l9")]
    [InlineData("vec768l12", 768, "vec768l12")]
    [InlineData("vec768l12-onnx", 768, "vec768l12")]
    [InlineData("wavlmbase+", 768, "wavlmbase+")]
    [InlineData("hubertsoft", 256, "hubertsoft")]
    [InlineData("whisper-ppg", 1024, "whisper-ppg")]
    public void A_model_without_an_encoders_name_is_recognised_by_its_units(string? configured, int channels, string expected) =>
        Assert.Equal(expected, ContentEncoders.Choose(configured, channels));

    [Fact]
    public void An_encoder_that_nothing_tells_is_asked_for() => Assert.Throws<VoiceConversionException>(() => ContentEncoders.Choose(null, 1024));

    [Fact]
    public void Damaged_configs_give_errors_that_name_the_file_and_nothing_else()
    {
        var seed = 20261122;
        var random = new Random(seed);
        var original = File.ReadAllBytes(RepositoryFolder.PathOf("tests/Fixtures/voice/models/tiny-svc-4.1/config.json"));
        for (var i = 0; i < 5000; i++)
        {
            var bytes = (byte[])original.Clone();
            for (var edits = random.Next(1, 6); edits > 0; edits--)
            {
                var at = random.Next(bytes.Length);
                switch (random.Next(4))
                {
                    case 0: bytes[at] = (byte)random.Next(256); break;
                    case 1: bytes = bytes[..at]; break;
                    case 2: bytes = [.. bytes[..at], .. Encoding.UTF8.GetBytes(random.Next(5) switch { 0 => "-1", 1 => "1e999", 2 => "null", 3 => "[[[", _ => "99999999999" }), .. bytes[at..]]; break;
                    default: bytes = [.. bytes[..at], .. bytes[Math.Min(bytes.Length, at + random.Next(40))..]]; break;
                }

                if (bytes.Length == 0) break;
            }

            try
            {
                SvcConfig.Parse(bytes, "damaged.json");
            }
            catch (InvalidFileException error)
            {
                Assert.Contains("damaged.json", error.Message, StringComparison.Ordinal);
            }
            catch (Exception error)
            {
                Assert.Fail($"{error.GetType()} at change {i}, seed {seed}: {Encoding.UTF8.GetString(bytes)}");
            }
        }
    }
}
