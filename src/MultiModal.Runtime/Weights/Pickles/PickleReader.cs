using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace MultiModal.Runtime.Weights.Pickles;

/// <summary>
/// The stack machine of Python's pickles, protocols 0 to 5 (Lib/pickletools.py describes every opcode), building plain data only.
/// </summary>
/// <remarks>
/// A pickle is a program; here its calls go to an <see cref="IPickleBuilder"/>, which knows a handful of harmless ones and keeps the
/// rest as <see cref="PickleObject"/>. There is no recursion, and every allocation is charged to a budget first.
/// </remarks>
sealed class PickleReader
{
    const int LongText = 1 << 16;
    const int ObjectCharge = 64;
    const int SlotCharge = 16;
    const int EntryCharge = 72;

    readonly string file;
    readonly byte[] source;
    readonly IPickleBuilder builder;
    readonly PickleBudget budget;
    readonly PickleStack stack;
    readonly Dictionary<long, object?> memo = [];
    int opcodeAt;

    /// <param name="file">What error messages call the file.</param>
    /// <param name="source">The bytes.</param>
    /// <param name="start">Where the pickle begins.</param>
    /// <param name="builder">What stands for classes and functions.</param>
    /// <param name="budget">What may be allocated.</param>
    public PickleReader(string file, byte[] source, int start, IPickleBuilder builder, PickleBudget budget)
    {
        this.file = file;
        this.source = source;
        this.builder = builder;
        this.budget = budget;
        stack = new(budget);
        Position = start;
    }

    /// <summary>Where the next opcode is read; after <see cref="Read"/>, where the pickle ended.</summary>
    public int Position { get; private set; }

    /// <summary>Runs the pickle to its STOP.</summary>
    /// <returns>What it describes.</returns>
    /// <exception cref="InvalidFileException">It is damaged, uses what no checkpoint does, or asks for too much.</exception>
    public object? Read()
    {
        while (true)
        {
            opcodeAt = Position;
            var opcode = Take(1)[0];
            if (opcode == '.')
                return Pop();
            if (!Constant(opcode) && !Text(opcode) && !Container(opcode) && !Memory(opcode) && !Call(opcode))
                throw Error($"The opcode 0x{opcode:X2} is unknown.");
        }
    }

    bool Constant(byte opcode)
    {
        switch (opcode)
        {
            case 0x80: // PROTO
                var protocol = Take(1)[0];
                if (protocol > 5)
                    throw Error($"Protocol {protocol} is newer than this reader.");
                break;
            case 0x95: // FRAME: a hint for buffering
                Count(BinaryPrimitives.ReadUInt64LittleEndian(Take(8)));
                break;
            case (byte)'N': Push(null); break;
            case 0x88: Push(true); break;
            case 0x89: Push(false); break;
            case (byte)'J': PushNew((long)BinaryPrimitives.ReadInt32LittleEndian(Take(4))); break;
            case (byte)'K': PushNew((long)Take(1)[0]); break;
            case (byte)'M': PushNew((long)BinaryPrimitives.ReadUInt16LittleEndian(Take(2))); break;
            case 0x8A: PushNew(PickleText.Integer(Take(Take(1)[0]))); break;
            case 0x8B: // LONG4
                var length = BinaryPrimitives.ReadInt32LittleEndian(Take(4));
                if (length is < 0 or > 1024)
                    throw Error($"An integer of {length} bytes is no honest one.");
                PushNew(PickleText.Integer(Take(length)));
                break;
            case (byte)'G': PushNew(BinaryPrimitives.ReadDoubleBigEndian(Take(8))); break;
            case (byte)'I':
                var text = Line();
                PushNew(text switch { "00" => false, "01" => true, _ => PickleText.ParseInteger(text) ?? throw Error("A number is malformed.") });
                break;
            case (byte)'L': PushNew(PickleText.ParseInteger(Line()) ?? throw Error("A number is malformed.")); break;
            case (byte)'F':
                var real = Line();
                PushNew(double.TryParse(real, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : real switch
                {
                    "inf" => double.PositiveInfinity,
                    "-inf" => double.NegativeInfinity,
                    "nan" => double.NaN,
                    _ => throw Error("A number is malformed."),
                });
                break;
            default:
                return false;
        }

        return true;
    }

    bool Text(byte opcode)
    {
        switch (opcode)
        {
            case (byte)'X': PushText(Count(BinaryPrimitives.ReadUInt32LittleEndian(Take(4)))); break;
            case 0x8C: PushText(Count(Take(1)[0])); break;
            case 0x8D: PushText(Count(BinaryPrimitives.ReadUInt64LittleEndian(Take(8)))); break;
            case (byte)'V': Push(Charged(PickleText.ParseRawUnicode(Line(Encoding.Latin1)))); break;
            case (byte)'S': Push(Charged(PickleText.ParseQuoted(Line(Encoding.Latin1)) ?? throw Error("A string is malformed."))); break;
            case (byte)'T': Push(Charged(PickleText.OfBytes(Charging(Count((uint)BinaryPrimitives.ReadInt32LittleEndian(Take(4))))))); break;
            case (byte)'U': Push(Charged(PickleText.OfBytes(Charging(Count(Take(1)[0]))))); break;
            case (byte)'B': PushBytes(Count(BinaryPrimitives.ReadUInt32LittleEndian(Take(4)))); break;
            case (byte)'C': PushBytes(Count(Take(1)[0])); break;
            case 0x8E or 0x96: PushBytes(Count(BinaryPrimitives.ReadUInt64LittleEndian(Take(8)))); break;
            case 0x98: break; // READONLY_BUFFER: everything here is
            case 0x97: throw Error("The pickle keeps data out of band, in buffers this file does not have.");
            default: return false;
        }

        return true;
    }

    bool Container(byte opcode)
    {
        switch (opcode)
        {
            case (byte)'(': stack.Mark(); break;
            case (byte)'0':
                // POP also takes back a mark that nothing follows.
                if (!stack.TakeBackMark())
                    Pop();
                break;
            case (byte)'1': PopToMark(); break;
            case (byte)'2': Push(Peek()); break;
            case (byte)']': PushNew(new PickleList(PickleListKind.List, [])); break;
            case (byte)')': PushNew(new PickleList(PickleListKind.Tuple, [])); break;
            case (byte)'}': PushNew(new PickleDictionary()); break;
            case 0x8F: PushNew(new PickleList(PickleListKind.Set, [])); break;
            case (byte)'l': PushNew(new PickleList(PickleListKind.List, PopToMark())); break;
            case (byte)'t': PushNew(new PickleList(PickleListKind.Tuple, PopToMark())); break;
            case 0x91: PushNew(new PickleList(PickleListKind.Set, PopToMark())); break;
            case (byte)'d':
                var entries = PopToMark();
                var dictionary = new PickleDictionary();
                SetItems(dictionary, entries);
                PushNew(dictionary);
                break;
            case 0x85: PushNew(new PickleList(PickleListKind.Tuple, PopLast(1))); break;
            case 0x86: PushNew(new PickleList(PickleListKind.Tuple, PopLast(2))); break;
            case 0x87: PushNew(new PickleList(PickleListKind.Tuple, PopLast(3))); break;
            case (byte)'a': Append(PopLast(1)); break;
            case (byte)'e' or 0x90: Append(PopToMark()); break;
            case (byte)'s': SetItems(PopLast(2)); break;
            case (byte)'u': SetItems(PopToMark()); break;
            default: return false;
        }

        return true;
    }

    bool Memory(byte opcode)
    {
        switch (opcode)
        {
            case (byte)'p': Remember(MemoLine()); break;
            case (byte)'q': Remember(Take(1)[0]); break;
            case (byte)'r': Remember(BinaryPrimitives.ReadUInt32LittleEndian(Take(4))); break;
            case 0x94: Remember(memo.Count); break;
            case (byte)'g': Recall(MemoLine()); break;
            case (byte)'h': Recall(Take(1)[0]); break;
            case (byte)'j': Recall(BinaryPrimitives.ReadUInt32LittleEndian(Take(4))); break;
            default: return false;
        }

        return true;
    }

    bool Call(byte opcode)
    {
        switch (opcode)
        {
            case (byte)'c': PushNew(Type(Line(), Line())); break;
            case 0x93: // STACK_GLOBAL
                var names = PopLast(2);
                PushNew(Type(Name(names[0]), Name(names[1])));
                break;
            case (byte)'R' or 0x81: // REDUCE, NEWOBJ
                var call = PopLast(2);
                Push(Make(call[0], call[1]));
                break;
            case 0x92: // NEWOBJ_EX: keyword arguments are kept behind the others
                var extended = PopLast(3);
                var all = new List<object?>(Arguments(extended[1]).Raw) { extended[2] };
                budget.Charge(SlotCharge * all.Count);
                Push(Make(extended[0], new PickleList(PickleListKind.Tuple, all)));
                break;
            case (byte)'o': // OBJ: class and arguments after a mark
                var items = PopToMark();
                if (items.Count == 0)
                    throw Error("An object has no class.");
                Push(Make(items[0], new PickleList(PickleListKind.Tuple, items[1..])));
                break;
            case (byte)'i': // INST: class in the text, arguments after a mark
                var type = Type(Line(), Line());
                Push(Make(type, new PickleList(PickleListKind.Tuple, PopToMark())));
                break;
            case (byte)'b': // BUILD
                var state = Pop();
                builder.SetState(Peek(), Decoded(state));
                break;
            case (byte)'Q': Push(builder.Resolve(Pop())); break;
            case (byte)'P': Push(builder.Resolve(Line())); break;
            case 0x82 or 0x83 or 0x84: throw Error("The pickle uses the extension registry of the program that wrote it.");
            default: return false;
        }

        return true;
    }

    object? Make(object? callable, object? arguments)
    {
        budget.Charge(ObjectCharge * 2);
        // What a stub would give when called is one more stub.
        var type = callable as PickleObject ?? throw Error("Something is called that is no class or function.");
        return builder.Make(type, Arguments(arguments));
    }

    PickleList Arguments(object? value) => value as PickleList ?? throw Error("A call's arguments are no tuple.");

    static PickleObject Type(string module, string name) => new(module, name) { IsClass = true };

    string Name(object? value) => value is string or PickleTextSlice ? value.ToString()! : throw Error("A class has no name.");

    void Append(List<object?> items)
    {
        budget.Charge(SlotCharge * items.Count);
        switch (Peek())
        {
            case PickleList list when list.Kind != PickleListKind.Tuple:
                Extend(list, items);
                break;
            case PickleObject { IsClass: false } stub:
                Extend(stub.Items ??= new(PickleListKind.List, []), items);
                break;
            default:
                throw Error("Items are appended to something that is no list.");
        }

        static void Extend(PickleList list, List<object?> items)
        {
            foreach (var item in items)
                list.Add(item);
        }
    }

    void SetItems(List<object?> items)
    {
        switch (Peek())
        {
            case PickleDictionary dictionary:
                SetItems(dictionary, items);
                break;
            case PickleObject { IsClass: false } stub:
                SetItems(stub.Entries ??= new(), items);
                break;
            default:
                throw Error("Entries are set on something that is no dict.");
        }
    }

    void SetItems(PickleDictionary dictionary, List<object?> items)
    {
        if (items.Count % 2 != 0)
            throw Error("A key of a dict has no value.");
        budget.Charge(EntryCharge * items.Count / 2);
        for (var i = 0; i < items.Count; i += 2)
            dictionary.Set(Decoded(items[i]), Decoded(items[i + 1]));
    }

    void Remember(long index)
    {
        if (!memo.ContainsKey(index))
            budget.Charge(EntryCharge);
        memo[index] = Peek();
    }

    void Recall(long index) => Push(memo.TryGetValue(index, out var value) ? value : throw Error($"Nothing was memorised as {index}."));

    long MemoLine() =>
        long.TryParse(Line(), NumberStyles.None, CultureInfo.InvariantCulture, out var index) ? index : throw Error("A memo index is malformed.");

    void PushText(int length)
    {
        budget.Charge(ObjectCharge);
        if (length > LongText)
        {
            Push(new PickleTextSlice(source, Position, length));
            Take(length);
            return;
        }

        Push(Charged(Encoding.UTF8.GetString(Take(length))));
    }

    void PushBytes(int length)
    {
        budget.Charge(ObjectCharge + length);
        Push(Take(length).ToArray());
    }

    object? Decoded(object? value) => value is PickleTextSlice text ? Charged(text.ToString()) : value;

    string Charged(string text)
    {
        budget.Charge(ObjectCharge + (2 * text.Length));
        return text;
    }

    ReadOnlySpan<byte> Charging(int length)
    {
        budget.Charge(2L * length);
        return Take(length);
    }

    void PushNew(object value)
    {
        budget.Charge(ObjectCharge);
        Push(value);
    }

    void Push(object? value) => stack.Push(value);

    object? Peek() => stack.Has(1) ? stack.Top : throw Error("The stack is empty.");

    object? Pop() => stack.Has(1) ? stack.Pop() : throw Error("The stack is empty.");

    List<object?> PopLast(int count) => stack.Has(count) ? stack.PopLast(count) : throw Error("The stack is empty.");

    List<object?> PopToMark() => stack.HasMark ? stack.PopToMark() : throw Error("There is no mark.");

    int Count(ulong length) =>
        length <= (ulong)(source.Length - Position) ? (int)length : throw Error($"{length} bytes are due, but only {source.Length - Position} follow.");

    ReadOnlySpan<byte> Take(int length)
    {
        if (length > source.Length - Position)
            throw Error("The pickle ends too early.");
        var bytes = source.AsSpan(Position, length);
        Position += length;
        return bytes;
    }

    string Line(Encoding? encoding = null)
    {
        var length = source.AsSpan(Position).IndexOf((byte)'\n');
        if (length < 0)
            throw Error("A line does not end.");
        budget.Charge(ObjectCharge + (2L * length));
        var line = (encoding ?? Encoding.UTF8).GetString(Take(length)).TrimEnd('\r');
        Position++;
        return line;
    }

    InvalidFileException Error(string problem) => new(file, problem, $"pickle byte {opcodeAt}");
}
