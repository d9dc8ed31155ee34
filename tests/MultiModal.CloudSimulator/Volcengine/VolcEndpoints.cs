using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using MultiModal.CloudSimulator.Media;

namespace MultiModal.CloudSimulator.Volcengine;

/// <summary>visual.volcengineapi.com: signatures, actions, fields, tasks.</summary>
internal static class VolcEndpoints
{
    const string BlockedWord = "违禁";
    static readonly string[] ImageFamilies = ["jimeng_t2i", "jimeng_i2i", "jimeng_seedream", "jimeng_image2image", "jimeng_img2img"];
    static readonly string[] VideoFamilies = ["jimeng_t2v", "jimeng_i2v", "jimeng_ti2v", "jimeng_realman_avatar_picture_omni", "jimeng_dream"];

    public static void Map(WebApplication application, Simulator simulator)
    {
        var tasks = new ConcurrentDictionary<string, SimulatedTask>(StringComparer.Ordinal);
        ulong lastId = 14411597596416601128;
        application.Map("/", async context =>
        {
            using var memory = new MemoryStream();
            await context.Request.Body.CopyToAsync(memory);
            var body = memory.ToArray();
            if (Refuse(context, simulator, body) is { } refusal)
            {
                await Answers.GatewayErrorAsync(context, refusal.Number, refusal.Code, $"{refusal.Code} by the simulator", refusal.Status);
                return;
            }

            JsonObject? request;
            try
            {
                request = JsonNode.Parse(body) as JsonObject;
            }
            catch (JsonException)
            {
                request = null;
            }

            var action = context.Request.Query["Action"].ToString();
            var version = context.Request.Query["Version"].ToString();
            if (version != (action == "CVCancelTask" ? "2024-06-06" : "2022-08-31"))
                await Answers.GatewayErrorAsync(context, 100008, "InvalidActionOrVersion", "no such version", 404);
            else if (request?["req_key"]?.GetValue<string>() is not { Length: > 0 } key)
                await Answers.BusinessAsync(context, 50200, "req_key is missing");
            else if (action is "CVSync2AsyncSubmitTask" or "CVSubmitTask")
                await SubmitAsync(context, simulator, tasks, () => Interlocked.Increment(ref lastId).ToString(System.Globalization.CultureInfo.InvariantCulture), key, request, human: action == "CVSubmitTask");
            else if (action is "CVSync2AsyncGetResult" or "CVGetResult")
                await GetAsync(context, simulator, tasks, key, request);
            else if (action == "CVProcess")
                await ProcessAsync(context, simulator, key, request);
            else if (action == "CVCancelTask")
                await CancelAsync(context, tasks, request);
            else
                await Answers.GatewayErrorAsync(context, 100008, "InvalidActionOrVersion", $"no action {action}", 404);
        });
    }

    static (int Number, string Code, int Status)? Refuse(HttpContext context, Simulator simulator, byte[] body)
    {
        var options = simulator.Options;
        var query = context.Request.QueryString.Value!.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries).Select(static pair =>
        {
            var split = pair.Split('=', 2);
            return KeyValuePair.Create(Uri.UnescapeDataString(split[0]), split.Length > 1 ? Uri.UnescapeDataString(split[1]) : "");
        }).ToList();
        if (!query.Exists(static pair => pair.Key == "Action") || !query.Exists(static pair => pair.Key == "Version"))
            return (100002, "MissingParameter", 400);
        var headers = context.Request.Headers.Select(static header => KeyValuePair.Create(header.Key, header.Value.ToString())).ToList();
        return VolcSignatureVerifier.Check(
            context.Request.Method,
            context.Request.Path.Value!,
            query,
            headers,
            body,
            key => key == options.VolcAccessKey ? options.VolcSecretKey : null,
            simulator.Now,
            options.SignatureWindow,
            options.VolcSessionToken);
    }

    static async Task SubmitAsync(HttpContext context, Simulator simulator, ConcurrentDictionary<string, SimulatedTask> tasks, Func<string> nextId, string key, JsonObject request, bool human)
    {
        var prompt = request["prompt"]?.GetValue<string>() ?? request["image_url"]?.GetValue<string>() ?? "";
        if (FindProblem(key, request, human) is { } problem)
        {
            await Answers.BusinessAsync(context, problem.Code, problem.Message);
            return;
        }

        if (prompt.Contains(BlockedWord, StringComparison.Ordinal))
        {
            await Answers.BusinessAsync(context, 50412, "Text Risk Not Pass");
            return;
        }

        if (simulator.Options.MaxRunningTasks is { } most && tasks.Values.Count(task => task.ReqKey == key && !task.IsDone && !task.IsCancelled) >= most)
        {
            await Answers.BusinessAsync(context, 50430, "Request Has Reached API Concurrent Limit, Please Try Later");
            return;
        }

        var task = new SimulatedTask(nextId(), key, prompt, request);
        tasks[task.Id] = task;
        simulator.Ledger.Bill($"task:{prompt}");
        await Answers.BusinessAsync(context, 10000, "Success", new() { ["task_id"] = task.Id });
    }

    static (int Code, string Message)? FindProblem(string key, JsonObject request, bool human)
    {
        bool In(string[] families) => families.Any(family => key.StartsWith(family, StringComparison.Ordinal));
        var isHuman = key.StartsWith("jimeng_realman", StringComparison.Ordinal);
        if (!(In(ImageFamilies) || In(VideoFamilies) || isHuman) || isHuman != human)
            return (50200, $"req_key {key} not supported");
        var prompt = request["prompt"]?.GetValue<string>();
        var pictures = ((request["image_urls"] as JsonArray)?.Count ?? 0) + ((request["binary_data_base64"] as JsonArray)?.Count ?? 0);
        if (isHuman)
            return request["image_url"] is null ? (50215, "image_url is missing") : key.Contains("create_role", StringComparison.Ordinal) || request["audio_url"] is not null ? null : (50215, "audio_url is missing");
        if (prompt?.Length > 800)
            return (50413, "Prompt too long");
        if (string.IsNullOrEmpty(prompt) && pictures == 0)
            return (50215, "prompt is missing");
        if (key.Contains("first_tail", StringComparison.Ordinal) && pictures != 2)
            return (50215, "two pictures are needed");
        if (pictures > 10)
            return (50215, "too many pictures");
        var (width, height) = (request["width"]?.GetValue<long>(), request["height"]?.GetValue<long>());
        if (width is null != height is null)
            return (50206, "width and height go together");
        var (least, most) = key == "jimeng_t2i_v40" ? (1024L * 1024, 4096L * 4096) : (256L * 256, 2048L * 2048);
        if (width * height < least || width * height > most)
            return (50206, "width x height out of range");
        if (request["frames"]?.GetValue<int>() is { } frames && frames is not (121 or 241))
            return (50215, "frames");
        return null;
    }

    static async Task GetAsync(HttpContext context, Simulator simulator, ConcurrentDictionary<string, SimulatedTask> tasks, string key, JsonObject request)
    {
        // The id is a text: a number would have lost its last digits.
        if (request["task_id"] is not JsonValue value || value.GetValueKind() != JsonValueKind.String)
        {
            await Answers.BusinessAsync(context, 50215, "task_id must be a string");
            return;
        }

        if (!tasks.TryGetValue(value.GetValue<string>(), out var task))
        {
            await Answers.BusinessAsync(context, 10000, "Success", new() { ["status"] = "not_found" });
            return;
        }

        if (task.ReqKey != key)
        {
            await Answers.BusinessAsync(context, 50215, "Input invalid for this service.");
            return;
        }

        var status = task.Poll(simulator.Options.PollsUntilDone);
        var data = new JsonObject { ["status"] = status, ["binary_data_base64"] = null, ["image_urls"] = null, ["video_url"] = "", ["resp_data"] = "" };
        if (status == "done")
        {
            if (task.Prompt.Contains("post-risk", StringComparison.Ordinal))
            {
                await Answers.BusinessAsync(context, 50511, "Post Img Risk Not Pass");
                return;
            }

            // req_json is JSON in a text.
            var options = request["req_json"]?.GetValue<string>() is { Length: > 0 } text ? JsonNode.Parse(text)!.AsObject() : [];
            Fill(simulator, task, data, options["return_url"]?.GetValue<bool>() == true);
            if (options["aigc_meta"] is not null)
                data["aigc_meta_tagged"] = true;
        }

        await Answers.BusinessAsync(context, 10000, "Success", data);
    }

    static void Fill(Simulator simulator, SimulatedTask task, JsonObject data, bool asUrl)
    {
        if (task.ReqKey.Contains("create_role", StringComparison.Ordinal))
        {
            var hasSubject = !task.Prompt.Contains("nobody", StringComparison.Ordinal);
            data["resp_data"] = $$"""{"code":0,"status":{{(hasSubject ? 1 : 0)}}}""";
        }
        else if (VideoFamilies.Any(family => task.ReqKey.StartsWith(family, StringComparison.Ordinal)))
        {
            data["video_url"] = simulator.Keep(SimulatedImage.Mp4(task.Prompt), ".mp4");
        }
        else
        {
            var png = SimulatedImage.Png(task.Prompt);
            if (asUrl)
                data["image_urls"] = new JsonArray(simulator.Keep(png, ".png"));
            else
                data["binary_data_base64"] = new JsonArray(Convert.ToBase64String(png));
        }
    }

    static async Task ProcessAsync(HttpContext context, Simulator simulator, string key, JsonObject request)
    {
        if (key == "jimeng_realman_avatar_object_detection")
        {
            var mask = simulator.Keep(SimulatedImage.Png("mask"), ".png");
            var detection = new JsonObject { ["code"] = 0, ["object_detection_result"] = new JsonObject { ["mask"] = new JsonObject { ["url"] = new JsonArray(mask) } }, ["status"] = 1 };
            await Answers.BusinessAsync(context, 10000, "Success", new() { ["resp_data"] = detection.ToJsonString() });
        }
        else if (key.StartsWith("jimeng_high_aes_general", StringComparison.Ordinal))
        {
            var prompt = request["prompt"]?.GetValue<string>() ?? "";
            if (prompt.Contains(BlockedWord, StringComparison.Ordinal))
            {
                await Answers.BusinessAsync(context, 50412, "Text Risk Not Pass");
                return;
            }

            simulator.Ledger.Bill($"process:{prompt}");
            var png = SimulatedImage.Png(prompt);
            var data = new JsonObject { ["algorithm_base_resp"] = new JsonObject { ["status_code"] = 0, ["status_message"] = "Success" }, ["llm_result"] = "", ["binary_data_base64"] = new JsonArray(), ["image_urls"] = null };
            if (request["return_url"]?.GetValue<bool>() == true)
                data["image_urls"] = new JsonArray(simulator.Keep(png, ".png"));
            else
                data["binary_data_base64"] = new JsonArray(Convert.ToBase64String(png));
            await Answers.BusinessAsync(context, 10000, "Success", data);
        }
        else
        {
            await Answers.BusinessAsync(context, 50200, $"req_key {key} not supported");
        }
    }

    static async Task CancelAsync(HttpContext context, ConcurrentDictionary<string, SimulatedTask> tasks, JsonObject request)
    {
        if (request["task_id"]?.GetValue<string>() is { } id && tasks.TryGetValue(id, out var task))
            task.IsCancelled = true;
        await Answers.BusinessAsync(context, 10000, "Success", []);
    }
}
