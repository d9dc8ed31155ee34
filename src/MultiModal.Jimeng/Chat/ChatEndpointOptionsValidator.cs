using Microsoft.Extensions.Options;
using MultiModal.Jimeng.Http;

namespace MultiModal.Jimeng.Chat;

/// <summary>Refuses endpoints that are missing or would send in the clear.</summary>
internal sealed class ChatEndpointOptionsValidator : IValidateOptions<ChatEndpointOptions>
{
    public ValidateOptionsResult Validate(string? name, ChatEndpointOptions options) =>
        options.BaseAddress is not { } address ? ValidateOptionsResult.Fail("Chat endpoint: BaseAddress is missing.")
        : !SecureUri.IsAllowed(address) ? ValidateOptionsResult.Fail($"Chat endpoint: {Redaction.Of(address)} must be https (http only on loopback).")
        : ValidateOptionsResult.Success;
}
