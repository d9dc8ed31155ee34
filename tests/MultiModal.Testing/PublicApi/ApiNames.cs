using System.Reflection;
using System.Runtime.CompilerServices;

namespace MultiModal.Testing.PublicApi;

/// <summary>Types as they are written in C#.</summary>
static class ApiNames
{
    static readonly Dictionary<Type, string> keywords = new()
    {
        [typeof(void)] = "void", [typeof(bool)] = "bool", [typeof(byte)] = "byte", [typeof(sbyte)] = "sbyte", [typeof(short)] = "short",
        [typeof(ushort)] = "ushort", [typeof(int)] = "int", [typeof(uint)] = "uint", [typeof(long)] = "long", [typeof(ulong)] = "ulong",
        [typeof(float)] = "float", [typeof(double)] = "double", [typeof(decimal)] = "decimal", [typeof(char)] = "char",
        [typeof(string)] = "string", [typeof(object)] = "object", [typeof(nint)] = "nint", [typeof(nuint)] = "nuint",
    };

    /// <summary>A type's own name with its namespace, outer types and type parameters.</summary>
    public static string Declared(Type type)
    {
        var own = Simple(type);
        // A nested type repeats the type parameters of the outer one.
        var outer = type.DeclaringType?.GetGenericArguments().Length ?? 0;
        var generics = type.GetGenericArguments().Skip(outer).Select(generic => Variance(generic) + generic.Name).ToList();
        var name = generics.Count > 0 ? $"{own}<{string.Join(", ", generics)}>" : own;
        return type.DeclaringType is { } container ? $"{Declared(container)}.{name}" : $"{type.Namespace}.{name}";
    }

    /// <summary>A type's name alone.</summary>
    public static string Simple(Type type) => type.Name.Split('`')[0];

    /// <summary>A type in a signature, with the question marks of nullable references where they are known.</summary>
    public static string Of(Type type, NullabilityInfo? nullability = null)
    {
        if (type.IsByRef)
            return Of(type.GetElementType()!, nullability);
        if (type.IsPointer)
            return Of(type.GetElementType()!) + "*";
        // Whether T means T? cannot be told from an unconstrained T.
        var mark = !type.IsValueType && !type.IsGenericParameter && nullability is { } known && (known.ReadState == NullabilityState.Nullable || known.WriteState == NullabilityState.Nullable) ? "?" : "";
        if (type.IsArray)
            return $"{Of(type.GetElementType()!, nullability?.ElementType)}[{new string(',', type.GetArrayRank() - 1)}]{mark}";
        if (Nullable.GetUnderlyingType(type) is { } value)
            return Of(value, nullability) + "?";
        if (keywords.TryGetValue(type, out var keyword))
            return keyword + mark;
        if (!type.IsGenericType)
            return (type is { IsNested: true, IsGenericParameter: false } ? $"{Of(type.DeclaringType!)}." : "") + type.Name + mark;
        var arguments = type.GetGenericArguments();
        var states = nullability?.GenericTypeArguments is { } given && given.Length == arguments.Length ? given : null;
        var names = arguments.Select((argument, i) => Of(argument, states?[i])).ToList();
        if (type.IsAssignableTo(typeof(ITuple)) && type.IsValueType)
            return $"({string.Join(", ", names)})";
        // The arguments of a type nested in a generic one belong to both; they are written once, at the end.
        return $"{(type.IsNested ? $"{Simple(type.DeclaringType!)}." : "")}{Simple(type)}<{string.Join(", ", names)}>{mark}";
    }

    /// <summary>" where T : ..." for all type parameters that are constrained.</summary>
    public static string Constraints(Type[] generics) => string.Concat(generics.Where(generic => generic.IsGenericParameter).Select(Constraint));

    static string Constraint(Type generic)
    {
        var attributes = generic.GenericParameterAttributes;
        var unmanaged = generic.GetCustomAttributesData().Any(data => data.AttributeType.Name == "IsUnmanagedAttribute");
        var parts = new List<string>();
        if (unmanaged)
            parts.Add("unmanaged");
        else if (attributes.HasFlag(GenericParameterAttributes.NotNullableValueTypeConstraint))
            parts.Add("struct");
        else if (attributes.HasFlag(GenericParameterAttributes.ReferenceTypeConstraint))
            parts.Add("class");
        parts.AddRange(generic.GetGenericParameterConstraints().Where(type => type != typeof(ValueType)).Select(type => Of(type)).Order(StringComparer.Ordinal));
        if (attributes.HasFlag(GenericParameterAttributes.DefaultConstructorConstraint) && !attributes.HasFlag(GenericParameterAttributes.NotNullableValueTypeConstraint))
            parts.Add("new()");
        if (attributes.HasFlag(GenericParameterAttributes.AllowByRefLike))
            parts.Add("allows ref struct");
        return parts.Count > 0 ? $" where {generic.Name} : {string.Join(", ", parts)}" : "";
    }

    static string Variance(Type generic) => (generic.GenericParameterAttributes & GenericParameterAttributes.VarianceMask) switch
    {
        GenericParameterAttributes.Covariant => "out ",
        GenericParameterAttributes.Contravariant => "in ",
        _ => "",
    };
}
