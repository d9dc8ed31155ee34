using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using MultiModal.CloudSimulator.Media;

namespace MultiModal.CloudSimulator.Baidu;

/// <summary>Tokens, short recognition, classic synthesis, censorship.</summary>
internal static class BaiduEndpoints
{
    const string BlockedWord = "赌博";
    const string DoubtfulWord = "彩票";
    static readonly int[] Models = [1536, 1537, 1637, 1737, 1837, 1936, 8001, 80001];
    static readonly Encoding Gbk = CodePagesEncodingProvider.Instance.GetEncoding(936)!;

    public static void Map(WebApplication application, Simulator simulator)
    {
        application.MapPost("/oauth/2.0/token", context => TokenAsync(context, simulator));
        application.MapGet("/oauth/2.0/token", context => TokenAsync(context, simulator));
        application.MapPost("/server_api", context => RecognizeAsync(context, simulator, pro: false));
        application.MapPost("/pro_api", context => RecognizeAsync(context, simulator, pro: true));
        application.MapPost("/text2audio", context => SpeakAsync(context, simulator));
        application.MapPost("/rest/2.0/solution/v1/text_censor/v2/user_defined", context => CensorTextAsync(context, simulator));
        application.MapPost("/rest/2.0/solution/v1/img_censor/v2/user_defined", context => CensorImageAsync(context, simulator));
    }

    public static string Key(ReadOnlySpan<byte> content) => Convert.ToHexStringLower(SHA256.HashData(content))[..16];

    static async Task TokenAsync(HttpContext context, Simulator simulator)
    {
        var form = context.Request.HasFormContentType ? await context.Request.ReadFormAsync() : null;
        string? Field(string name) => form?[name].ToString() is { Length: > 0 } value ? value : context.Request.Query[name].ToString();
        if (Field("client_id") != simulator.Options.BaiduApiKey)
            await Answers.JsonAsync(context, new() { ["error"] = "invalid_client", ["error_description"] = "unknown client id" }, 401);
        else if (Field("client_secret") != simulator.Options.BaiduSecretKey)
            await Answers.JsonAsync(context, new() { ["error"] = "invalid_client", ["error_description"] = "Client authentication failed" }, 401);
        else
            await Answers.JsonAsync(context, new() { ["access_token"] = simulator.Tokens.Issue(), ["expires_in"] = (long)simulator.Options.TokenLifetime.TotalSeconds, ["scope"] = "public brain_all_scope audio_voice_assistant_get audio_tts_post", ["session_key"] = "k", ["session_secret"] = "s" });
    }

    static async Task RecognizeAsync(HttpContext context, Simulator simulator, bool pro)
    {
        using var memory = new MemoryStream();
        await context.Request.Body.CopyToAsync(memory);
        string? token, format, cuid;
        int rate;
        int? model;
        byte[] sound;
        if (context.Request.ContentType?.StartsWith("audio/", StringComparison.Ordinal) == true)
        {
            var type = context.Request.ContentType["audio/".Length..].Split(";rate=");
            var query = context.Request.Query;
            (token, format, cuid) = (query["token"], type[0], query["cuid"]);
            rate = type.Length > 1 && int.TryParse(type[1], out var number) ? number : 0;
            model = int.TryParse(query["dev_pid"], out var pid) ? pid : null;
            sound = memory.ToArray();
        }
        else
        {
            if (context.Request.ContentType?.StartsWith("application/json", StringComparison.Ordinal) != true || Parse(memory.ToArray()) is not { } json)
            {
                await Answers.RecognitionErrorAsync(context, 3300, "json param is invalid");
                return;
            }

            (token, format, cuid) = (json["token"]?.GetValue<string>(), json["format"]?.GetValue<string>(), json["cuid"]?.GetValue<string>());
            rate = json["rate"]?.GetValue<int>() ?? 0;
            model = json["dev_pid"]?.GetValue<int>();
            sound = json["speech"] is { } speech ? Convert.FromBase64String(speech.GetValue<string>()) : [];
            if (json["channel"]?.GetValue<int>() != 1 || json["len"]?.GetValue<int>() != sound.Length)
            {
                await Answers.RecognitionErrorAsync(context, 3300, "channel or len is wrong");
                return;
            }
        }

        var error = (BaiduAccess.Check(context, simulator, string.IsNullOrEmpty(token) ? null : token), cuid, format) switch
        {
            (not 0, _, _) => (3302, "authentication failed."),
            (_, null or { Length: 0 or > 60 }, _) => (3300, "cuid"),
            (_, _, not ("pcm" or "wav" or "amr" or "m4a")) => (3312, "format error"),
            _ when rate is not (8000 or 16000) || (rate == 8000 && model is 1737 or 1637 or 1837) => (3311, "rate invalid"),
            _ when model is { } pid && (!Models.Contains(pid) || pro != (pid == 80001)) => (3300, "dev_pid"),
            _ when sound.Length <= 4 => (3314, "audio too short"),
            _ when format == "pcm" && sound.Length > 60L * rate * 2 => (3308, "audio too long"),
            _ when format == "wav" && sound.AsSpan().StartsWith("RIFF"u8) && (BitConverter.ToInt16(sound, 22) != 1 || BitConverter.ToInt32(sound, 24) != rate) => (3311, "wav rate"),
            _ => (0, ""),
        };
        if (error.Item1 != 0)
        {
            await Answers.RecognitionErrorAsync(context, error.Item1, error.Item2);
            return;
        }

        simulator.Ledger.Bill($"asr:{Key(sound)}");
        await Answers.JsonAsync(context, new() { ["corpus_no"] = Answers.NextId(), ["err_msg"] = "success.", ["err_no"] = 0, ["result"] = new JsonArray(SimulatedSpeech.Understand(sound)), ["sn"] = Answers.NextId() });
    }

    static async Task SpeakAsync(HttpContext context, Simulator simulator)
    {
        var form = await context.Request.ReadFormAsync();
        var text = form["tex"].ToString();
        // The service decodes a second time.
        if (text.Contains('%', StringComparison.Ordinal))
            text = Uri.UnescapeDataString(text);
        bool Bad(string name, int most) => form.TryGetValue(name, out var value) && (!int.TryParse(value, out var number) || number < 0 || number > most);
        var aue = form.TryGetValue("aue", out var given) ? int.Parse(given!, CultureInfo.InvariantCulture) : 3;
        if (BaiduAccess.Check(context, simulator, form["tok"].ToString() is { Length: > 0 } token ? token : null) != 0)
            await Answers.SynthesisErrorAsync(context, 502, "authentication failed");
        else if (form["lan"] != "zh" || form["ctp"] != "1" || form["cuid"].ToString() is not { Length: > 0 and <= 60 } || text.Length == 0 || aue is < 3 or > 6 || Bad("spd", 15) || Bad("pit", 15) || Bad("vol", 15))
            await Answers.SynthesisErrorAsync(context, 501, "parameter error.");
        else if (Gbk.GetByteCount(text) > 1024)
            await Answers.SynthesisErrorAsync(context, 501, "text too long");
        else
            await SoundAsync(context, simulator, text, aue);
    }

    static async Task SoundAsync(HttpContext context, Simulator simulator, string text, int aue)
    {
        simulator.Ledger.Bill($"tts:{text}");
        (context.Response.ContentType, var sound) = aue switch
        {
            4 => ("audio/basic;codec=pcm;rate=16000;channel=1", SimulatedSpeech.Pcm(text, 16000)),
            5 => ("audio/basic;codec=pcm;rate=8000;channel=1", SimulatedSpeech.Pcm(text, 8000)),
            6 => ("audio/wav", SimulatedSpeech.Wav(text, 16000)),
            _ => ("audio/mp3", SimulatedSpeech.Mp3(text)),
        };
        await context.Response.Body.WriteAsync(sound);
    }

    static async Task CensorTextAsync(HttpContext context, Simulator simulator)
    {
        if (await RefusedAsync(context, simulator))
            return;
        var text = (await context.Request.ReadFormAsync())["text"].ToString();
        if (text.Length == 0)
        {
            await Answers.AipErrorAsync(context, 282003, "missing parameters");
            return;
        }

        if (Encoding.UTF8.GetByteCount(text) > 20000)
        {
            await Answers.AipErrorAsync(context, 282004, "text too long");
            return;
        }

        simulator.Ledger.Bill($"censor:{text}");
        var word = text.Contains(BlockedWord, StringComparison.Ordinal) ? BlockedWord : text.Contains(DoubtfulWord, StringComparison.Ordinal) ? DoubtfulWord : null;
        var answer = new JsonObject { ["log_id"] = ulong.Parse(Answers.NextId(), CultureInfo.InvariantCulture), ["conclusion"] = word is null ? "合规" : word == BlockedWord ? "不合规" : "疑似", ["conclusionType"] = word is null ? 1 : word == BlockedWord ? 2 : 3 };
        if (word is not null)
            answer["data"] = new JsonArray(new JsonObject { ["type"] = 11, ["subType"] = 0, ["msg"] = "存在百度官方默认违禁词库不合规", ["conclusion"] = answer["conclusion"]!.GetValue<string>(), ["hits"] = new JsonArray(new JsonObject { ["datasetName"] = "百度默认黑词库", ["words"] = new JsonArray(word) }) });
        await Answers.JsonAsync(context, answer);
    }

    static async Task CensorImageAsync(HttpContext context, Simulator simulator)
    {
        if (await RefusedAsync(context, simulator))
            return;
        var form = await context.Request.ReadFormAsync();
        var image = form["image"].ToString();
        if (image.Length == 0 && form["imgUrl"].ToString().Length == 0)
        {
            await Answers.AipErrorAsync(context, 282003, "missing parameters");
            return;
        }

        byte[] bytes = [];
        if (image.Length > 0)
        {
            bytes = new byte[image.Length];
            if (!Convert.TryFromBase64String(image, bytes, out var length))
            {
                await Answers.AipErrorAsync(context, 216203, "image base64 error");
                return;
            }

            bytes = bytes[..length];
            if (length is < 5 * 1024 or > 4 * 1024 * 1024)
            {
                await Answers.AipErrorAsync(context, 216202, "image size error");
                return;
            }
        }

        simulator.Ledger.Bill($"censor-image:{Key(bytes)}");
        var blocked = bytes.Length > 0 && Path.GetExtension(form["imgUrl"].ToString()) != ".gif" && SimulatedImage.Describe(bytes).Contains(BlockedWord, StringComparison.Ordinal);
        await Answers.JsonAsync(context, new() { ["log_id"] = Answers.NextId(), ["conclusion"] = blocked ? "不合规" : "合规", ["conclusionType"] = blocked ? 2 : 1 });
    }

    /// <summary>Checks the credentials of aip.baidubce.com and answers where they are not good.</summary>
    internal static async Task<bool> RefusedAsync(HttpContext context, Simulator simulator)
    {
        var code = BaiduAccess.Check(context, simulator, context.Request.Query["access_token"].ToString() is { Length: > 0 } token ? token : null);
        if (code == 0)
            return false;
        await Answers.AipErrorAsync(context, code, code == 111 ? "Access token expired" : code == 14 ? "IAM Certification failed" : "Access token invalid or no longer valid");
        return true;
    }

    internal static JsonObject? Parse(byte[] body)
    {
        try
        {
            return JsonNode.Parse(body) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
