using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;

namespace MultiModal.Testing.PublicApi;

/// <summary>
/// The public and protected surface of an assembly as text: one line a type, its members indented below it, everything in ordinal
/// order, so that the same surface is the same text on every machine.
/// </summary>
/// <remarks>
/// Members that the compiler makes for records, explicit implementations of interfaces, names of tuple elements, and the question
/// mark of a nullable T are left out.
/// Types stand without their namespaces in signatures, and with theirs where they are declared.
/// </remarks>
public static class ApiListing
{
    const BindingFlags Declared = BindingFlags.DeclaredOnly | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance;

    /// <summary>The listing of an assembly; lines end with a line feed.</summary>
    /// <param name="assembly">The assembly.</param>
    public static string Of(Assembly assembly)
    {
        var types = assembly.GetTypes().Where(IsVisible).OrderBy(ApiNames.Declared, StringComparer.Ordinal);
        return string.Join("\n", types.Select(Of));
    }

    /// <summary>The lines of one type.</summary>
    /// <param name="type">A type that is visible from outside.</param>
    public static string Of(Type type)
    {
        var text = new StringBuilder(Header(type)).Append('\n');
        foreach (var member in Members(type).Distinct().Order(StringComparer.Ordinal))
            text.Append("    ").Append(member).Append('\n');
        return text.ToString();
    }

    static bool IsVisible(Type type) =>
        !type.Name.Contains('<', StringComparison.Ordinal)
        && (type.IsPublic || (type.DeclaringType is { } outer && IsVisible(outer) && (type.IsNestedPublic || ((type.IsNestedFamily || type.IsNestedFamORAssem) && !outer.IsSealed))));

    static string Header(Type type)
    {
        var name = ApiNames.Declared(type);
        if (type.IsEnum)
            return $"{Flags(type)}enum {name} : {ApiNames.Of(Enum.GetUnderlyingType(type))}";
        if (type.IsSubclassOf(typeof(Delegate)))
            return $"delegate {ApiMembers.Signature(type.GetMethod("Invoke")!, name)}{ApiNames.Constraints(type.GetGenericArguments())}";
        var bases = new List<string>();
        if (type.BaseType is { } parent && parent != typeof(object) && parent != typeof(ValueType))
            bases.Add(ApiNames.Of(parent));
        // What a base or another interface brings along says nothing new, and neither does a record's own IEquatable.
        var brought = type.GetInterfaces().SelectMany(i => i.GetInterfaces()).Concat(type.BaseType?.GetInterfaces() ?? []).ToHashSet();
        bases.AddRange(type.GetInterfaces().Where(i => !brought.Contains(i) && (i.IsPublic || i.IsNestedPublic)).Select(i => ApiNames.Of(i)).Order(StringComparer.Ordinal));
        return $"{Modifiers(type)}{name}{(bases.Count > 0 ? " : " + string.Join(", ", bases) : "")}{ApiNames.Constraints(type.GetGenericArguments())}";
    }

    static string Flags(Type type) => type.IsDefined(typeof(FlagsAttribute)) ? "[Flags] " : "";

    static string Modifiers(Type type)
    {
        var access = type.IsNestedFamily || type.IsNestedFamORAssem ? "protected " : "";
        if (type.IsInterface)
            return access + "interface ";
        var record = type.GetMethod("<Clone>$", Declared) is not null
            || (type.IsValueType && type.GetMethod("PrintMembers", Declared) is { } print && print.IsDefined(typeof(CompilerGeneratedAttribute))) ? "record " : "";
        if (type.IsValueType)
            return $"{access}{(type.IsDefined(typeof(IsReadOnlyAttribute)) ? "readonly " : "")}{(type.IsByRefLike ? "ref " : "")}{record}struct ";
        var kind = (type.IsAbstract, type.IsSealed) switch
        {
            (true, true) => "static ",
            (true, false) => "abstract ",
            (false, true) => "sealed ",
            _ => "",
        };
        return $"{access}{kind}{(record.Length > 0 ? record : "class ")}";
    }

    static IEnumerable<string> Members(Type type)
    {
        if (type.IsSubclassOf(typeof(Delegate)))
            return [];
        if (type.IsEnum)
        {
            return type.GetFields(BindingFlags.Public | BindingFlags.Static)
                .Select(field => string.Create(CultureInfo.InvariantCulture, $"{field.Name} = {Convert.ToString(field.GetRawConstantValue(), CultureInfo.InvariantCulture)}"));
        }

        var open = !type.IsSealed;
        return
        [
            .. type.GetFields(Declared).Where(field => IsSeen(field.Attributes, open)).Select(ApiMembers.Of),
            .. type.GetConstructors(Declared).Where(constructor => IsSeen(constructor, open) && !constructor.IsStatic && !IsMade(constructor)).Select(ApiMembers.Of),
            .. type.GetProperties(Declared).Where(property => property.Name != "EqualityContract").Select(property => ApiMembers.Of(property, accessor => IsSeen(accessor, open))).OfType<string>(),
            .. type.GetEvents(Declared).Where(e => e.AddMethod is { } add && IsSeen(add, open)).Select(ApiMembers.Of),
            .. type.GetMethods(Declared).Where(method => IsSeen(method, open) && !IsMade(method) && !IsAccessor(method)).Select(ApiMembers.Of),
        ];
    }

    static bool IsMade(MethodBase method) => method.IsDefined(typeof(CompilerGeneratedAttribute)) || method.Name.Contains('<', StringComparison.Ordinal);

    static bool IsAccessor(MethodInfo method) => method.IsSpecialName && !method.Name.StartsWith("op_", StringComparison.Ordinal);

    static bool IsSeen(MethodBase method, bool open) => method.IsPublic || (open && (method.IsFamily || method.IsFamilyOrAssembly));

    static bool IsSeen(FieldAttributes attributes, bool open) => (attributes & FieldAttributes.FieldAccessMask) switch
    {
        FieldAttributes.Public => true,
        FieldAttributes.Family or FieldAttributes.FamORAssem => open,
        _ => false,
    };
}
