using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace MultiModal.Testing.PublicApi;

/// <summary>Members as they would be declared in C#, on one line.</summary>
static class ApiMembers
{
    static readonly NullabilityInfoContext nullability = new();
    static readonly Lock gate = new();

    public static string Of(FieldInfo field)
    {
        var type = ApiNames.Of(field.FieldType, Nullability(() => nullability.Create(field)));
        if (field.IsLiteral)
            return $"const {type} {field.Name} = {Constant(field.GetRawConstantValue(), field.FieldType)}";
        return $"{Access(field.IsPublic)}{(field.IsStatic ? "static " : "")}{Required(field)}{(field.IsInitOnly ? "readonly " : "")}{type} {field.Name}";
    }

    public static string Of(ConstructorInfo constructor) =>
        $"{Access(constructor.IsPublic)}{ApiNames.Simple(constructor.DeclaringType!)}({Parameters(constructor)})";

    public static string? Of(PropertyInfo property, Func<MethodInfo, bool> isSeen)
    {
        var accessors = new[] { property.GetMethod, property.SetMethod }.Where(accessor => accessor is not null && isSeen(accessor)).Select(accessor => accessor!).ToList();
        if (accessors.Count == 0)
            return null;
        var widest = accessors.FirstOrDefault(accessor => accessor.IsPublic) ?? accessors[0];
        var parts = accessors.Select(accessor => $"{(accessor.IsPublic == widest.IsPublic ? "" : "protected ")}{Verb(property, accessor)};");
        var index = property.GetIndexParameters();
        var name = index.Length == 0 ? property.Name : $"this[{string.Join(", ", index.Select(Parameter))}]";
        var reference = Reference(property.PropertyType, property.GetRequiredCustomModifiers(), property);
        return $"{Access(widest.IsPublic)}{Modifiers(widest)}{Required(property)}{reference}{ApiNames.Of(property.PropertyType, Nullability(() => nullability.Create(property)))} {name} {{ {string.Join(' ', parts)} }}";
    }

    public static string Of(EventInfo change) =>
        $"{Access(change.AddMethod!.IsPublic)}{Modifiers(change.AddMethod)}event {ApiNames.Of(change.EventHandlerType!, Nullability(() => nullability.Create(change)))} {change.Name}";

    public static string Of(MethodInfo method)
    {
        var generics = method.GetGenericArguments();
        var name = generics.Length == 0 ? method.Name : $"{method.Name}<{string.Join(", ", generics.Select(generic => generic.Name))}>";
        return $"{Access(method.IsPublic)}{Modifiers(method)}{Signature(method, name)}{ApiNames.Constraints(generics)}";
    }

    /// <summary>The return type, a name, and the parameters.</summary>
    public static string Signature(MethodInfo method, string name)
    {
        var returned = method.ReturnParameter;
        var reference = Reference(method.ReturnType, returned.GetRequiredCustomModifiers(), returned);
        var extension = method.IsDefined(typeof(ExtensionAttribute)) ? "this " : "";
        return $"{reference}{ApiNames.Of(method.ReturnType, Nullability(() => nullability.Create(returned)))} {name}({extension}{Parameters(method)})";
    }

    static string Access(bool isPublic) => isPublic ? "" : "protected ";

    static string Verb(PropertyInfo property, MethodInfo accessor) =>
        accessor == property.GetMethod ? "get" : accessor.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)) ? "init" : "set";

    static string Required(MemberInfo member) => member.IsDefined(typeof(RequiredMemberAttribute)) ? "required " : "";

    static string Modifiers(MethodInfo method)
    {
        if (method.IsStatic)
            return method.IsAbstract ? "static abstract " : method.IsVirtual ? "static virtual " : "static ";
        if (method.DeclaringType!.IsInterface)
            return method.IsAbstract ? "" : "virtual ";
        if (!method.IsVirtual || (method.IsFinal && method.Attributes.HasFlag(MethodAttributes.NewSlot)))
            return "";
        var overriding = method.GetBaseDefinition() != method;
        return (overriding, method.IsAbstract, method.IsFinal) switch
        {
            (true, true, _) => "abstract override ",
            (true, _, true) => "sealed override ",
            (true, _, _) => "override ",
            (_, true, _) => "abstract ",
            _ => "virtual ",
        };
    }

    static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(Parameter));

    static string Parameter(ParameterInfo parameter)
    {
        var kind = parameter.IsDefined(typeof(ParamArrayAttribute)) || parameter.IsDefined(typeof(ParamCollectionAttribute)) ? "params " : "";
        if (parameter.ParameterType.IsByRef)
            kind += parameter.IsOut ? "out " : parameter.IsDefined(typeof(RequiresLocationAttribute)) ? "ref readonly " : parameter.IsIn ? "in " : "ref ";
        var given = parameter.HasDefaultValue ? $" = {Constant(parameter.RawDefaultValue, parameter.ParameterType)}" : "";
        return $"{kind}{ApiNames.Of(parameter.ParameterType, Nullability(() => nullability.Create(parameter)))} {parameter.Name}{given}";
    }

    static string Reference(Type type, Type[] modifiers, ICustomAttributeProvider provider) =>
        !type.IsByRef ? "" : modifiers.Contains(typeof(System.Runtime.InteropServices.InAttribute)) || provider.IsDefined(typeof(IsReadOnlyAttribute), false) ? "ref readonly " : "ref ";

    // The context caches what it has read, and is not made for several threads.
    static NullabilityInfo Nullability(Func<NullabilityInfo> read)
    {
        lock (gate)
            return read();
    }

    static string Constant(object? value, Type type)
    {
        var underlying = Nullable.GetUnderlyingType(type);
        // A structure without a constant has no value here either: the default that is written for it is null.
        if (value is null)
            return underlying is null && (type.IsValueType || type.IsGenericParameter) ? "default" : "null";
        type = underlying ?? type;
        return value switch
        {
            _ when type.IsEnum => Enum.ToObject(type, value) is var member && Enum.IsDefined(type, member) ? $"{ApiNames.Of(type)}.{member}" : $"({ApiNames.Of(type)}){value}",
            bool flag => flag ? "true" : "false",
            char letter => $"'{letter}'",
            string text => $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)}\"",
            float number => number.ToString("R", CultureInfo.InvariantCulture) + "f",
            IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
            _ => value.ToString()!,
        };
    }
}
