using Certrelay.Certificates;
using Certrelay.Tests.Support;

namespace Certrelay.Tests.Certificates.Chains;

/// <summary>Trust stores made of test roots.</summary>
internal static class Stores
{
    public static TrustedRoots Roots(params TestCertificate[] roots) => TrustedRoots.None.With(Pem.Bytes(string.Concat(roots.Select(static root => root.Pem))));

    public static TrustStores Of(params (string Name, TestCertificate[] Roots)[] stores) =>
        new([.. stores.Select(static store => new TrustStore(store.Name, () => Roots(store.Roots)))], static () => TrustedRoots.None);

    /// <summary>A host's own store, some of whose roots its owner added.</summary>
    public static TrustStores System(TestCertificate[] roots, params TestCertificate[] added) =>
        new([new TrustStore(TrustStores.System, () => Roots([.. roots, .. added]))], () => Roots(added));
}
