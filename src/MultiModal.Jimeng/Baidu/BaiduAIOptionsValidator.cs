using Microsoft.Extensions.Options;
using MultiModal.Jimeng.Http;

namespace MultiModal.Jimeng.Baidu;

/// <summary>The annotations of <see cref="BaiduAIOptions"/>, generated, so that nothing is found by reflection.</summary>
[OptionsValidator]
internal sealed partial class BaiduAIOptionsAnnotations : IValidateOptions<BaiduAIOptions>;

/// <summary>What the annotations cannot say: which keys go together, and that addresses are safe.</summary>
internal sealed class BaiduAIOptionsValidator : IValidateOptions<BaiduAIOptions>
{
    public ValidateOptionsResult Validate(string? name, BaiduAIOptions options)
    {
        var errors = new List<string>();
        var mode = options.EffectiveAuthentication;
        if (mode is BaiduAuthentication.OAuth or BaiduAuthentication.Iam && (string.IsNullOrEmpty(options.ApiKey) || string.IsNullOrEmpty(options.SecretKey)))
            errors.Add($"Baidu: {mode} needs ApiKey and SecretKey.");
        if (mode == BaiduAuthentication.ApiKey && string.IsNullOrEmpty(options.ApiKey))
            errors.Add("Baidu: ApiKey is missing.");
        if (mode == BaiduAuthentication.AccessToken && string.IsNullOrEmpty(options.AccessToken))
            errors.Add("Baidu: AccessToken is missing.");
        foreach (var uri in (Uri?[])[options.AipEndpoint, options.SpeechEndpoint, options.SynthesisEndpoint, options.QianfanEndpoint])
        {
            if (uri is not null && !SecureUri.IsAllowed(uri))
                errors.Add($"Baidu: the endpoint {Redaction.Of(uri)} must be https (http only on loopback).");
        }

        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }
}
