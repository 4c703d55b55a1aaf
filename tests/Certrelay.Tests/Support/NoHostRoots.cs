using System.Runtime.CompilerServices;

namespace Certrelay.Tests.Support;

/// <summary>The tests' certificates are private ones on every host: what the host's own store says of them is no part of any test.</summary>
internal static class NoHostRoots
{
#pragma warning disable CA2255 // Nothing else runs before the first test of the assembly.
    [ModuleInitializer]
#pragma warning restore CA2255
    internal static void Set() => Environment.SetEnvironmentVariable("SSL_CERT_FILE", Path.Combine(Path.GetTempPath(), "no-such-bundle.pem"));
}
