namespace MultiModal.Runtime.Weights.Torch;

/// <summary>The checksum of zip archives (polynomial 0xEDB88320), eight bytes a step.</summary>
static class Crc32
{
    static readonly uint[][] tables = Tables();

    /// <summary>Goes on from the checksum of what came before; 0 at first.</summary>
    public static uint Append(uint checksum, ReadOnlySpan<byte> bytes)
    {
        var crc = ~checksum;
        for (; bytes.Length >= 8; bytes = bytes[8..])
        {
            crc = tables[7][(byte)(crc ^ bytes[0])] ^ tables[6][(byte)((crc >> 8) ^ bytes[1])]
                ^ tables[5][(byte)((crc >> 16) ^ bytes[2])] ^ tables[4][(byte)((crc >> 24) ^ bytes[3])]
                ^ tables[3][bytes[4]] ^ tables[2][bytes[5]] ^ tables[1][bytes[6]] ^ tables[0][bytes[7]];
        }

        foreach (var value in bytes)
            crc = (crc >> 8) ^ tables[0][(byte)(crc ^ value)];
        return ~crc;
    }

    static uint[][] Tables()
    {
        var result = new uint[8][];
        for (var table = 0; table < 8; table++)
        {
            result[table] = new uint[256];
            for (var i = 0u; i < 256; i++)
            {
                var crc = table == 0 ? i : result[table - 1][i];
                for (var bit = 0; bit < 8; bit++)
                    crc = (crc & 1) == 0 ? crc >> 1 : (crc >> 1) ^ 0xEDB88320;
                result[table][i] = crc;
            }
        }

        return result;
    }
}
