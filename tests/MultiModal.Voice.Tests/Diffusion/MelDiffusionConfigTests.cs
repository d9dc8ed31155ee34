using System.Text;
using MultiModal.Voice.Diffusion;
using MultiModal.Voice.Signal;

namespace MultiModal.Voice.Tests.Diffusion;

public sealed class MelDiffusionConfigTests
{
    // As yaml.dump writes it after training: sorted, sequences not indented, names of other scripts escaped.
    const string Dumped = """
        data:
          block_size: 512
          cnhubertsoft_gate: 10
          duration: 2
          encoder: vec768l12
          extensions:
          - wav
          - 'it''s'
          sampling_rate: 44100
          unit_interpolate_mode: nearest
        device: cuda
        env:
          expdir: logs/44k/diffusion
        infer:
          method: unipc
          speedup: 20
        model:
          k_step_max: 100
          n_spk: 2
        spk:
          "\u6D4B\u8BD5": 1
          nyaru: 0
        train:
          lr: 0.0001
          amp_dtype: fp32
        vocoder:
          ckpt: pretrain/nsf_hifigan/model
          type: nsf-hifigan-log10
        """;

    [Fact]
    public void A_dumped_config_is_read()
    {
        var config = MelDiffusionConfig.Parse(Encoding.UTF8.GetBytes(Dumped));
        Assert.Equal((44100, 512, "vec768l12", UnitAlignmentMode.Nearest), (config.SampleRate, config.HopLength, config.SpeechEncoder, config.UnitAlignment));
        Assert.Equal((100, 20, MelSampler.UniPc, true), (config.MaximumSteps, config.Speedup, config.Sampler, config.DecimalVocoder));
        Assert.Equal(1, config.Speakers["测试"]);
        Assert.Equal(0, config.Speakers["nyaru"]);
    }

    [Fact]
    public void An_empty_config_has_the_defaults_of_the_original()
    {
        var config = MelDiffusionConfig.Parse("data:\nmodel: {}\n"u8);
        Assert.Equal((44100, 512, UnitAlignmentMode.Left, MelSampler.DpmSolverPlusPlus, 10, 0), (config.SampleRate, config.HopLength, config.UnitAlignment, config.Sampler, config.Speedup, config.MaximumSteps));
    }

    [Theory]
    [InlineData("a: [1, 2.5, x, 'y z', {b: null}]", """{"a":[1,2.5,"x","y z",{"b":null}]}""")]
    [InlineData("a: \"\\x41\\u00e9\\n\" # comment\nb: 'it''s # no comment'", """{"a":"A\u00E9\n","b":"it\u0027s # no comment"}""")]
    [InlineData("- x: 1\n  y: 2\n- - 3\n  - 4\n-\n  z: 5", """[{"x":1,"y":2},[3,4],{"z":5}]""")]
    [InlineData("a:\n- 1\n- yes\nb: http://x/y:z\n'c:d': ~", """{"a":[1,true],"b":"http://x/y:z","c:d":null}""")]
    [InlineData("---\n# nothing\n", "null")]
    public void Yaml_becomes_json(string yaml, string json) => Assert.Equal(json, Encoding.UTF8.GetString(YamlSubset.ToJson("test.yaml", Encoding.UTF8.GetBytes(yaml))));

    [Theory]
    [InlineData("a: &x 1", "line 1")]
    [InlineData("a: 1\n\tb: 2", "line 2")]
    [InlineData("a: [1, 2", "line 1")]
    [InlineData("a: |\n  text", "line 1")]
    [InlineData("a: !!python/object:x", "line 1")]
    [InlineData("a: 1\n   b: 2", "line 2")]
    public void What_is_not_supported_is_said_with_its_line(string yaml, string place)
    {
        var error = Assert.Throws<InvalidFileException>(() => YamlSubset.ToJson("test.yaml", Encoding.UTF8.GetBytes(yaml)));
        Assert.Contains(place, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Damaged_configs_give_errors_that_name_the_file_and_nothing_else()
    {
        var seed = 20261125;
        var random = new Random(seed);
        var original = Encoding.UTF8.GetBytes(Dumped);
        for (var i = 0; i < 3000; i++)
        {
            var bytes = (byte[])original.Clone();
            for (var edits = random.Next(1, 6); edits > 0 && bytes.Length > 0; edits--)
            {
                var at = random.Next(bytes.Length);
                bytes = random.Next(4) switch
                {
                    0 => [.. bytes[..at], (byte)random.Next(256), .. bytes[(at + 1)..]],
                    1 => bytes[..at],
                    2 => [.. bytes[..at], .. Encoding.UTF8.GetBytes(random.Next(5) switch { 0 => "[", 1 => "{a", 2 => "\"", 3 => "\n- ", _ => ": -1e999" }), .. bytes[at..]],
                    _ => [.. bytes[..at], .. bytes[Math.Min(bytes.Length, at + random.Next(40))..]],
                };
            }

            try
            {
                MelDiffusionConfig.Parse(bytes, "damaged.yaml");
            }
            catch (InvalidFileException error)
            {
                Assert.Contains("damaged.yaml", error.Message, StringComparison.Ordinal);
            }
            catch (Exception error)
            {
                Assert.Fail($"{error.GetType()} at change {i}, seed {seed}: {error.StackTrace}\n{Encoding.UTF8.GetString(bytes)}");
            }
        }
    }
}
