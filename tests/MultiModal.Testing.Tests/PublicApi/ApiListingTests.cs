using MultiModal.Testing.PublicApi;

namespace MultiModal.Testing.Tests.PublicApi;

public sealed class ApiListingTests
{
    [Fact]
    public void A_class_lists_what_is_seen_from_outside_in_order() => Assert.Equal(
        """
        abstract class MultiModal.Testing.Tests.PublicApi.Sample<T> : List<string>, IDisposable where T : class, IFormattable, new()
            Sample(int size = 3, string name = "a\"b", CancellationToken cancellationToken = default)
            abstract string? Find(string key, out int index)
            const float Rate = 0.5f
            event EventHandler? Changed
            override string ToString()
            protected Sample(ReadOnlySpan<byte> bytes)
            protected virtual Task<T> LoadAsync(params string[] names)
            required string Name { get; init; }
            sealed override bool Equals(object? obj)
            static U Convert<U>(T value, DayOfWeek day = DayOfWeek.Friday, int? count = null) where U : unmanaged
            static bool operator_free(in int value, ref long other)
            string Title { get; protected set; }
            string this[int row, int column] { get; }
            string?[] Notes { get; }
            void Dispose()

        """.ReplaceLineEndings("\n"),
        ApiListing.Of(typeof(Sample<>)));

    [Fact]
    public void A_record_lists_without_what_the_compiler_adds() => Assert.Equal(
        """
        sealed record MultiModal.Testing.Tests.PublicApi.Point : IEquatable<Point>
            IReadOnlyList<string?>? Names { get; init; }
            Point(int X, IReadOnlyList<string?>? Names)
            int X { get; init; }

        """.ReplaceLineEndings("\n"),
        ApiListing.Of(typeof(Point)));

    [Fact]
    public void An_enumeration_lists_its_values() => Assert.Equal(
        "[Flags] enum MultiModal.Testing.Tests.PublicApi.Sides : byte\n    Left = 1\n    None = 0\n    Right = 2\n",
        ApiListing.Of(typeof(Sides)));

    [Fact]
    public void A_delegate_lists_its_signature() => Assert.Equal(
        "delegate void MultiModal.Testing.Tests.PublicApi.Step<in T>(T state, (float, int) range)\n",
        ApiListing.Of(typeof(Step<>)));

    [Fact]
    public void A_readonly_structure_says_so() => Assert.StartsWith("readonly ref struct MultiModal.Testing.Tests.PublicApi.View\n", ApiListing.Of(typeof(View)), StringComparison.Ordinal);

    [Fact]
    public void The_listing_of_an_assembly_is_the_same_every_time() =>
        Assert.Equal(ApiListing.Of(typeof(Fixtures).Assembly), ApiListing.Of(typeof(Fixtures).Assembly));

    [Fact]
    public void Internal_types_are_not_listed() => Assert.DoesNotContain("ApiNames", ApiListing.Of(typeof(Fixtures).Assembly), StringComparison.Ordinal);
}
