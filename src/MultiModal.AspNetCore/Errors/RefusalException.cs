namespace MultiModal.AspNetCore.Errors;

/// <summary>Carries a <see cref="Errors.Refusal"/> to whoever answers.</summary>
internal sealed class RefusalException(Refusal refusal) : Exception(refusal.Detail)
{
    public Refusal Refusal { get; } = refusal;
}
