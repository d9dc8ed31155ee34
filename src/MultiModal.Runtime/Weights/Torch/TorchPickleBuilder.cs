using System.Buffers.Binary;
using MultiModal.Runtime.Weights.Pickles;

namespace MultiModal.Runtime.Weights.Torch;

/// <summary>What the classes and functions in PyTorch's pickles stand for: tensors, plain containers, numpy's arrays; all else stays a stub.</summary>
sealed class TorchPickleBuilder(string file, PickleBudget budget) : IPickleBuilder
{
    readonly Dictionary<string, TorchStorage> storages = new(StringComparer.Ordinal);

    /// <summary>The storages the pickle named, by key.</summary>
    public IReadOnlyDictionary<string, TorchStorage> Storages => storages;

    public object? Make(PickleObject type, PickleList arguments)
    {
        var given = arguments.Raw;
        object? known = (type.Module, type.Name) switch
        {
            ("torch._utils", "_rebuild_tensor_v2" or "_rebuild_tensor") => Tensor(given, Typed(given)),
            ("torch._utils", "_rebuild_tensor_v3") => Tensor(given, At(given, 6) is PickleObject { Module: "torch" } dtype ? TorchTypes.OfDType(dtype.Name) : null),
            ("torch._utils", "_rebuild_parameter" or "_rebuild_parameter_with_state") => At(given, 0),
            ("torch._tensor", "_rebuild_from_type_v2") when At(given, 0) is PickleObject { IsClass: true } function && At(given, 2) is PickleList inner
                && (function.Module, function.Name) != (type.Module, type.Name) => Make(function, inner),
            ("torch", "Size") => At(given, 0) as PickleList,
            ("collections", "OrderedDict" or "Counter") => Dictionary(At(given, 0)),
            ("collections", "defaultdict") => Dictionary(At(given, 1)),
            ("builtins" or "__builtin__", "dict") => Dictionary(At(given, 0)),
            ("builtins" or "__builtin__", "set" or "frozenset") => Sequence(PickleListKind.Set, At(given, 0)),
            ("builtins" or "__builtin__", "list") => Sequence(PickleListKind.List, At(given, 0)),
            ("builtins" or "__builtin__", "tuple") => Sequence(PickleListKind.Tuple, At(given, 0)),
            ("builtins" or "__builtin__", "bytes" or "bytearray") => Bytes(given),
            ("_codecs", "encode") => Encoded(given),
            ("numpy", "dtype") => At(given, 0) is string code ? new NumpyType(code) : null,
            ("numpy.core.multiarray" or "numpy._core.multiarray", "_reconstruct") => new PickleArray(),
            ("numpy.core.multiarray" or "numpy._core.multiarray", "scalar") => Scalar(given),
            ("numpy.core.numeric" or "numpy._core.numeric", "_frombuffer") => FromBuffer(given),
            _ => null,
        };
        return known ?? new PickleObject(type.Module, type.Name) { Arguments = arguments };
    }

    public void SetState(object? target, object? state)
    {
        switch (target)
        {
            case PickleObject { IsClass: false } stub:
                stub.State = state;
                break;
            case NumpyType type when state is PickleList { Raw: [_, string order, ..] }:
                type.BigEndian = order == ">";
                break;
            // (version, shape, dtype, whether columns come first, bytes)
            case PickleArray array when state is PickleList { Raw: [_, PickleList shape, NumpyType type, bool columnsFirst, byte[] bytes] }:
                array.Tensor = Array(bytes, type, Numbers(shape), columnsFirst);
                break;
        }

        // The state of dicts, tensors and the like are attributes (such as a state dict's _metadata) that nothing here needs.
    }

    /// <summary>("storage", class, key, device, elements[, view]) as torch.save writes it.</summary>
    public object? Resolve(object? id)
    {
        if (id is not PickleList { Raw: [string kind, PickleObject { IsClass: true } type, var keyValue, _, long count, ..] } list || kind != "storage" || keyValue is not (string or long) || count < 0)
            throw Error("A persistent id is none of PyTorch's storages.");
        var key = Convert.ToString(keyValue, System.Globalization.CultureInfo.InvariantCulture)!;
        var element = TorchTypes.OfStorage(type.Name);
        if (element is null && type.Name != "UntypedStorage")
            throw Error($"The storage class {type} is not supported.");
        var size = element?.Size() ?? 1;
        if (count > long.MaxValue / 16)
            throw Error($"Storage '{key}' claims {count} elements.");
        var bytes = count * size;

        budget.Charge(256);
        if (!storages.TryGetValue(key, out var storage))
            storages.Add(key, storage = new(key, element, bytes));
        else if (storage.ByteLength != bytes || storage.Type != element)
            throw Error($"Storage '{key}' is described in two ways.");
        // A legacy file may describe a storage as a part of another.
        return list.Raw.Count > 5 && list.Raw[5] is not null ? throw Error("Views of storages, as PyTorch wrote before 0.4, are not supported.") : storage;
    }

    static object? At(IReadOnlyList<object?> arguments, int index) => index < arguments.Count ? arguments[index] : null;

    static DType? Typed(IReadOnlyList<object?> arguments) => (At(arguments, 0) as TorchStorage)?.Type;

    StridedTensor Tensor(IReadOnlyList<object?> arguments, DType? type)
    {
        if (arguments is not [TorchStorage storage, long offset, PickleList shape, PickleList strides, ..])
            throw Error("A tensor is malformed.");
        if (type is not { } known)
            throw Error($"The element type of a tensor in storage '{storage.Key}' is not supported.");
        budget.Charge(256 + (32L * shape.Count));
        var (tensor, problem) = StridedTensor.Create(known, Numbers(shape), storage, offset, Numbers(strides));
        return tensor ?? throw Error(problem!);
    }

    long[] Numbers(PickleList list)
    {
        if (list.Count > 64)
            throw Error("A tensor has more than 64 axes.");
        var numbers = new long[list.Count];
        for (var i = 0; i < numbers.Length; i++)
            numbers[i] = list.Raw[i] is long number ? number : throw Error("A tensor's shape or stride is no whole number.");
        return numbers;
    }

    PickleDictionary? Dictionary(object? entries)
    {
        var dictionary = new PickleDictionary();
        switch (entries)
        {
            case null:
                break;
            case PickleDictionary other:
                budget.Charge(72L * other.Count);
                foreach (var (key, value) in other)
                    dictionary.Set(key, value);
                break;
            case PickleList pairs:
                budget.Charge(72L * pairs.Count);
                foreach (var pair in pairs.Raw)
                {
                    if (pair is not PickleList { Count: 2 } both)
                        return null;
                    dictionary.Set(both[0], both[1]);
                }

                break;
            default:
                return null;
        }

        return dictionary;
    }

    PickleList? Sequence(PickleListKind kind, object? items)
    {
        if (items is not (null or PickleList))
            return null;
        var copied = items as PickleList;
        budget.Charge(64 + (16L * (copied?.Count ?? 0)));
        return new(kind, copied is null ? [] : [.. copied.Raw]);
    }

    byte[]? Bytes(IReadOnlyList<object?> arguments) => arguments switch
    {
        [] => [],
        [byte[] bytes] => bytes,
        // Protocol 2 writes a bytearray as text and the name of its encoding.
        [string or PickleTextSlice, ..] => Encoded(arguments),
        _ => null,
    };

    /// <summary>Bytes as protocol 2 writes them: characters of Latin-1, to be encoded.</summary>
    byte[]? Encoded(IReadOnlyList<object?> arguments)
    {
        if (At(arguments, 1) is not (null or "latin1" or "latin-1" or "iso-8859-1"))
            return null;
        switch (At(arguments, 0))
        {
            case PickleTextSlice slice:
                budget.Charge(slice.Length);
                return slice.ToLatin1();
            case string text when text.All(character => character < 256):
                budget.Charge(text.Length);
                return System.Text.Encoding.Latin1.GetBytes(text);
            default:
                return null;
        }
    }

    static object? Scalar(IReadOnlyList<object?> arguments)
    {
        if (arguments is not [NumpyType { Type: { } type } numpy, byte[] bytes] || bytes.Length != type.Size())
            return null;
        var value = bytes.ToArray();
        if (numpy.BigEndian)
            value.AsSpan().Reverse();
        return type switch
        {
            DType.Float64 => BinaryPrimitives.ReadDoubleLittleEndian(value),
            DType.Float32 => (double)BinaryPrimitives.ReadSingleLittleEndian(value),
            DType.Float16 => (double)BinaryPrimitives.ReadHalfLittleEndian(value),
            DType.Int64 => BinaryPrimitives.ReadInt64LittleEndian(value),
            DType.Int32 => (long)BinaryPrimitives.ReadInt32LittleEndian(value),
            DType.Int16 => (long)BinaryPrimitives.ReadInt16LittleEndian(value),
            DType.Int8 => (long)(sbyte)value[0],
            DType.UInt8 => (long)value[0],
            DType.UInt16 => (long)BinaryPrimitives.ReadUInt16LittleEndian(value),
            DType.UInt32 => (long)BinaryPrimitives.ReadUInt32LittleEndian(value),
            DType.Bool => value[0] != 0,
            _ => null,
        };
    }

    PickleArray? FromBuffer(IReadOnlyList<object?> arguments) =>
        arguments is [byte[] bytes, NumpyType type, PickleList shape, string order]
            ? new PickleArray { Tensor = Array(bytes, type, Numbers(shape), order == "F") }
            : null;

    /// <summary>The numbers of an array; null for one of objects or text, which stays without.</summary>
    StridedTensor? Array(byte[] bytes, NumpyType type, long[] shape, bool columnsFirst)
    {
        if (type.Type is not { } element)
            return null;
        var strides = new long[shape.Length];
        try
        {
            var stride = 1L;
            for (var i = 0; i < shape.Length; i++)
            {
                var axis = columnsFirst ? i : shape.Length - 1 - i;
                strides[axis] = stride;
                stride = checked(stride * Math.Max(shape[axis], 1));
            }
        }
        catch (OverflowException)
        {
            throw Error("An array's shape is out of range.");
        }

        budget.Charge(512);
        var storage = new TorchStorage("numpy", element, bytes.Length) { Data = new MemoryStorage(bytes), BigEndian = type.BigEndian };
        var (tensor, problem) = StridedTensor.Create(element, shape, storage, 0, strides);
        return tensor ?? throw Error(problem!);
    }

    InvalidFileException Error(string problem) => new(file, problem, "pickle");
}
