// The build of this repository as one program, the same on Windows, Linux and macOS:
//     dotnet run eng/build.cs -- test | demo | api | feed | pack | fuzz | soak | bench | help
#:property PublishAot=false
#:property TreatWarningsAsErrors=true

using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Xml;
using System.Xml.Linq;

CultureInfo.DefaultThreadCurrentCulture = CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var root = FindRoot();
var timings = new List<string>();
var runner = new Runner(root);
string[] quiet = ["--nologo", "-v", "q"], noArguments = [];
using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGTERM, _ => runner.Stop());
Console.CancelKeyPress += (_, _) => runner.Stop();

try
{
    var command = args.FirstOrDefault() ?? "help";
    var options = new Options(args.Skip(1));
    return command switch
    {
        "test" => Test(options),
        "demo" => Demo(options),
        "feed" => Timed("feed", () => Feed(options)),
        "pack" => Pack(options),
        "api" => Api(options),
        "fuzz" => Fuzz(options),
        "soak" => Soak(options),
        "bench" => Bench(options),
        "help" or "--help" or "-h" => Help(0),
        _ => Help(2, $"There is no command '{command}'."),
    };
}
catch (UsageException error)
{
    return Help(2, error.Message);
}

int Help(int code, string? problem = null)
{
    var writer = code == 0 ? Console.Out : Console.Error;
    if (problem is not null)
        writer.WriteLine(problem);
    writer.WriteLine("""
        dotnet run eng/build.cs -- COMMAND [OPTIONS]

          test    build everything, run every test project, end with "N passed, N failed"
                  --filter EXPRESSION   as of dotnet test, such as Category=Parity
                  --project NAME        only test projects whose names contain NAME
          demo    a picture from a prompt, the same as line art, and a sentence in another voice, by the models in models/
                  --prompt TEXT --seed N --output FILE, and further options of samples/TextToImage
                  --model FOLDER        one picture by a model of yours instead
          api     write the listings of the public surfaces (tests/*.Tests/PublicApi.txt) anew
          feed    make the packages of ONNX Runtime from npm, where they are not made yet
                  --force               make them again
          pack    make the NuGet packages into artifacts/packages
                  --verify              look into them, and run a program that knows nothing but them
          fuzz    the fuzz tests at length
                  --count N (10000)     damaged files of a kind
                  --seed N              other files for another number (default: a random one, printed)
          soak    random requests at once, some cancelled, on one tiny model
                  --count N (200)       requests
                  --seed N              other requests for another number (1)
          bench   run benchmarks; what follows goes to their program

        All of them take --configuration NAME (Release).
        """);
    return code;
}

// ---- commands

int Test(Options options)
{
    var filter = options.Take("--filter");
    var project = options.Take("--project") ?? "";
    var configuration = options.Take("--configuration") ?? "Release";
    options.ExpectNoMore();
    return RunTests(configuration, project, filter, []);
}

int Fuzz(Options options)
{
    var count = options.Take("--count") ?? "10000";
    var seed = options.Take("--seed") ?? Random.Shared.Next(1_000_000_000).ToString();
    var project = options.Take("--project") ?? "";
    var configuration = options.Take("--configuration") ?? "Release";
    options.ExpectNoMore();
    Console.WriteLine($"Fuzzing with --seed {seed} --count {count}");
    return RunTests(configuration, project, "FullyQualifiedName~FuzzTests", new() { ["MULTIMODAL_FUZZ_SEED"] = seed, ["MULTIMODAL_FUZZ"] = count });
}

int Soak(Options options)
{
    var count = options.Take("--count") ?? "200";
    var seed = options.Take("--seed") ?? "1";
    var configuration = options.Take("--configuration") ?? "Release";
    options.ExpectNoMore();
    return RunTests(configuration, "Diffusion", "FullyQualifiedName~RequestSoakTests", new() { ["MULTIMODAL_SOAK_SEED"] = seed, ["MULTIMODAL_SOAK"] = count });
}

int Api(Options options)
{
    var configuration = options.Take("--configuration") ?? "Release";
    options.ExpectNoMore();
    return RunTests(configuration, "", "FullyQualifiedName~PublicApiTests", new() { ["MULTIMODAL_UPDATE_API"] = "1" });
}

// A picture, the same in another style by a LoRA, and a spoken sentence in another voice, by the models in models/; or one picture by a model of yours.
int Demo(Options options)
{
    var configuration = options.Take("--configuration") ?? "Release";
    var given = options.Take("--model");
    var prompt = options.Take("--prompt") ?? (given is null ? "fox face" : "a koi pond in the rain, ink on paper");
    var seed = options.Take("--seed") ?? "7";
    var output = Path.GetFullPath(options.Take("--output") ?? Path.Combine(root, "artifacts", "demo", "picture.png"));
    if (Timed("feed", () => Feed()) is not 0 and var noFeed)
        return noFeed;
    Directory.CreateDirectory(Path.GetDirectoryName(output)!);
    string[] Drawn(string text, string picture, params string[] more) =>
        ["--model", Path.GetFullPath(given ?? DemoModel()), "--prompt", text, "--output", picture, "--seed", seed, .. given is null ? ["--guidance", "3", "--steps", "20"] : noArguments, .. more, .. options.Rest];
    if (Sample("TextToImage", configuration, output, Drawn(prompt, output)) is not 0 and var failed)
        return failed;
    var styles = Path.Combine(root, "models", "demo-diffusion-line-art");
    var beside = Path.GetDirectoryName(output)!;
    var styled = Path.Combine(beside, "line-art.png");
    if (given is null && Directory.Exists(styles) && Sample("TextToImage", configuration, styled, Drawn($"{prompt} <lora:line-art:1>", styled, "--loras", styles)) is not 0 and var unstyled)
        return unstyled;
    var voice = Path.Combine(root, "models", "demo-voice");
    var spoken = Path.Combine(beside, "voice.wav");
    if (given is not null || !File.Exists(Path.Combine(voice, "G_demo.pth")))
        return 0;
    Console.WriteLine($"{Path.Combine(voice, "source.wav")}  is what was spoken");
    return Sample(
        "VoiceConvert", configuration, spoken,
        ["--model", Path.Combine(voice, "G_demo.pth"), "--input", Path.Combine(voice, "source.wav"), "--output", spoken, "--speaker", "slt", "--pitch", "Praat", "--transpose", "5"]);
}

// Runs a sample that is to leave a file, and says where the file is and how long it took.
int Sample(string name, string configuration, string output, string[] arguments)
{
    var sample = Path.Combine(root, "samples", name);
    if (Timed("build", () => runner.Run("dotnet", ["build", sample, "-c", configuration, .. quiet])) is not 0 and var broken)
        return broken;
    File.Delete(output);
    string[] run = ["run", "--project", sample, "-c", configuration, "--no-build", "--"];
    if (runner.Run("dotnet", [.. run, .. arguments]) is not 0 and var failed)
        return failed;
    if (File.Exists(output) || File.Exists(Path.ChangeExtension(output, null) + "-1.png"))
        return 0;
    Console.WriteLine($"The sample ended well but left nothing at {output}.");
    return 1;
}

int Bench(Options options)
{
    var configuration = options.Take("--configuration") ?? "Release";
    var project = Path.Combine(root, "benchmarks", "MultiModal.Benchmarks");
    return Feed() is not 0 and var noFeed ? noFeed : runner.Run("dotnet", ["run", "--project", project, "-c", configuration, "--", .. options.Rest]);
}

// The packages of ONNX Runtime at the version of eng/feed, in artifacts/feed. Not having npm is no failure: the official packages
// have the same ids, and Directory.Packages.props takes either.
int Feed(Options? options = null)
{
    var force = options?.TakeFlag("--force") ?? false;
    options?.Take("--configuration");
    options?.ExpectNoMore();
    var folder = Path.Combine(root, "eng", "feed");
    var feed = Path.Combine(root, "artifacts", "feed");
    var version = XDocument.Load(Path.Combine(folder, "Directory.Build.props")).Descendants("Version").Single().Value;
    string[] packages = [.. new[] { "Microsoft.ML.OnnxRuntime.Managed", "Microsoft.ML.OnnxRuntime" }.Select(id => $"{id}.{version}.nupkg")];
    if (!force && packages.All(name => File.Exists(Path.Combine(feed, name))))
        return 0;
    if (Runner.Find("npm") is not { } npm)
    {
        Console.WriteLine("npm is not on the PATH: the official packages of ONNX Runtime are used, from the NuGet sources of this machine.");
        return 0;
    }

    Console.WriteLine($"Making the packages of ONNX Runtime {version} from npm...");
    if (runner.Run(npm, ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], folder) != 0)
    {
        Console.WriteLine("npm could not fetch ONNX Runtime: the official packages are used, from the NuGet sources of this machine.");
        return 0;
    }

    // Packed beside and moved, so that a build stopped half way leaves no half package behind.
    var made = Path.Combine(root, "artifacts", "obj", "feed-packages");
    foreach (var project in new[] { "Managed/Microsoft.ML.OnnxRuntime.Managed.csproj", "Native/Microsoft.ML.OnnxRuntime.csproj" })
    {
        if (runner.Run("dotnet", ["pack", Path.Combine(folder, project), "-c", "Release", "-o", made, .. quiet], folder) is not 0 and var failed)
            return failed;
    }

    Directory.CreateDirectory(feed);
    foreach (var name in packages)
        File.Move(Path.Combine(made, name), Path.Combine(feed, name), overwrite: true);
    return 0;
}

// The weights of the classifier of unsafe pictures, from npm: what its tests compare with the original.
bool HasClassifier()
{
    var folder = Path.Combine(root, "eng", "classifier");
    if (Directory.Exists(Path.Combine(folder, "node_modules", "nsfwjs", "dist", "models")))
        return true;
    return Runner.Find("npm") is { } npm && runner.Run(npm, ["ci", "--ignore-scripts", "--legacy-peer-deps", "--no-audit", "--no-fund"], folder) == 0;
}

// ---- tests

int RunTests(string configuration, string namePart, string? filter, Dictionary<string, string> variables)
{
    if (Timed("feed", () => Feed()) is not 0 and var noFeed)
        return noFeed;
    if (Timed("build", () => runner.Run("dotnet", ["build", Path.Combine(root, "MultiModal.slnx"), "-c", configuration, .. quiet])) is not 0 and var broken)
    {
        Console.WriteLine("The build failed; no test has run.");
        return broken;
    }

    if (!HasClassifier())
    {
        Console.WriteLine("npm could not fetch the weights of the classifier (eng/classifier): its tests do not run.");
        const string Others = "Needs!=Classifier";
        filter = filter is null ? Others : $"({filter})&{Others}";
    }

    var results = Path.Combine(root, "artifacts", "test-results");
    if (Directory.Exists(results))
        Directory.Delete(results, recursive: true);
    var projects = Directory.GetFiles(Path.Combine(root, "tests"), "*.Tests.csproj", SearchOption.AllDirectories)
        .Where(path => Path.GetFileNameWithoutExtension(path).Contains(namePart, StringComparison.OrdinalIgnoreCase))
        .Order(StringComparer.Ordinal);
    var outcomes = new List<TestOutcome>();
    Timed("tests", () =>
    {
        foreach (var project in projects)
        {
            var name = Path.GetFileNameWithoutExtension(project);
            var watch = Stopwatch.StartNew();
            string[] filtered = filter is null ? [] : ["--filter", filter];
            string[] logged = ["--results-directory", results, "--logger", $"trx;LogFileName={name}.trx"];
            var code = runner.Run("dotnet", ["test", project, "-c", configuration, "--no-build", "--nologo", .. logged, .. filtered], variables: variables);
            outcomes.Add(TestOutcome.Read(name, Path.Combine(results, name + ".trx"), code, watch.Elapsed));
        }

        return 0;
    });

    Console.WriteLine();
    foreach (var failure in outcomes.SelectMany(outcome => outcome.Failures).Take(100))
        Console.WriteLine($"failed: {failure}");
    foreach (var outcome in outcomes)
        Console.WriteLine($"{outcome.Project,-34} {outcome.Numbers}, {outcome.Time.TotalSeconds:F1} s");
    var all = new TestOutcome("all", outcomes.Sum(o => o.Passed), outcomes.Sum(o => o.Failed), outcomes.Sum(o => o.Skipped), [], default);
    if (all.Passed + all.Failed == 0)
        Console.WriteLine("No test has run.");
    Console.WriteLine(string.Join(", ", timings));
    Console.WriteLine(all.Numbers);
    return all.Failed > 0 || all.Passed == 0 ? 1 : 0;
}

// ---- packages

int Pack(Options options)
{
    var verify = options.TakeFlag("--verify");
    var configuration = options.Take("--configuration") ?? "Release";
    options.ExpectNoMore();
    if (Timed("feed", () => Feed()) is not 0 and var noFeed)
        return noFeed;
    var folder = Path.Combine(root, "artifacts", "packages");
    if (Directory.Exists(folder))
        Directory.Delete(folder, recursive: true);
    if (Timed("pack", () => runner.Run("dotnet", ["pack", Path.Combine(root, "MultiModal.slnx"), "-c", configuration, .. quiet])) is not 0 and var failed)
        return failed;
    if (Timed("check", () => runner.Run("dotnet", ["run", Path.Combine(root, "eng", "check-packages.cs"), "--", folder, Path.Combine(root, "src")])) is not 0 and var wrong)
        return wrong;
    if (verify && Timed("verify", () => Consume(folder)) is not 0 and var unusable)
        return unusable;
    Console.WriteLine(string.Join(", ", timings));
    return 0;
}

// eng/consumer sees the packages as a stranger does. They are restored into a folder of its own, emptied first: a cache would
// serve yesterday's package of the same version. What others have published may come from the cache.
int Consume(string packages)
{
    // All packages have one version: what is left of a file's name without the id.
    const string Id = "MultiModal.Abstractions.";
    var version = Path.GetFileNameWithoutExtension(Directory.GetFiles(packages, Id + "*.nupkg").Single())[Id.Length..];
    var restored = Path.Combine(root, "artifacts", "obj", "consumer-packages");
    if (Directory.Exists(restored))
        Directory.Delete(restored, recursive: true);
    var cache = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
        ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
    string[] properties =
    [
        $"-p:MultiModalVersion={version}",
        $"-p:RestorePackagesPath={restored}",
        .. Directory.Exists(cache) ? [$"-p:RestoreFallbackFolders={cache}"] : Array.Empty<string>(),
    ];
    return runner.Run("dotnet", ["run", "--project", Path.Combine(root, "eng", "consumer"), "-c", "Release", .. properties, "--", TinyModel()]);
}

// ---- around

string DemoModel() => Path.Combine(root, "models", "demo-diffusion") is var ours && File.Exists(Path.Combine(ours, "model_index.json")) ? ours : TinyModel();

string TinyModel() => Path.Combine(root, "tests", "Fixtures", "diffusion", "models", "tiny-sd15");

int Timed(string name, Func<int> work)
{
    var watch = Stopwatch.StartNew();
    var code = work();
    timings.Add($"{name} {watch.Elapsed.TotalSeconds:F1} s");
    return code;
}

static string FindRoot()
{
    var start = AppContext.GetData("EntryPointFileDirectoryPath") as string ?? Environment.CurrentDirectory;
    for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
    {
        if (File.Exists(Path.Combine(folder.FullName, "MultiModal.slnx")))
            return folder.FullName;
    }

    throw new DirectoryNotFoundException($"No folder around {start} holds MultiModal.slnx.");
}

sealed class UsageException(string message) : Exception(message);

// What follows a command: options are taken by name, the rest goes to whoever is called.
sealed class Options(IEnumerable<string> args)
{
    readonly List<string> rest = [.. args];

    public IReadOnlyList<string> Rest => rest;

    public string? Take(string name)
    {
        var at = rest.IndexOf(name);
        if (at < 0)
            return null;
        if (at + 1 == rest.Count)
            throw new UsageException($"{name} needs a value.");
        var value = rest[at + 1];
        rest.RemoveRange(at, 2);
        return value;
    }

    public bool TakeFlag(string name) => rest.Remove(name);

    public void ExpectNoMore()
    {
        if (rest.Count > 0)
            throw new UsageException($"Not understood: {string.Join(' ', rest)}");
    }
}

// Runs programs with this one's own standard streams: nothing is buffered, colours stay, and no compiler server that a child leaves
// behind can hold a pipe open.
sealed class Runner(string root)
{
    readonly Lock gate = new();
    Process? current;
    bool stopped;

    public int Run(string program, IEnumerable<string> arguments, string? folder = null, Dictionary<string, string>? variables = null)
    {
        // The SDK that runs this program runs the children too, even where another one is first on the PATH.
        var file = program == "dotnet" ? Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet" : program;
        var start = new ProcessStartInfo(file, arguments) { WorkingDirectory = folder ?? root, UseShellExecute = false };
        start.Environment["DOTNET_NOLOGO"] = "1";
        foreach (var (name, value) in variables ?? [])
            start.Environment[name] = value;
        lock (gate)
        {
            if (stopped)
                return 130;
            current = Process.Start(start) ?? throw new InvalidOperationException($"{file} did not start.");
        }

        current.WaitForExit();
        lock (gate)
        {
            var code = current.ExitCode;
            current.Dispose();
            current = null;
            return stopped ? 130 : code;
        }
    }

    // Whoever stops this program stops what it started, and nothing is started any more.
    public void Stop()
    {
        lock (gate)
        {
            stopped = true;
            if (current is { HasExited: false })
                current.Kill(entireProcessTree: true);
        }
    }

    public static string? Find(string program)
    {
        string[] endings = OperatingSystem.IsWindows() ? [".cmd", ".exe"] : [""];
        return (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .SelectMany(folder => endings.Select(ending => Path.Combine(folder, program + ending)))
            .FirstOrDefault(File.Exists);
    }
}

sealed record TestOutcome(string Project, int Passed, int Failed, int Skipped, IReadOnlyList<string> Failures, TimeSpan Time)
{
    static readonly XNamespace Trx = "http://microsoft.com/schemas/VisualStudio/TeamTest/2010";

    public string Numbers => $"{Passed} passed, {Failed} failed" + (Skipped > 0 ? $", {Skipped} skipped" : "");

    // A test host that dies leaves a results file without its failure, half a file, or none: the exit code then counts as one.
    public static TestOutcome Read(string project, string file, int code, TimeSpan time)
    {
        var results = Results(file).ToLookup(result => (string?)result.Attribute("outcome"), result => (string?)result.Attribute("testName"));
        var failures = results.Where(outcome => outcome.Key is not ("Passed" or "NotExecuted")).SelectMany(names => names).Select(name => $"{project}: {name}").ToList();
        if (code != 0 && failures.Count == 0)
            failures.Add($"{project}: dotnet test ended with exit code {code} after {results["Passed"].Count()} tests that passed");
        return new(project, results["Passed"].Count(), failures.Count, results["NotExecuted"].Count(), failures, time);
    }

    static List<XElement> Results(string file)
    {
        try
        {
            return File.Exists(file) ? [.. XDocument.Load(file).Descendants(Trx + "UnitTestResult")] : [];
        }
        catch (XmlException)
        {
            return [];
        }
    }
}
