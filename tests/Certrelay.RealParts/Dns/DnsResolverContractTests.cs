using Certrelay.Dns;

namespace Certrelay.RealParts.Dns;

public sealed class DnsResolverContractTests(NamedServer named) : ResolverContract(named), IClassFixture<NamedServer>
{
    protected override IDnsResolver Resolver { get; } = new DnsResolver(Guard, TimeProvider.System);
}
