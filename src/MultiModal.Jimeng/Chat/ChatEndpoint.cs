using MultiModal.Jimeng.Http;

namespace MultiModal.Jimeng.Chat;

/// <summary>Where a chat client sends to.</summary>
/// <param name="Vendor">The name in errors.</param>
/// <param name="Operation">The name of the operation in limits and logs.</param>
/// <param name="Uri">The whole address.</param>
/// <param name="Model">The default model.</param>
/// <param name="Token">How requests are authenticated.</param>
internal sealed record ChatEndpoint(string Vendor, string Operation, Uri Uri, string? Model, TokenPlacement Token);
