using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using MultiModal.Diffusion.Checkpoints;
using MultiModal.Diffusion.Generation;
using MultiModal.Diffusion.Networks;
using MultiModal.Runtime;
using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Weights;

namespace MultiModal.Benchmarks.Diffusion;

/// <summary>Writes Stable Diffusion 1.5 or XL at full size with generated weights, in float16 and in the very layout of the published folder.</summary>
static class FullSizeModel
{
    /// <summary>Parameters of Stable Diffusion 1.5's UNet, autoencoder and text encoder, times four bytes.</summary>
    public const double Float32Bytes = (859_520_964.0 + 83_653_863 + 123_060_480) * 4;

    const string Clip = """
        { "architectures": ["CLIPTextModel"], "hidden_size": 768, "intermediate_size": 3072, "num_hidden_layers": 12, "num_attention_heads": 12, "vocab_size": 49408,
          "max_position_embeddings": 77, "hidden_act": "quick_gelu", "eos_token_id": 49407 }
        """;

    /// <summary>Writes the folder, unless it is there.</summary>
    public static void Write(string folder, ModelFamily family = ModelFamily.StableDiffusion1)
    {
        if (File.Exists(Path.Combine(folder, "model_index.json"))) return;
        var isXL = family == ModelFamily.StableDiffusionXL;
        var known = ModelConfigurations.Of(family);
        WriteComponent(folder, "unet", "diffusion_pytorch_model", DiffusionGraphs.UNet(known.UNet), isXL
            ? """
              { "_class_name": "UNet2DConditionModel", "sample_size": 128, "cross_attention_dim": 2048, "attention_head_dim": [5, 10, 20], "block_out_channels": [320, 640, 1280],
                "down_block_types": ["DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"], "up_block_types": ["CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"],
                "transformer_layers_per_block": [1, 2, 10], "use_linear_projection": true, "addition_embed_type": "text_time", "addition_time_embed_dim": 256,
                "projection_class_embeddings_input_dim": 2816 }
              """
            : """
              { "_class_name": "UNet2DConditionModel", "sample_size": 64, "cross_attention_dim": 768, "attention_head_dim": 8 }
              """);
        var vae = new Graph();
        AutoencoderKL.Encode(vae.Root, known.Vae, vae.Input("image", DType.Float32, 1, 3, 64, 64));
        AutoencoderKL.Decode(vae.Root, known.Vae, vae.Input("latent", DType.Float32, 1, 4, 8, 8));
        WriteComponent(folder, "vae", "diffusion_pytorch_model", vae, $$"""
            { "_class_name": "AutoencoderKL", "block_out_channels": [128, 256, 512, 512], "layers_per_block": 2, "norm_num_groups": 32, "scaling_factor": {{(isXL ? "0.13025" : "0.18215")}},
              "down_block_types": ["DownEncoderBlock2D", "DownEncoderBlock2D", "DownEncoderBlock2D", "DownEncoderBlock2D"],
              "up_block_types": ["UpDecoderBlock2D", "UpDecoderBlock2D", "UpDecoderBlock2D", "UpDecoderBlock2D"] }
            """);
        WriteComponent(folder, "text_encoder", "model", DiffusionGraphs.TextEncoder(known.TextEncoders[0]), Clip);
        WriteTokenizer(folder, "tokenizer", "<|endoftext|>");
        if (isXL)
        {
            WriteComponent(folder, "text_encoder_2", "model", DiffusionGraphs.TextEncoder(known.TextEncoders[1]), """
                { "architectures": ["CLIPTextModelWithProjection"], "hidden_size": 1280, "intermediate_size": 5120, "num_hidden_layers": 32, "num_attention_heads": 20, "vocab_size": 49408,
                  "max_position_embeddings": 77, "hidden_act": "gelu", "eos_token_id": 49407, "projection_dim": 1280 }
                """);
            WriteTokenizer(folder, "tokenizer_2", "!");
        }

        Put(folder, "scheduler/scheduler_config.json", """
            { "_class_name": "DDIMScheduler", "beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear", "num_train_timesteps": 1000,
              "set_alpha_to_one": false, "steps_offset": 1, "clip_sample": false }
            """);

        // Last: its presence says that the folder is whole.
        Put(folder, "model_index.json", isXL
            ? """
              { "_class_name": "StableDiffusionXLPipeline", "unet": ["diffusers", "UNet2DConditionModel"], "vae": ["diffusers", "AutoencoderKL"],
                "text_encoder": ["transformers", "CLIPTextModel"], "text_encoder_2": ["transformers", "CLIPTextModelWithProjection"],
                "tokenizer": ["transformers", "CLIPTokenizer"], "tokenizer_2": ["transformers", "CLIPTokenizer"], "scheduler": ["diffusers", "DDIMScheduler"] }
              """
            : """
              { "_class_name": "StableDiffusionPipeline", "unet": ["diffusers", "UNet2DConditionModel"], "vae": ["diffusers", "AutoencoderKL"],
                "text_encoder": ["transformers", "CLIPTextModel"], "tokenizer": ["transformers", "CLIPTokenizer"], "scheduler": ["diffusers", "DDIMScheduler"] }
              """);
    }

    /// <summary>Writes a tiny autoencoder of the published size beside a model, and gives its folder.</summary>
    public static string WriteTinyAutoencoder(string folder)
    {
        if (!File.Exists(Path.Combine(folder, "taesd", "config.json")))
            WriteComponent(folder, "taesd", "diffusion_pytorch_model", DiffusionGraphs.TinyDecoder(new()), """{ "_class_name": "AutoencoderTiny" }""");
        return Path.Combine(folder, "taesd");
    }

    static void WriteComponent(string folder, string component, string file, Graph graph, string config)
    {
        Put(folder, $"{component}/config.json", config);
        Console.WriteLine($"writing {component}: {graph.Parameters.Values.Sum(p => p.Shape.ElementCount.Value) / 1e6:F0} M parameters");
        var tensors = graph.Parameters.Select(p => KeyValuePair.Create<string, WeightTensor>(p.Key, new Generated(p.Key, p.Value.Shape.ToLongs())));
        SafetensorsWriter.Write(Path.Combine(folder, component, $"{file}.safetensors"), tensors, new Dictionary<string, string> { ["format"] = "pt" });
    }

    /// <summary>A vocabulary of CLIP's size: 256 bytes, 256 at a word's end, pairs of them, and the two special tokens.</summary>
    static void WriteTokenizer(string folder, string name, string padding)
    {
        const int pairs = 48_894;
        var bytes = Enumerable.Range(0, 256).Select(ByteSymbol).ToList();
        var merges = bytes.SelectMany(a => bytes.Select(b => (a, b: b + "</w>"))).Take(pairs).ToList();
        var vocabulary = new Dictionary<string, int>();
        foreach (var symbol in bytes.Concat(bytes.Select(b => b + "</w>")).Concat(merges.Select(m => m.a + m.b)).Append("<|startoftext|>").Append("<|endoftext|>"))
            vocabulary.Add(symbol, vocabulary.Count);
        Put(folder, $"{name}/vocab.json", JsonSerializer.Serialize(vocabulary));
        Put(folder, $"{name}/merges.txt", new StringBuilder("#version: 0.2\n").AppendJoin('\n', merges.Select(m => $"{m.a} {m.b}")).Append('\n').ToString());
        Put(folder, $"{name}/tokenizer_config.json", $$"""{ "model_max_length": 77, "pad_token": "{{padding}}", "tokenizer_class": "CLIPTokenizer" }""");
        Put(folder, $"{name}/special_tokens_map.json", $$"""{ "bos_token": "<|startoftext|>", "eos_token": "<|endoftext|>", "pad_token": "{{padding}}", "unk_token": "<|endoftext|>" }""");
    }

    /// <summary>GPT-2's printable stand-in for a byte.</summary>
    static string ByteSymbol(int value)
    {
        static bool Printable(int b) => b is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or (>= 0xAE and <= 0xFF);
        return ((char)(Printable(value) ? value : 256 + Enumerable.Range(0, value).Count(b => !Printable(b)))).ToString();
    }

    static void Put(string folder, string name, string text)
    {
        var path = Path.Combine(folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    /// <summary>Weights made from the parameter's name, so that every machine has the same: activations keep their size through the layers.</summary>
    sealed class Generated(string name, long[] shape) : WeightTensor(name, DType.Float16, shape)
    {
        public override void CopyTo(Span<byte> destination)
        {
            var values = MemoryMarshal.Cast<byte, Half>(destination);
            var fan = Dimensions.Count > 1 ? Length / Dimensions[0] : 1;
            var scale = Dimensions.Count > 1 ? MathF.Sqrt(3f / fan) : 0.05f;
            var offset = Dimensions.Count == 1 && Name.EndsWith("weight", StringComparison.Ordinal) ? 1f : 0f;
            var state = 2166136261u;
            foreach (var letter in Encoding.UTF8.GetBytes(Name)) state = (state ^ letter) * 16777619;
            state |= 1;
            for (var i = 0; i < Length; i++)
            {
                state ^= state << 13;
                state ^= state >> 17;
                state ^= state << 5;
                values[i] = (Half)(offset + ((int)state * (scale / 2147483648f)));
            }
        }
    }
}
