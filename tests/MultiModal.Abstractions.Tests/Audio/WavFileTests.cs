using System.Buffers.Binary;
using System.Text;
using MultiModal.Audio;

namespace MultiModal.Abstractions.Tests.Audio;

public sealed class WavFileTests
{
    [Theory]
    [InlineData(WavEncoding.Pcm8, 1, 1f / 128)]
    [InlineData(WavEncoding.Pcm8, 3, 1f / 128)]
    [InlineData(WavEncoding.Pcm16, 1, 1f / 32768)]
    [InlineData(WavEncoding.Pcm16, 2, 1f / 32768)]
    [InlineData(WavEncoding.Pcm24, 2, 1f / 8388608)]
    [InlineData(WavEncoding.Pcm32, 5, 1e-7f)]
    [InlineData(WavEncoding.Float32, 1, 0f)]
    [InlineData(WavEncoding.Float64, 6, 0f)]
    public async Task What_is_written_is_read_again(WavEncoding encoding, int channels, float step)
    {
        var clip = Noise(1001, channels, 44100);
        foreach (var async in new[] { false, true })
        {
            using var stream = new MemoryStream();
            if (async)
                await WavFile.WriteAsync(stream, clip, encoding);
            else
                WavFile.Write(stream, clip, encoding);
            Assert.Equal(0, stream.Length % 2);
            stream.Position = 0;
            var read = async ? await WavFile.ReadAsync(stream) : WavFile.Read(stream);
            Assert.Equal(clip.Format, read.Format);
            Assert.Equal(clip.FrameCount, read.FrameCount);
            for (var channel = 0; channel < channels; channel++)
            {
                for (var i = 0; i < clip.FrameCount; i++)
                    Assert.True(Math.Abs(clip.Channel(channel)[i] - read.Channel(channel)[i]) <= step * 0.501f);
            }
        }
    }

    [Theory]
    [InlineData(WavEncoding.Pcm8)]
    [InlineData(WavEncoding.Pcm16)]
    [InlineData(WavEncoding.Pcm24)]
    [InlineData(WavEncoding.Float32)]
    public void Reading_and_writing_again_changes_no_byte(WavEncoding encoding)
    {
        var first = Bytes(Noise(500, 2, 48000), encoding);
        Assert.Equal(first, Bytes(WavFile.Read(new MemoryStream(first)), encoding));
    }

    [Fact]
    public void A_plain_header_is_read_as_the_format_says()
    {
        var clip = WavFile.Read(new MemoryStream(Riff(Fmt(1, 1, 8000, 16), Chunk("data", [0, 0, 0, 0x40, 0, 0x80]))));
        Assert.Equal([0f, 0.5f, -1f], clip.Channel(0).ToArray());
        Assert.Equal(8000, clip.SampleRate);
    }

    [Fact]
    public void Twenty_bits_in_three_bytes_read_as_twenty_four()
    {
        var format = Fmt(1, 1, 8000, 24);
        BinaryPrimitives.WriteUInt16LittleEndian(format.AsSpan(22), 20);
        Assert.Equal([0.5f], WavFile.Read(new MemoryStream(Riff(format, Chunk("data", [0, 0, 0x40])))).Channel(0).ToArray());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Unknown_chunks_of_odd_size_are_passed_over_with_or_without_their_pad_byte(bool padded)
    {
        byte[] odd = [.. "LIST"u8, 3, 0, 0, 0, 1, 2, 3];
        var file = Riff(odd, padded ? [0] : [], Fmt(1, 1, 8000, 16), Chunk("data", [0, 0x40]), Chunk("cue ", [1, 2]));
        Assert.Equal([0.5f], WavFile.Read(new MemoryStream(file)).Channel(0).ToArray());
        Assert.Equal([0.5f], WavFile.Read(new Pipe(file)).Channel(0).ToArray());
    }

    [Theory]
    [InlineData("RF64")]
    [InlineData("BW64")]
    public void Files_with_64_bit_sizes_are_read(string id)
    {
        Assert.Equal([0.5f, -0.5f], WavFile.Read(new MemoryStream(Rf64(id))).Channel(0).ToArray());
    }

    [Fact]
    public void A_file_past_4_GiB_becomes_RF64_and_can_be_read_piece_by_piece()
    {
        using var stream = new HugeStream();
        var block = new float[1 << 20];
        using (var writer = WavWriter.Create(stream, new(96000, 2), WavEncoding.Float64, leaveOpen: true))
        {
            for (var i = 0; i < 600; i++)
                writer.Write(block);
        }

        Assert.True(stream.Length > uint.MaxValue);
        stream.Position = 0;
        using var reader = WavReader.Open(stream);
        Assert.Equal(600L * (1 << 19), reader.FrameCount);
        reader.Seek(reader.FrameCount!.Value - 10);
        Assert.Equal(10, reader.Read(block));
    }

    [Fact]
    public async Task A_pipe_is_written_and_read_to_its_end()
    {
        var clip = Noise(70_000, 2, 16000);
        var pipe = new Pipe();
        await WavFile.WriteAsync(pipe, clip, WavEncoding.Float32);
        var read = await WavFile.ReadAsync(new Pipe(pipe.Written.ToArray()));
        Assert.Equal(clip.Channel(1).ToArray(), read.Channel(1).ToArray());
        using var reader = WavReader.Open(new Pipe(pipe.Written.ToArray()));
        Assert.Null(reader.FrameCount);
    }

    [Fact]
    public void Reading_in_pieces_gives_the_whole()
    {
        var clip = Noise(50_000, 3, 44100);
        using var reader = WavReader.Open(new MemoryStream(Bytes(clip, WavEncoding.Float32)));
        var all = new List<float>();
        var block = new float[3 * 777 + 2];
        for (int frames; (frames = reader.Read(block)) > 0;)
            all.AddRange(block.AsSpan(0, frames * 3));
        var expected = new float[150_000];
        clip.CopyInterleavedTo(expected);
        Assert.Equal(expected, all);
        reader.Seek(100);
        Assert.Equal(1, reader.Read(block.AsSpan(0, 3)));
        Assert.Equal(expected.AsSpan(300, 3).ToArray(), block.AsSpan(0, 3).ToArray());
    }

    [Fact]
    public void Half_an_hour_is_read_in_memory_that_does_not_grow()
    {
        using var stream = new HugeStream();
        using (var writer = WavWriter.Create(stream, new(44100), leaveOpen: true))
        {
            var second = new float[44100];
            for (var i = 0; i < 1800; i++)
                writer.Write(second);
        }

        stream.Position = 0;
        using var reader = WavReader.Open(stream);
        Assert.Equal(TimeSpan.FromMinutes(30), reader.Format.DurationOf(reader.FrameCount!.Value));
        var block = new float[44100];
        reader.Read(block);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var frames = 44100L;
        for (int read; (read = reader.Read(block)) > 0;)
            frames += read;
        Assert.Equal(44100L * 1800, frames);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 10_000);
    }

    [Fact]
    public void Integers_limit_what_is_too_loud_and_silence_what_is_no_number()
    {
        var clip = new AudioClip([2f, -2f, float.NaN, float.PositiveInfinity, float.NegativeInfinity], 8000);
        foreach (var (encoding, top) in new[] { (WavEncoding.Pcm8, 127f / 128), (WavEncoding.Pcm16, 32767f / 32768), (WavEncoding.Pcm24, 8388607f / 8388608), (WavEncoding.Pcm32, 1f) })
            Assert.Equal([top, -1, 0, top, -1], WavFile.Read(new MemoryStream(Bytes(clip, encoding))).Channel(0).ToArray());
    }

    [Fact]
    public void Telephone_codes_decode_to_the_values_of_G711()
    {
        byte[] codes = [0x00, 0x7F, 0x80, 0xFF, 0xD5, 0x55, 0x2A, 0xAA];
        float[] muLaw = [-32124, 0, 32124, 0, 716, -5372 , -0, 0];
        var mu = WavFile.Read(new MemoryStream(Riff(Fmt(7, 1, 8000, 8), Chunk("data", codes)))).Channel(0);
        Assert.Equal(muLaw.Take(4), mu[..4].ToArray().Select(v => v * 32768));
        var a = WavFile.Read(new MemoryStream(Riff(Fmt(6, 1, 8000, 8), Chunk("data", codes)))).Channel(0);
        Assert.Equal([8f, -8f, -32256f, 32256f], a[4..].ToArray().Select(v => v * 32768));
    }

    public static TheoryData<string, byte[], string> Broken => new()
    {
        { "nothing", [], "too short" },
        { "text", Encoding.ASCII.GetBytes("this is no sound at all, it is text"), "not a WAV file" },
        { "flac", Encoding.ASCII.GetBytes("fLaC000000000000"), "FLAC" },
        { "avi", [.. "RIFF"u8, 0, 0, 0, 0, .. "AVI "u8], "'AVI '" },
        { "no fmt", Riff(Chunk("data", [0, 0])), "before the fmt chunk" },
        { "no data", Riff(Fmt(1, 1, 8000, 16)), "without a data chunk" },
        { "no channels", Riff(Fmt(1, 0, 8000, 16)), "0 channels" },
        { "many channels", Riff(Fmt(1, 65535, 8000, 8)), "65535 channels" },
        { "no rate", Riff(Fmt(1, 1, 0, 16)), "0 Hz" },
        { "absurd rate", Riff(Fmt(1, 1, 0xFFFFFFFF, 16)), "4294967295 Hz" },
        { "odd bits", Riff(Fmt(1, 1, 8000, 7)), "not possible" },
        { "float16", Riff(Fmt(3, 1, 8000, 16)), "not possible" },
        { "adpcm", Riff(Fmt(2, 1, 8000, 16)), "compressed" },
        { "short extensible", Riff(Fmt(0xFFFE, 1, 8000, 16)), "too short to say" },
        { "short fmt", Riff(Chunk("fmt ", [1, 0, 1, 0])), "at least 16" },
        { "cut off", [.. Riff(Fmt(1, 1, 8000, 16)), .. "data"u8, 100, 0, 0, 0, 1, 2], "should hold 100 bytes" },
        { "huge chunk", [.. Riff(), .. "LIST"u8, 0xF0, 0xFF, 0xFF, 0xFF], "ends inside its 'LIST' chunk" },
        { "no ds64", [.. "RF64"u8, 0xFF, 0xFF, 0xFF, 0xFF, .. "WAVE"u8, .. Fmt(1, 1, 8000, 16), .. "data"u8, 0xFF, 0xFF, 0xFF, 0xFF], "without a ds64" },
    };

    [Theory]
    [MemberData(nameof(Broken))]
    public void A_broken_file_is_refused_with_a_reason(string name, byte[] bytes, string reason)
    {
        var error = Assert.Throws<InvalidFileException>(() => WavFile.Read(new MemoryStream(bytes), name));
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        Assert.Equal(name, error.File);
        Assert.Throws<InvalidFileException>(() => WavFile.Read(new Pipe(bytes), name));
    }

    [Fact]
    public void A_file_that_was_cut_off_can_be_read_on_request()
    {
        byte[] bytes = [.. Riff(Fmt(1, 2, 8000, 16)), .. "data"u8, 100, 0, 0, 0, 0, 0x40, 0, 0x40, 7];
        var options = new WavReadOptions { AllowTruncated = true };
        Assert.Equal([0.5f], WavFile.Read(new MemoryStream(bytes), options: options).Channel(1).ToArray());
        Assert.Equal([0.5f], WavFile.Read(new Pipe(bytes), options: options).Channel(1).ToArray());
    }

    [Fact]
    public void A_file_longer_than_the_limit_is_refused()
    {
        var bytes = Bytes(Noise(100_000, 2, 8000), WavEncoding.Pcm16);
        var options = new WavReadOptions { MaxSamples = 199_999 };
        Assert.Contains("limit of 199999", Assert.Throws<InvalidFileException>(() => WavFile.Read(new MemoryStream(bytes), options: options)).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidFileException>(() => WavFile.Read(new Pipe(bytes), options: options));
    }

    [Fact]
    public void A_frame_cut_in_half_is_left_out()
    {
        var clip = WavFile.Read(new MemoryStream(Riff(Fmt(1, 2, 8000, 16), Chunk("data", [0, 0x40, 0, 0x40, 1, 1]))));
        Assert.Equal(1, clip.FrameCount);
    }

    [Fact]
    public async Task Reading_can_be_cancelled()
    {
        var bytes = Bytes(Noise(1000, 1, 8000), WavEncoding.Pcm16);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => WavFile.ReadAsync(new MemoryStream(bytes), cancellationToken: new(canceled: true)));
    }

    internal static byte[] Bytes(AudioClip clip, WavEncoding encoding)
    {
        using var stream = new MemoryStream();
        WavFile.Write(stream, clip, encoding);
        return stream.ToArray();
    }

    internal static AudioClip Noise(int frames, int channels, int rate)
    {
        var random = new Random(frames);
        var samples = new float[frames * channels];
        for (var i = 0; i < samples.Length; i++)
            samples[i] = (random.NextSingle() * 1.98f) - 0.99f;
        return new(samples, rate, channels);
    }

    internal static byte[] Rf64(string id = "RF64")
    {
        var sizes = new byte[28];
        BinaryPrimitives.WriteInt64LittleEndian(sizes.AsSpan(8), 4);
        byte[] data = [.. "data"u8, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0x40, 0, 0xC0, 9, 9];
        return [.. Encoding.ASCII.GetBytes(id), 0xFF, 0xFF, 0xFF, 0xFF, .. "WAVE"u8, .. Chunk("ds64", sizes), .. Fmt(1, 1, 8000, 16), .. data];
    }

    internal static byte[] WithChunks() =>
        Riff(Chunk("bext", new byte[602]), Chunk("LIST", [1, 2, 3]), [0], Fmt(7, 2, 8000, 8), Chunk("data", new byte[64]), Chunk("cue ", new byte[28]));

    static byte[] Riff(params byte[][] chunks)
    {
        byte[] body = [.. "WAVE"u8, .. chunks.SelectMany(c => c)];
        return [.. "RIFF"u8, .. BitConverter.GetBytes(body.Length), .. body];
    }

    static byte[] Chunk(string id, byte[] data) => [.. Encoding.ASCII.GetBytes(id), .. BitConverter.GetBytes(data.Length), .. data];

    static byte[] Fmt(ushort tag, ushort channels, uint rate, ushort bits)
    {
        var chunk = new byte[16];
        BinaryPrimitives.WriteUInt16LittleEndian(chunk, tag);
        BinaryPrimitives.WriteUInt16LittleEndian(chunk.AsSpan(2), channels);
        BinaryPrimitives.WriteUInt32LittleEndian(chunk.AsSpan(4), rate);
        BinaryPrimitives.WriteUInt16LittleEndian(chunk.AsSpan(12), (ushort)(channels * bits / 8));
        BinaryPrimitives.WriteUInt16LittleEndian(chunk.AsSpan(14), bits);
        return Chunk("fmt ", chunk);
    }
}
