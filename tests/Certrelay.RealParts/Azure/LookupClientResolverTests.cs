using Certrelay.App.Azure;
using Certrelay.Dns;
using Certrelay.RealParts.Dns;

namespace Certrelay.RealParts.Azure;

public sealed class LookupClientResolverTests(NamedServer named) : ResolverContract(named), IClassFixture<NamedServer>
{
    protected override IDnsResolver Resolver { get; } = new LookupClientResolver(Guard, TimeProvider.System);
}
