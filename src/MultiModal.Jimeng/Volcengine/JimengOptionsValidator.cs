using Microsoft.Extensions.Options;
using MultiModal.Jimeng.Http;

namespace MultiModal.Jimeng.Volcengine;

/// <summary>The annotations of <see cref="JimengOptions"/>, generated, so that nothing is found by reflection.</summary>
[OptionsValidator]
internal sealed partial class JimengOptionsAnnotations : IValidateOptions<JimengOptions>;

/// <summary>What the annotations cannot say: that the address is safe.</summary>
internal sealed class JimengOptionsValidator : IValidateOptions<JimengOptions>
{
    public ValidateOptionsResult Validate(string? name, JimengOptions options) =>
        options.Endpoint is { } endpoint && !SecureUri.IsAllowed(endpoint)
            ? ValidateOptionsResult.Fail($"Jimeng: the endpoint {Redaction.Of(endpoint)} must be https (http only on loopback).")
            : ValidateOptionsResult.Success;
}
