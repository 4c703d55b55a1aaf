using System.Net;

namespace Certrelay.Dns;

/// <summary>One resource record: its owner without the last dot and in lower case, and its time to live.</summary>
public abstract record DnsRecord(string Name, TimeSpan TimeToLive)
{
    /// <summary>A or AAAA.</summary>
    public sealed record Address(string Name, TimeSpan TimeToLive, IPAddress Value) : DnsRecord(Name, TimeToLive);

    /// <summary>CNAME.</summary>
    public sealed record CanonicalName(string Name, TimeSpan TimeToLive, string Target) : DnsRecord(Name, TimeToLive);

    /// <summary>NS.</summary>
    public sealed record NameServer(string Name, TimeSpan TimeToLive, string Host) : DnsRecord(Name, TimeToLive);

    /// <summary>SOA. <see cref="Minimum"/> bounds how long the absence of a record is remembered (RFC 2308).</summary>
    public sealed record StartOfAuthority(string Name, TimeSpan TimeToLive, string PrimaryServer, string Mailbox, uint Serial, TimeSpan Minimum) : DnsRecord(Name, TimeToLive);

    /// <summary>MX.</summary>
    public sealed record MailExchange(string Name, TimeSpan TimeToLive, int Preference, string Host) : DnsRecord(Name, TimeToLive);

    /// <summary>TXT, its parts of at most 255 bytes joined, read as UTF-8.</summary>
    public sealed record Text(string Name, TimeSpan TimeToLive, string Value) : DnsRecord(Name, TimeToLive);

    /// <summary>CAA (RFC 8659): <paramref name="Critical"/> is bit 0 of the flags; the value has its parameters as they were written.</summary>
    public sealed record CertificateAuthority(string Name, TimeSpan TimeToLive, bool Critical, string Tag, string Value) : DnsRecord(Name, TimeToLive);

    /// <summary>DS (RFC 4034): the digest of a key of the zone below.</summary>
    public sealed record DelegationSigner(string Name, TimeSpan TimeToLive, int KeyTag, int Algorithm, int DigestType, ReadOnlyMemory<byte> Digest) : DnsRecord(Name, TimeToLive)
    {
        public bool Equals(DelegationSigner? other) =>
            base.Equals(other) && (KeyTag, Algorithm, DigestType) == (other.KeyTag, other.Algorithm, other.DigestType) && Digest.Span.SequenceEqual(other.Digest.Span);

        public override int GetHashCode() => HashCode.Combine(base.GetHashCode(), KeyTag, Algorithm, DigestType);
    }
}
