namespace MultiModal.Jimeng.Chat;

/// <summary>A function to be called.</summary>
/// <param name="Name">Its name; null in the later pieces of a stream.</param>
/// <param name="Arguments">Its arguments, a JSON object as text.</param>
public sealed record ChatFunctionCall(string? Name = null, string? Arguments = null);
