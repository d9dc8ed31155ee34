using MultiModal.Pipeline.Monitoring;

namespace MultiModal.Pipeline.Tests.Monitoring;

/// <summary>What the tool prints, in the forms of its manual and of drivers 470 to 570.</summary>
public sealed class NvidiaSmiTests
{
    [Fact]
    public void A_query_is_read_field_by_field()
    {
        var gpus = NvidiaSmi.ParseQuery(
            """
            0, GPU-5a1c2b3d-0000-1111-2222-333344445555, NVIDIA A100-SXM4-80GB, 87, 42, 40213, 81920, 61, 312.45, 1410
            1, GPU-6b2d3c4e-0000-1111-2222-333344445556, NVIDIA A100-SXM4-80GB, 0, 0, 4, 81920, 30, 58.10, 210

            """);
        Assert.Equal(
            new GpuSample(0)
            {
                Uuid = "GPU-5a1c2b3d-0000-1111-2222-333344445555",
                Name = "NVIDIA A100-SXM4-80GB",
                Utilization = 0.87,
                MemoryUtilization = 0.42,
                MemoryUsed = 40213L << 20,
                MemoryTotal = 81920L << 20,
                Temperature = 61,
                Power = 312.45,
                Clock = 1410,
            },
            gpus[0]);
        Assert.Equal((1, 0.0, 58.1), (gpus[1].Index, gpus[1].Utilization, gpus[1].Power));
    }

    [Fact]
    public void What_the_tool_does_not_know_is_not_there()
    {
        var gpu = Assert.Single(NvidiaSmi.ParseQuery("0, GPU-1, NVIDIA GeForce GT 710, [N/A], [Not Supported], 98, [Unknown Error], ERR!, [N/A], [N/A]\r\n"));
        Assert.Equal((98L << 20, (double?)null, (long?)null, (double?)null, (double?)null), (gpu.MemoryUsed, gpu.Utilization, gpu.MemoryTotal, gpu.Temperature, gpu.Power));
    }

    [Theory]
    [InlineData("")]
    [InlineData("NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver. Make sure that the latest NVIDIA driver is installed and running.\n")]
    [InlineData("No devices were found\n")]
    [InlineData("index, uuid, name, utilization.gpu [%], utilization.memory [%], memory.used [MiB], memory.total [MiB], temperature.gpu, power.draw [W], clocks.current.sm [MHz]\n")]
    [InlineData("0, GPU-1\n-1, a, b, c, d, e, f, g, h, i\n")]
    public void Messages_and_headers_are_no_GPU(string text)
    {
        Assert.Empty(NvidiaSmi.ParseQuery(text));
        Assert.Empty(NvidiaSmi.ParseDmon(text));
    }

    [Fact]
    public void Columns_of_dmon_go_by_their_names()
    {
        var gpus = NvidiaSmi.ParseDmon(
            """
            # gpu    pwr  gtemp  mtemp     sm    mem    enc    dec    jpg    ofa   mclk   pclk     fb   bar1   ccpm
            # Idx      W      C      C      %      %      %      %      %      %    MHz    MHz     MB     MB     MB
                0     43     35      -      0      0      0      0      0      0    405    210      2      2      0
                1    291     64     78     98     55      0      0      0      0   1215   1410  40213      4      0
            """);
        Assert.Equal([new(0) { Utilization = 0, MemoryUtilization = 0, MemoryUsed = 2 << 20, Temperature = 35, Power = 43, Clock = 210 }, new GpuSample(1) { Utilization = 0.98, MemoryUtilization = 0.55, MemoryUsed = 40213L << 20, Temperature = 64, Power = 291, Clock = 1410 }], gpus);
    }

    [Fact]
    public void Older_dmon_repeats_its_header_has_one_temperature_and_may_tell_the_time()
    {
        var gpus = NvidiaSmi.ParseDmon(
            """
            #Date       Time        gpu   pwr  temp    sm   mem   enc   dec  mclk  pclk
            """.Replace("#Date", "# Date", StringComparison.Ordinal) + "\n" +
            """
            #YYYYMMDD   HH:MM:SS    Idx     W     C     %     %     %     %   MHz   MHz
             20240102   03:04:05      0    70    50    10     5     0     0  5000  1500
            # Date       Time        gpu   pwr  temp    sm   mem   enc   dec  mclk  pclk
             20240102   03:04:06      0     -    51    20     6     0     0  5000  1500
            """);
        var gpu = Assert.Single(gpus);
        Assert.Equal((0.2, 51, null), (gpu.Utilization!.Value, gpu.Temperature!.Value, gpu.Power));
    }
}
