// Looks into the packages that `dotnet run eng/build.cs -- pack` has made: dotnet run eng/check-packages.cs -- PACKAGES SOURCES
#:property PublishAot=false
#:property TreatWarningsAsErrors=true

using System.IO.Compression;
using System.Xml.Linq;

var packages = Directory.GetFiles(args[0], "*.nupkg").Order(StringComparer.Ordinal).ToArray();
var made = new HashSet<string>();
var problems = new List<string>();
foreach (var package in packages)
{
    var id = Check(package, problems);
    made.Add(id);
    Console.WriteLine($"{Path.GetFileName(package)} ({new FileInfo(package).Length / 1024.0:F0} KiB)");
}

problems.AddRange(Directory.GetFiles(args[1], "*.csproj", SearchOption.AllDirectories).Select(path => Path.GetFileNameWithoutExtension(path))
    .Except(made).Select(id => $"{id} has made no package"));
foreach (var problem in problems)
    Console.WriteLine($"wrong: {problem}");
return problems.Count > 0 ? 1 : 0;

static string Check(string package, List<string> problems)
{
    var name = Path.GetFileName(package);
    using var archive = ZipFile.OpenRead(package);
    var files = archive.Entries.Select(entry => entry.FullName).ToList();
    var specification = archive.Entries.Single(entry => entry.FullName.EndsWith(".nuspec", StringComparison.Ordinal));
    var id = Path.GetFileNameWithoutExtension(specification.Name);
    foreach (var needed in new[] { "README.md", $"lib/net10.0/{id}.dll", $"lib/net10.0/{id}.xml" }.Except(files))
        problems.Add($"{name} lacks {needed}");

    // Applications choose the native library of ONNX Runtime; a library that brought one would choose for them.
    foreach (var native in files.Where(file => file.StartsWith("runtimes/", StringComparison.Ordinal) || Path.GetExtension(file) is ".so" or ".dylib"))
        problems.Add($"{name} carries {native}");
    using var reader = specification.Open();
    var metadata = XDocument.Load(reader).Root!.Elements().First();
    foreach (var element in new[] { "license", "readme", "description", "repository" }.Except(metadata.Elements().Select(e => e.Name.LocalName)))
        problems.Add($"{name} says no {element}");
    foreach (var dependency in metadata.Descendants().Where(e => e.Name.LocalName == "dependency").Select(e => (string?)e.Attribute("id")))
    {
        if (dependency is "Microsoft.ML.OnnxRuntime" or "Microsoft.ML.OnnxRuntime.Gpu")
            problems.Add($"{name} depends on {dependency}");
    }

    var symbols = Path.ChangeExtension(package, ".snupkg");
    if (!File.Exists(symbols))
    {
        problems.Add($"{name} has no package of symbols");
        return id;
    }

    using var symbolArchive = ZipFile.OpenRead(symbols);
    if (symbolArchive.GetEntry($"lib/net10.0/{id}.pdb") is null)
        problems.Add($"{Path.GetFileName(symbols)} lacks {id}.pdb");
    return id;
}
