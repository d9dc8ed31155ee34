using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using MultiModal.CloudSimulator.Media;

namespace MultiModal.CloudSimulator.Baidu;

/// <summary>ERNIE-ViLG, basic and v2, and image understanding.</summary>
internal static class BaiduImageEndpoints
{
    static readonly string[] Sizes = ["512x512", "640x360", "360x640", "1024x1024", "1280x720", "720x1280", "2048x2048", "2560x1440", "1440x2560"];
    static readonly string[] Resolutions = ["1024*1024", "1024*1536", "1536*1024"];

    public static void Map(WebApplication application, Simulator simulator)
    {
        var tasks = new ConcurrentDictionary<string, Drawing>(StringComparer.Ordinal);
        var questions = new ConcurrentDictionary<string, (string Answer, int[] Polls)>(StringComparer.Ordinal);
        void Post(string path, Func<HttpContext, JsonObject, Task> handle) => application.MapPost(path, async context =>
        {
            if (await BaiduEndpoints.RefusedAsync(context, simulator))
                return;
            using var memory = new MemoryStream();
            await context.Request.Body.CopyToAsync(memory);
            if (context.Request.ContentType?.StartsWith("application/json", StringComparison.Ordinal) != true || BaiduEndpoints.Parse(memory.ToArray()) is not { } json)
                await Answers.AipErrorAsync(context, 282004, "invalid parameter(s)");
            else
                await handle(context, json);
        });

        Post("/rpc/2.0/ernievilg/v1/txt2img", async (context, json) =>
        {
            var text = json["text"]?.GetValue<string>() ?? "";
            if (text.Length is 0 or > 100 || !Resolutions.Contains(json["resolution"]?.GetValue<string>()) || (json["num"]?.GetValue<int>() ?? 1) is < 1 or > 6)
            {
                await Answers.AipErrorAsync(context, 282004, "invalid parameter(s)");
                return;
            }

            var id = tasks.Count + 8328053;
            tasks[$"{id}"] = new(text, json["num"]?.GetValue<int>() ?? 1);
            simulator.Ledger.Bill($"ernie:{text}");
            await Answers.JsonAsync(context, new() { ["data"] = new JsonObject { ["taskId"] = id }, ["log_id"] = 1_797_000_000_000_000_001 });
        });
        Post("/rpc/2.0/ernievilg/v1/getImg", async (context, json) =>
        {
            if (!tasks.TryGetValue(json["taskId"]?.ToString() ?? "", out var task))
            {
                await Answers.AipErrorAsync(context, 282004, "no such task");
                return;
            }

            var done = task.Poll() >= simulator.Options.PollsUntilDone;
            var urls = new JsonArray();
            for (var i = 0; done && i < task.Count; i++)
                urls.Add((JsonNode)new JsonObject { ["image"] = simulator.Keep(SimulatedImage.Png($"{task.Prompt} {i}"), ".png") });
            await Answers.JsonAsync(context, new() { ["data"] = new JsonObject { ["taskId"] = json["taskId"]!.DeepClone(), ["status"] = done ? 1 : 0, ["imgUrls"] = urls, ["img"] = "", ["waiting"] = done ? "0s" : "2 minutes", ["text"] = task.Prompt, ["style"] = "", ["createTime"] = "" }, ["log_id"] = 1 });
        });
        Post("/rpc/2.0/ernievilg/v1/txt2imgv2", async (context, json) =>
        {
            var prompt = json["prompt"]?.GetValue<string>() ?? "";
            if (prompt.Length is 0 or > 200 || !Sizes.Contains($"{json["width"]}x{json["height"]}") || (json["image_num"]?.GetValue<int>() ?? 1) is < 1 or > 8)
            {
                await Answers.AipErrorAsync(context, 282004, "invalid parameter(s)");
                return;
            }

            var id = $"{1659384536691865192 + tasks.Count}";
            tasks[id] = new(prompt, json["image_num"]?.GetValue<int>() ?? 1);
            simulator.Ledger.Bill($"ernie:{prompt}");
            await Answers.JsonAsync(context, new() { ["data"] = new JsonObject { ["task_id"] = id, ["primary_task_id"] = id }, ["log_id"] = Answers.NextId() });
        });
        Post("/rpc/2.0/ernievilg/v1/getImgv2", async (context, json) =>
        {
            if (!tasks.TryGetValue(json["task_id"]?.ToString() ?? "", out var task))
                await Answers.AipErrorAsync(context, 282004, "no such task");
            else
                await DrawnAsync(context, simulator, json["task_id"]!.ToString(), task);
        });
        Post("/rest/2.0/image-classify/v1/image-understanding/request", async (context, json) =>
        {
            var question = json["question"]?.GetValue<string>() ?? "";
            if (question.Length is 0 or > 100 || (json["image"] is null && json["url"] is null))
            {
                await Answers.AipErrorAsync(context, 216100, "invalid param");
                return;
            }

            var id = Answers.NextId();
            var answer = json["image"] is { } image ? SimulatedImage.Describe(Convert.FromBase64String(image.GetValue<string>())) : $"{json["url"]}";
            questions[id] = (answer, [0]);
            simulator.Ledger.Bill($"describe:{answer}");
            await Answers.JsonAsync(context, new() { ["result"] = new JsonObject { ["task_id"] = id }, ["log_id"] = Answers.NextId() });
        });
        Post("/rest/2.0/image-classify/v1/image-understanding/get-result", async (context, json) =>
        {
            if (!questions.TryGetValue(json["task_id"]?.ToString() ?? "", out var question))
            {
                await Answers.AipErrorAsync(context, 216100, "no such task");
                return;
            }

            var done = Interlocked.Increment(ref question.Polls[0]) >= simulator.Options.PollsUntilDone;
            var result = new JsonObject { ["task_id"] = json["task_id"]!.DeepClone(), ["ret_code"] = done ? 0 : 1, ["ret_msg"] = done ? "successful" : "processing" };
            if (done)
                (result["description"], result["description_to_llm"]) = (question.Answer, $"图片内容：{question.Answer}");
            await Answers.JsonAsync(context, new() { ["result"] = result, ["log_id"] = Answers.NextId() });
        });
    }

    static async Task DrawnAsync(HttpContext context, Simulator simulator, string id, Drawing task)
    {
        var polls = task.Poll();
        var done = polls >= simulator.Options.PollsUntilDone;
        var refused = task.Prompt.Contains("赌博", StringComparison.Ordinal);
        var images = new JsonArray();
        for (var i = 0; done && !refused && i < task.Count; i++)
        {
            var verdict = task.Prompt.Contains("blocked", StringComparison.Ordinal) && i == 0 ? "block" : "pass";
            images.Add((JsonNode)new JsonObject { ["img_url"] = simulator.Keep(SimulatedImage.Png($"{task.Prompt} {i}"), ".png"), ["width"] = 1024, ["height"] = 1024, ["img_approve_conclusion"] = verdict });
        }

        var status = !done ? (polls == 1 ? "WAIT" : "RUNNING") : refused ? "FAILED" : "SUCCESS";
        await Answers.JsonAsync(context, new()
        {
            ["data"] = new JsonObject
            {
                ["task_id"] = long.Parse(id, System.Globalization.CultureInfo.InvariantCulture),
                ["task_status"] = status,
                ["task_progress"] = done ? 1 : 0,
                ["sub_task_result_list"] = new JsonArray(new JsonObject { ["sub_task_status"] = status, ["sub_task_progress"] = done ? 1 : 0, ["sub_task_error_code"] = done && refused ? 501 : 0, ["final_image_list"] = images }),
            },
            ["log_id"] = Answers.NextId(),
        });
    }

    sealed class Drawing(string prompt, int count)
    {
        int polls;

        public string Prompt { get; } = prompt;

        public int Count { get; } = count;

        public int Poll() => Interlocked.Increment(ref polls);
    }
}
