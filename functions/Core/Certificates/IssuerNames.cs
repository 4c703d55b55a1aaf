namespace Certrelay.Certificates;

/// <summary>Folded names of issuers by their bytes: nearly every certificate bears one of a few.</summary>
internal static class IssuerNames
{
    // Some hundred kilobytes.
    private const int Most = 4096;

    private static readonly BoundedCache<ReadOnlyMemory<byte>, string> Known = new(Most, new ByContent());

    /// <summary>As <see cref="DistinguishedName.Fold"/> of its text.</summary>
    public static string Fold(ReadOnlyMemory<byte> name)
    {
        if (Known.TryGet(name, out var known))
            return known;
        var folded = DistinguishedName.Fold(DistinguishedName.ToText(name));
        // A copy, because the name is a part of a whole certificate.
        Known.Set(name.ToArray(), folded);
        return folded;
    }

    private sealed class ByContent : IEqualityComparer<ReadOnlyMemory<byte>>
    {
        public bool Equals(ReadOnlyMemory<byte> left, ReadOnlyMemory<byte> right) => left.Span.SequenceEqual(right.Span);

        public int GetHashCode(ReadOnlyMemory<byte> name)
        {
            var hash = default(HashCode);
            hash.AddBytes(name.Span);
            return hash.ToHashCode();
        }
    }
}
