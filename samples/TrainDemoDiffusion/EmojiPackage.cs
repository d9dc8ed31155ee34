using System.Diagnostics;

namespace TrainDemoDiffusion;

/// <summary>The pictures: Twemoji (graphics CC-BY 4.0) at 64x64, as the npm package emoji-datasource-twitter (MIT) carries them.</summary>
static class EmojiPackage
{
    public const string Name = "emoji-datasource-twitter";
    public const string Version = "16.0.0";

    /// <summary>Installs the package with npm, unless it is there.</summary>
    /// <param name="folder">Where node_modules goes.</param>
    /// <param name="cancellationToken">Stops npm.</param>
    /// <returns>The package's folder.</returns>
    public static async Task<string> InstallAsync(string folder, CancellationToken cancellationToken)
    {
        var package = Path.Combine(folder, "node_modules", Name);
        if (File.Exists(Path.Combine(package, "emoji.json"))) return package;
        Directory.CreateDirectory(folder);
        await File.WriteAllTextAsync(Path.Combine(folder, "package.json"), $$"""{ "private": true, "dependencies": { "{{Name}}": "{{Version}}" } }""", cancellationToken);
        var start = new ProcessStartInfo(OperatingSystem.IsWindows() ? "npm.cmd" : "npm", ["install", "--no-audit", "--no-fund", "--ignore-scripts"]) { WorkingDirectory = folder };
        using var npm = Process.Start(start) ?? throw new InvalidOperationException("npm could not be started; install Node.js.");
        try
        {
            await npm.WaitForExitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            npm.Kill(entireProcessTree: true);
            throw;
        }

        return npm.ExitCode == 0 ? package : throw new InvalidOperationException($"npm could not install {Name} {Version} (exit code {npm.ExitCode}).");
    }
}
