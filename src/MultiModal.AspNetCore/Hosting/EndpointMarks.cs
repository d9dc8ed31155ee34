namespace MultiModal.AspNetCore.Hosting;

/// <summary>Marks endpoints that need no credential.</summary>
internal sealed class OpenToAll
{
    public static readonly OpenToAll Instance = new();
}

/// <summary>Marks endpoints that have the guard inside already.</summary>
internal sealed class Guarded
{
    public static readonly Guarded Instance = new();
}
