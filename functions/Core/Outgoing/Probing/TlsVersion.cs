namespace Certrelay.Outgoing.Probing;

/// <summary>The protocol versions that servers of today may accept, by their numbers on the wire (RFC 8446 section 4.2.1).</summary>
public enum TlsVersion
{
    Tls10 = 0x0301,
    Tls11 = 0x0302,
    Tls12 = 0x0303,
    Tls13 = 0x0304,
}

/// <summary>Versions in words.</summary>
public static class TlsVersionNames
{
    extension(TlsVersion version)
    {
        /// <summary>As people call it: <c>1.2</c>.</summary>
        public string Number => $"1.{(int)version - (int)TlsVersion.Tls10}";
    }
}
