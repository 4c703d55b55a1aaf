namespace Certrelay.Outgoing.Probing;

/// <summary>
/// Reads numbers in network order and vectors behind their length (RFC 8446 section 3.4). What reaches beyond the end makes it <see cref="Failed"/>, and from
/// then on all reads as empty: a reader looks once, at its end.
/// </summary>
internal ref struct WireReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    public bool Failed { get; private set; }

    public readonly bool HasMore => !_rest.IsEmpty;

    /// <summary>True when all was there and nothing is left over.</summary>
    public readonly bool IsDone => !Failed && _rest.IsEmpty;

    /// <summary>How many bytes are left.</summary>
    public readonly int Left => _rest.Length;

    /// <summary>A number of at most three octets.</summary>
    public int Number(int length)
    {
        var number = 0;
        foreach (var octet in Bytes(length))
            number = number << 8 | octet;
        return number;
    }

    public ReadOnlySpan<byte> Bytes(int length)
    {
        if (length > _rest.Length)
        {
            Failed = true;
            _rest = default;
            return default;
        }

        var taken = _rest[..length];
        _rest = _rest[length..];
        return taken;
    }

    /// <summary>What lies behind a length of so many octets.</summary>
    public ReadOnlySpan<byte> Vector(int lengthOctets) => Bytes(Number(lengthOctets));
}
