using System.Net;
using Microsoft.AspNetCore.Http;
using MultiModal.AspNetCore.Access.Network;

namespace MultiModal.AspNetCore.Tests.Access;

public sealed class AddressTests
{
    [Theory]
    [InlineData("10.0.0.0/8", "10.255.0.1", true)]
    [InlineData("10.0.0.0/8", "11.0.0.1", false)]
    [InlineData("192.0.2.7", "192.0.2.7", true)]
    [InlineData("192.0.2.7", "192.0.2.8", false)]
    [InlineData("0.0.0.0/0", "203.0.113.9", true)]
    [InlineData("0.0.0.0/0", "2001:db8::1", false)]
    [InlineData("::/0", "203.0.113.9", false)]
    [InlineData("10.0.0.0/8", "::ffff:10.1.2.3", true)]
    [InlineData("::ffff:10.0.0.0/104", "10.1.2.3", true)]
    [InlineData("2001:db8::/32", "2001:db8:ffff::1", true)]
    [InlineData("2001:db8::/32", "2001:db9::1", false)]
    [InlineData("fe80::/10", "fe80::1%3", true)]
    [InlineData("127.0.0.0/8", "::1", false)]
    public void A_list_contains_what_its_networks_do(string network, string address, bool expected) =>
        Assert.Equal(expected, AddressList.Parse([network]).Contains(IPAddress.Parse(address)));

    [Theory]
    [InlineData("10.0.0.1/8")]
    [InlineData("10.0.0.0/33")]
    [InlineData("10.0.0.0/-1")]
    [InlineData("10.0.0.0/")]
    [InlineData("10.0.0.0/8/8")]
    [InlineData("127.1")]
    [InlineData("0x7f.0.0.1")]
    [InlineData("010.0.0.1")]
    [InlineData("localhost")]
    [InlineData("fe80::1%eth0")]
    [InlineData("")]
    public void What_is_no_network_is_refused_by_name(string entry) =>
        Assert.Contains($"'{entry}'", Assert.Throws<FormatException>(() => AddressList.Parse([entry])).Message, StringComparison.Ordinal);

    [Theory]
    // Nobody is trusted: the header is a stranger's word.
    [InlineData("203.0.113.9", "127.0.0.1", "203.0.113.9")]
    // The nearest proxy is trusted and names its client.
    [InlineData("10.0.0.1", "203.0.113.9", "203.0.113.9")]
    // What the client itself wrote stands left of what the proxy wrote.
    [InlineData("10.0.0.1", "127.0.0.1, 203.0.113.9", "203.0.113.9")]
    // Two proxies.
    [InlineData("10.0.0.1", "127.0.0.1, 203.0.113.9, 10.0.0.2", "203.0.113.9")]
    // Proxies alone: the farthest of them began it.
    [InlineData("10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3")]
    [InlineData("10.0.0.1", null, "10.0.0.1")]
    [InlineData("::ffff:10.0.0.1", "203.0.113.9:4711", "203.0.113.9")]
    [InlineData("10.0.0.1", "[2001:db8::7]:4711", "2001:db8::7")]
    [InlineData("10.0.0.1", "2001:db8::7", "2001:db8::7")]
    [InlineData("10.0.0.1", "::ffff:203.0.113.9", "203.0.113.9")]
    // Not addresses: where the request comes from cannot be told.
    [InlineData("10.0.0.1", "unknown", null)]
    [InlineData("10.0.0.1", "", null)]
    [InlineData("10.0.0.1", "127.1", null)]
    [InlineData("10.0.0.1", "203.0.113.9,", null)]
    [InlineData("10.0.0.1", "[::1", null)]
    [InlineData("10.0.0.1", "203.0.113.9:port", null)]
    [InlineData("10.0.0.1", "fe80::1%lo", null)]
    public void The_client_is_the_first_address_from_the_right_that_is_no_trusted_proxy(string nearest, string? forwarded, string? expected)
    {
        var context = new DefaultHttpContext();
        context.Connection.RemoteIpAddress = IPAddress.Parse(nearest);
        if (forwarded is not null)
            context.Request.Headers["X-Forwarded-For"] = forwarded;
        Assert.Equal(expected, new ClientAddress(AddressList.Parse(["10.0.0.0/24"])).Find(context)?.ToString());
    }

    [Fact]
    public void Several_headers_are_one_list()
    {
        var context = new DefaultHttpContext();
        context.Connection.RemoteIpAddress = IPAddress.Parse("10.0.0.1");
        context.Request.Headers["X-Forwarded-For"] = new(["127.0.0.1", "203.0.113.9, 10.0.0.2"]);
        Assert.Equal("203.0.113.9", new ClientAddress(AddressList.Parse(["10.0.0.0/24"])).Find(context)?.ToString());
    }

    [Fact]
    public void A_chain_of_proxies_without_end_is_not_followed()
    {
        var context = new DefaultHttpContext();
        context.Connection.RemoteIpAddress = IPAddress.Parse("10.0.0.1");
        context.Request.Headers["X-Forwarded-For"] = string.Join(", ", Enumerable.Repeat("10.0.0.2", 1000));
        Assert.Null(new ClientAddress(AddressList.Parse(["10.0.0.0/24"])).Find(context));
    }

    [Fact]
    public void The_rate_of_an_IPv6_customer_is_counted_once()
    {
        Assert.Equal(RatePartition.Of(IPAddress.Parse("2001:db8:1:2:3::1")), RatePartition.Of(IPAddress.Parse("2001:db8:1:2:ffff::9")));
        Assert.NotEqual(RatePartition.Of(IPAddress.Parse("2001:db8:1:2::1")), RatePartition.Of(IPAddress.Parse("2001:db8:1:3::1")));
        Assert.NotEqual(RatePartition.Of(IPAddress.Parse("192.0.2.1")), RatePartition.Of(IPAddress.Parse("192.0.2.2")));
    }
}
