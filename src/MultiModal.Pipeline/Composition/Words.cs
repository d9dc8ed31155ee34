using System.Globalization;

namespace MultiModal.Pipeline.Composition;

/// <summary>Times and types in words for drawings and errors.</summary>
internal static class Words
{
    public static string Of(TimeSpan time) => time < TimeSpan.FromSeconds(1)
        ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0.##} ms")
        : string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.##} s");

    public static string Of(Type type)
    {
        if (type.IsArray)
            return $"{Of(type.GetElementType()!)}[]";
        if (!type.IsGenericType)
            return type == typeof(string) ? "text" : type == typeof(int) ? "int" : type.Name;
        var name = type.Name[..type.Name.IndexOf('`', StringComparison.Ordinal)];
        var arguments = string.Join(", ", type.GetGenericArguments().Select(Of));
        return name == "ValueTuple" ? $"({arguments})" : $"{name}<{arguments}>";
    }
}
