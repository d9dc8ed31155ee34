using System.Text;

namespace MultiModal.Voice.Conversion;

/// <summary>Writes feature_and_index.pkl: a pickle of protocol 4 of {speaker's number: faiss index}, each index an object whose state holds faiss' own bytes.</summary>
static class FaissPickle
{
    /// <summary>Writes the indexes.</summary>
    public static byte[] Write(IReadOnlyDictionary<int, byte[]> indexes)
    {
        using var stream = new MemoryStream();
        stream.Write([0x80, 4, (byte)'}', (byte)'(']);
        foreach (var (number, bytes) in indexes)
        {
            stream.WriteByte((byte)'J');
            Number(number);
            Text("faiss.swigfaiss");
            Text("IndexIVFFlat");
            // The class by its module and name, an object of it without arguments, then its state.
            stream.Write([0x93, (byte)')', 0x81, (byte)'}']);
            Text("this");
            stream.WriteByte(0x8E);
            stream.Write(BitConverter.GetBytes((long)bytes.Length));
            stream.Write(bytes);
            stream.Write("sb"u8);
        }

        stream.Write("u."u8);
        return stream.ToArray();

        void Number(int value)
        {
            stream.Write(BitConverter.GetBytes(value));
        }

        void Text(string text)
        {
            stream.WriteByte((byte)'X');
            Number(text.Length);
            stream.Write(Encoding.ASCII.GetBytes(text));
        }
    }
}
