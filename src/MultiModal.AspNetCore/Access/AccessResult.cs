namespace MultiModal.AspNetCore.Access;

/// <summary>Whether a credential lets its bearer in. <see cref="Problem"/> is for the caller and gives nothing away.</summary>
internal readonly record struct AccessResult(Caller? Caller, string? Problem, bool IsForbidden)
{
    public static AccessResult Accepted(Caller caller) => new(caller, null, false);

    public static AccessResult Refused(string problem) => new(null, problem, false);

    /// <summary>The bearer is known and may not.</summary>
    public static AccessResult Forbidden(string problem) => new(null, problem, true);
}
