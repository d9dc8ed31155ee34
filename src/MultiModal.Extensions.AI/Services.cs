namespace MultiModal.Extensions.AI;

/// <summary>What GetService answers, the same for every adapter.</summary>
internal static class Services
{
    public static object? Find(Type serviceType, object? serviceKey, params ReadOnlySpan<object> candidates)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        if (serviceKey is not null)
            return null;
        foreach (var candidate in candidates)
        {
            if (serviceType.IsInstanceOfType(candidate))
                return candidate;
        }

        return null;
    }
}
