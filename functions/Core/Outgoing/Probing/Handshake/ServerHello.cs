using System.Net.Security;

namespace Certrelay.Outgoing.Probing;

/// <summary>A ServerHello (RFC 8446 section 4.1.3, RFC 5246 section 7.4.1.3).</summary>
internal sealed record ServerHello
{
    // SHA-256 of "HelloRetryRequest".
    private static ReadOnlySpan<byte> RetryRandom =>
    [
        0xCF, 0x21, 0xAD, 0x74, 0xE5, 0x9A, 0x61, 0x11, 0xBE, 0x1D, 0x8C, 0x02, 0x1E, 0x65, 0xB8, 0x91,
        0xC2, 0xA2, 0x11, 0x16, 0x7A, 0xBB, 0x8C, 0x5E, 0x07, 0x9E, 0x09, 0xE2, 0xC8, 0xA8, 0x33, 0x9C,
    ];

    /// <summary>The number of the version chosen, which may be none that this product knows.</summary>
    public required int Version { get; init; }

    public required byte[] Random { get; init; }

    public required byte[] SessionId { get; init; }

    public required ushort CipherSuite { get; init; }

    public required int Compression { get; init; }

    public required ServerExtensions Extensions { get; init; }

    /// <summary>A HelloRetryRequest, which asks for another key share and has the same form.</summary>
    public bool IsRetry => Random.AsSpan().SequenceEqual(RetryRandom);

    /// <summary>A server that speaks more than it chose says so where nobody on the way can change it (RFC 8446 section 4.1.3).</summary>
    public bool IsDowngrade => Version < (int)TlsVersion.Tls13 && (Random.AsSpan().EndsWith("DOWNGRD\u0001"u8) || Random.AsSpan().EndsWith("DOWNGRD\0"u8));

    /// <summary>Null when it is malformed.</summary>
    public static ServerHello? Read(ReadOnlySpan<byte> body)
    {
        var reader = new WireReader(body);
        var legacy = reader.Number(2);
        var random = reader.Bytes(32);
        var session = reader.Vector(1);
        var suite = reader.Number(2);
        var compression = reader.Number(1);
        // Without any extension old servers leave out the list.
        var extensions = ServerExtensions.Read(reader.HasMore ? reader.Vector(2) : []);
        return reader.IsDone && extensions is not null
            ? new ServerHello
            {
                Version = extensions.Version ?? legacy,
                Random = random.ToArray(),
                SessionId = session.ToArray(),
                CipherSuite = (ushort)suite,
                Compression = compression,
                Extensions = extensions,
            }
            : null;
    }
}

/// <summary>What the extensions of a ServerHello or of EncryptedExtensions say (RFC 8446 section 4.2).</summary>
internal sealed record ServerExtensions
{
    public const int ServerName = 0;
    public const int SupportedGroups = 10;
    public const int PointFormats = 11;
    public const int ApplicationProtocols = 16;
    public const int ExtendedMasterSecret = 23;
    public const int SupportedVersions = 43;
    public const int KeyShare = 51;
    public const int Renegotiation = 0xFF01;

    /// <summary>All that are there, each once.</summary>
    public required IReadOnlyList<int> Types { get; init; }

    public int? Version { get; private set; }

    public int? ShareGroup { get; private set; }

    public byte[] Share { get; private set; } = [];

    /// <summary>RFC 7301 section 3.1.</summary>
    public SslApplicationProtocol? Chosen { get; private set; }

    /// <summary>Null when they are malformed, or one is there twice.</summary>
    public static ServerExtensions? Read(ReadOnlySpan<byte> list)
    {
        var types = new List<int>();
        var extensions = new ServerExtensions { Types = types };
        var reader = new WireReader(list);
        while (reader.HasMore)
        {
            var type = reader.Number(2);
            var value = new WireReader(reader.Vector(2));
            if (types.Contains(type) || !extensions.Take(type, value))
                return null;
            types.Add(type);
        }

        return reader.Failed ? null : extensions;
    }

    private bool Take(int type, WireReader value)
    {
        switch (type)
        {
            case SupportedVersions:
                Version = value.Number(2);
                return value.IsDone;
            case KeyShare:
                ShareGroup = value.Number(2);
                // A HelloRetryRequest names the group only.
                Share = value.HasMore ? value.Vector(2).ToArray() : [];
                return value.IsDone;
            case ApplicationProtocols:
                var names = new WireReader(value.Vector(2));
                var name = names.Vector(1);
                if (name.IsEmpty)
                    return false;
                Chosen = new SslApplicationProtocol(name.ToArray());
                return value.IsDone && names.IsDone;
            default:
                return true;
        }
    }
}
