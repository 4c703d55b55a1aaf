#pragma warning disable MA0048
using System.Net;

namespace DnsClient.Protocol;

/// <summary>Source.</summary>
public abstract class DnsResourceRecord
{
    public DnsString DomainName => throw new NotSupportedException();

    public int TimeToLive => throw new NotSupportedException();
}

/// <summary>Source.</summary>
public class AddressRecord : DnsResourceRecord
{
    public IPAddress Address => throw new NotSupportedException();
}

/// <summary>Source.</summary>
public class ARecord : AddressRecord;

/// <summary>Source.</summary>
public class AaaaRecord : AddressRecord;

/// <summary>Line 76.</summary>
public class CNameRecord : DnsResourceRecord
{
    public DnsString CanonicalName => throw new NotSupportedException();
}

/// <summary>Line 76.</summary>
public class NsRecord : DnsResourceRecord
{
    public DnsString NSDName => throw new NotSupportedException();
}

/// <summary>Line 76; its members: source.</summary>
public class SoaRecord : DnsResourceRecord
{
    public DnsString MName => throw new NotSupportedException();

    public DnsString RName => throw new NotSupportedException();

    public uint Serial => throw new NotSupportedException();

    public uint Minimum => throw new NotSupportedException();
}

/// <summary>Source.</summary>
public class MxRecord : DnsResourceRecord
{
    public ushort Preference => throw new NotSupportedException();

    public DnsString Exchange => throw new NotSupportedException();
}

/// <summary>Line 76.</summary>
public class TxtRecord : DnsResourceRecord
{
    public ICollection<string> Text => throw new NotSupportedException();
}

/// <summary>Line 76; its members: source.</summary>
public class CaaRecord : DnsResourceRecord
{
    public byte Flags => throw new NotSupportedException();

    public string Tag => throw new NotSupportedException();

    public string Value => throw new NotSupportedException();
}
