#pragma warning disable // What is listed here only has to have every shape that a public surface has.
namespace MultiModal.Testing.Tests.PublicApi;

public abstract class Sample<T> : List<string>, IDisposable
    where T : class, IFormattable, new()
{
    public const float Rate = 0.5f;

    public Sample(int size = 3, string name = "a\"b", CancellationToken cancellationToken = default) { }

    protected Sample(ReadOnlySpan<byte> bytes) { }

    private protected Sample(long hidden) { }

    public event EventHandler? Changed;

    public required string Name { get; init; }

    public string Title { get; protected set; } = "";

    public string?[] Notes => [];

    internal string Hidden => "";

    public string this[int row, int column] => "";

    public static U Convert<U>(T value, DayOfWeek day = DayOfWeek.Friday, int? count = null)
        where U : unmanaged => default;

    public static bool operator_free(in int value, ref long other) => true;

    public abstract string? Find(string key, out int index);

    public void Dispose() { }

    public override string ToString() => "";

    public sealed override bool Equals(object? obj) => base.Equals(obj);

    protected virtual Task<T?> LoadAsync(params string[] names) => Task.FromResult<T?>(null);
}

public sealed record Point(int X, IReadOnlyList<string?>? Names);

[Flags]
public enum Sides : byte
{
    None = 0,
    Left = 1,
    Right = 2,
}

public delegate void Step<in T>(T state, (float Low, int High) range);

public readonly ref struct View;
