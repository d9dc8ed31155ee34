using Microsoft.Extensions.Options;

namespace MultiModal.Pipeline.Security;

/// <summary>Finds contradictions when the application starts, not when the first recording comes.</summary>
sealed class VoiceVaultOptionsValidator : IValidateOptions<VoiceVaultOptions>
{
    public ValidateOptionsResult Validate(string? name, VoiceVaultOptions options)
    {
        var problems = new List<string>();
        if (string.IsNullOrWhiteSpace(options.Folder)) problems.Add("VoiceVaultOptions.Folder is missing: say where recordings are kept.");
        if (!options.MasterKeys.ContainsKey(options.CurrentMasterKey)) problems.Add($"VoiceVaultOptions.CurrentMasterKey '{options.CurrentMasterKey}' is not the name of one of MasterKeys.");
        if (options.Lifetime <= TimeSpan.Zero || options.Lifetime > options.LongestLifetime) problems.Add("VoiceVaultOptions.Lifetime must be more than nothing and at most LongestLifetime.");
        if (options.LargestRecording <= 0) problems.Add("VoiceVaultOptions.LargestRecording must be more than 0 bytes.");
        if (options.PurgeEvery < TimeSpan.FromSeconds(1)) problems.Add("VoiceVaultOptions.PurgeEvery must be a second or more.");
        foreach (var (id, key) in options.MasterKeys)
        {
            try
            {
                MasterKey.FromBase64(id, key);
            }
            catch (ArgumentException error)
            {
                problems.Add(error.Message);
            }
        }

        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }
}
