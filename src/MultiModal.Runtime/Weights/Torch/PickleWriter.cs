using System.Buffers.Binary;
using System.Collections;
using System.Numerics;
using System.Text;
using MultiModal.Runtime.Weights.Pickles;

namespace MultiModal.Runtime.Weights.Torch;

/// <summary>Writes plain containers, numbers, text and tensors as a pickle of protocol 2, tensors as torch.save has them.</summary>
sealed class PickleWriter : IDisposable
{
    const int Deepest = 64;

    readonly MemoryStream stream = new();

    /// <summary>The tensors met, in order; a tensor's place is the key of its storage.</summary>
    public List<WeightTensor> Tensors { get; } = [];

    /// <exception cref="ArgumentException">Something has no counterpart in a checkpoint, or contains itself.</exception>
    public byte[] Write(object? root)
    {
        Op(0x80, 2);
        Value(root, 0);
        Op('.');
        return stream.ToArray();
    }

    public void Dispose() => stream.Dispose();

    void Value(object? value, int depth)
    {
        if (depth > Deepest)
            throw new ArgumentException($"The contents are nested more than {Deepest} deep, or contain themselves.");
        switch (value)
        {
            case null: Op('N'); break;
            case bool truth: Op(truth ? 0x88 : 0x89); break;
            case int number: Integer(number); break;
            case long number: Integer(number); break;
            case BigInteger number: Long(number); break;
            case float number: Real(number); break;
            case double number: Real(number); break;
            case string text: Text(text); break;
            case NumpyArray array: Array(array.Values); break;
            case WeightTensor tensor: Tensor(tensor); break;
            case TensorData data: Tensor(new MemoryTensor("", data)); break;
            case PickleArray { Tensor: { } tensor }: Tensor(tensor); break;
            case PickleList { Kind: PickleListKind.List } list: Items(list, depth); break;
            case PickleList { Kind: PickleListKind.Tuple } tuple: Tuple(tuple, depth); break;
            case PickleDictionary dictionary: Entries(dictionary, depth); break;
            case IDictionary dictionary: Entries(dictionary.Keys.Cast<object>().Select(key => KeyValuePair.Create(key, dictionary[key])), depth); break;
            case IWeightSource source: Entries(source.Names.Select(name => KeyValuePair.Create<object, object?>(name, source.Get(name))), depth); break;
            case IList list: Items(list.Cast<object?>(), depth); break;
            default: throw new ArgumentException($"A checkpoint cannot hold a {value.GetType()}.");
        }
    }

    void Items(IEnumerable<object?> items, int depth)
    {
        Op(']');
        Op('(');
        foreach (var item in items)
            Value(item, depth + 1);
        Op('e');
    }

    void Tuple(IEnumerable<object?> items, int depth)
    {
        Op('(');
        foreach (var item in items)
            Value(item, depth + 1);
        Op('t');
    }

    void Entries(IEnumerable<KeyValuePair<object, object?>> entries, int depth)
    {
        Op('}');
        Op('(');
        foreach (var (key, value) in entries)
        {
            Value(key is DBNull ? null : key, depth + 1);
            Value(value, depth + 1);
        }

        Op('u');
    }

    /// <summary>torch._utils._rebuild_tensor_v2(storage, 0, shape, strides, False, OrderedDict()), or _v3 for types without a storage class.</summary>
    void Tensor(WeightTensor tensor)
    {
        var storage = TorchTypes.StorageOf(tensor.Type);
        Global("torch._utils", storage is null ? "_rebuild_tensor_v3" : "_rebuild_tensor_v2");
        Op('(');
        Op('(');
        Text("storage");
        if (storage is null)
            Global("torch.storage", "UntypedStorage");
        else
            Global("torch", storage);
        Text(Tensors.Count.ToString(System.Globalization.CultureInfo.InvariantCulture));
        Text("cpu");
        Integer(storage is null ? tensor.ByteLength : tensor.Length);
        Op('t');
        Op('Q');
        Integer(0);
        Op('(');
        foreach (var length in tensor.Dimensions)
            Integer(length);
        Op('t');
        Op('(');
        foreach (var stride in Strides(tensor.Dimensions))
            Integer(stride);
        Op('t');
        Op(0x89);
        Global("collections", "OrderedDict");
        Op(')');
        Op('R');
        if (storage is null)
            Global("torch", TorchTypes.NameOf(tensor.Type));
        Op('t');
        Op('R');
        Tensors.Add(tensor);
    }

    /// <summary>numpy.core.multiarray._reconstruct(ndarray, (0,), b"b") with its state: (version, shape, dtype, columns first, bytes).</summary>
    void Array(TensorData values)
    {
        Global("numpy.core.multiarray", "_reconstruct");
        Op('(');
        Global("numpy", "ndarray");
        Op('(');
        Integer(0);
        Op('t');
        Bytes("b"u8);
        Op('t');
        Op('R');
        Op('(');
        Integer(1);
        Op('(');
        foreach (var length in values.Dimensions)
            Integer(length);
        Op('t');
        Global("numpy", "dtype");
        Op('(');
        Text("f4");
        Op(0x89);
        Op(0x88);
        Op('t');
        Op('R');
        // Version 3, least byte first, no fields, no alignment of its own.
        Op('(');
        Integer(3);
        Text("<");
        Op('N');
        Op('N');
        Op('N');
        Integer(-1);
        Integer(-1);
        Integer(0);
        Op('t');
        Op('b');
        Op(0x89);
        Bytes(values.Bytes);
        Op('t');
        Op('b');
    }

    /// <summary>Bytes, by the operation of protocol 3: under protocol 2 they would be text of twice the length, and readers take every operation they know.</summary>
    void Bytes(ReadOnlySpan<byte> bytes)
    {
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
        Op('B');
        stream.Write(length);
        stream.Write(bytes);
    }

    static long[] Strides(IReadOnlyList<long> dimensions)
    {
        var strides = new long[dimensions.Count];
        var stride = 1L;
        for (var axis = strides.Length - 1; axis >= 0; axis--)
        {
            strides[axis] = stride;
            stride *= Math.Max(dimensions[axis], 1);
        }

        return strides;
    }

    void Integer(long value)
    {
        Span<byte> bytes = stackalloc byte[4];
        switch (value)
        {
            case >= 0 and < 256:
                Op('K', (byte)value);
                break;
            case >= int.MinValue and <= int.MaxValue:
                Op('J');
                BinaryPrimitives.WriteInt32LittleEndian(bytes, (int)value);
                stream.Write(bytes);
                break;
            default:
                Long(value);
                break;
        }
    }

    void Long(BigInteger value)
    {
        var bytes = value.ToByteArray();
        if (bytes.Length > byte.MaxValue)
            throw new ArgumentException("A whole number of more than 2040 bits belongs in no checkpoint.");
        Op(0x8A, (byte)bytes.Length);
        stream.Write(bytes);
    }

    void Real(double value)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteDoubleBigEndian(bytes, value);
        Op('G');
        stream.Write(bytes);
    }

    void Text(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
        Op('X');
        stream.Write(length);
        stream.Write(bytes);
    }

    void Global(string module, string name)
    {
        Op('c');
        stream.Write(Encoding.ASCII.GetBytes($"{module}\n{name}\n"));
    }

    void Op(int opcode) => stream.WriteByte((byte)opcode);

    void Op(int opcode, byte argument)
    {
        stream.WriteByte((byte)opcode);
        stream.WriteByte(argument);
    }
}
