using MultiModal.AspNetCore.Access.Keys;
using MultiModal.Testing.Time;

namespace MultiModal.AspNetCore.Tests.Access;

public sealed class ApiKeyTests
{
    readonly ManualTimeProvider time = new(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));

    [Fact]
    public void A_key_is_random_and_its_hash_is_SHA256()
    {
        var (one, two) = (ApiKey.Create(), ApiKey.Create());
        Assert.NotEqual(one.Key, two.Key);
        Assert.Equal(47, one.Key.Length);
        Assert.Equal(one.Hash, ApiKey.Hash(one.Key));
        Assert.Equal("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", ApiKey.Hash("abc"));
    }

    [Fact]
    public void A_known_key_lets_its_owner_in_until_it_expires()
    {
        var (old, fresh) = (ApiKey.Create(), ApiKey.Create());
        var verifier = new ApiKeyVerifier(
            [
                new() { Name = "studio", Hash = old.Hash, Expires = time.GetUtcNow().AddHours(1) },
                new() { Name = "studio", Hash = fresh.Hash.ToUpperInvariant() },
            ],
            time);
        Assert.Equal("key:studio", verifier.Verify(old.Key).Caller!.Id);
        Assert.Equal("key:studio", verifier.Verify(fresh.Key).Caller!.Id);
        time.Advance(TimeSpan.FromHours(1));
        Assert.Equal("The API key has expired.", verifier.Verify(old.Key).Problem);
        Assert.NotNull(verifier.Verify(fresh.Key).Caller);
    }

    [Theory]
    [InlineData("")]
    [InlineData("mmk_")]
    [InlineData("\ud800")]
    public void Other_keys_let_nobody_in(string key)
    {
        var known = ApiKey.Create();
        var verifier = new ApiKeyVerifier([new() { Name = "studio", Hash = known.Hash }], time);
        foreach (var wrong in new[] { key, known.Key[..^1], known.Key + "x", known.Key.ToLowerInvariant(), known.Hash, new string('x', 100_000) })
            Assert.Equal("The API key is not known.", verifier.Verify(wrong).Problem);
    }
}
