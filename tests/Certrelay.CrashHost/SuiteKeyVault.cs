using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using Azure.Core.Pipeline;
using Certrelay.Simulators.KeyVault;
using Certrelay.Vault.KeyVault;
using Microsoft.Extensions.Logging.Abstractions;

namespace Certrelay.CrashHost;

/// <summary>The Key Vault of the suite that started this process, by one variable of the environment: the simulator's port, the vault, the client secret, whom to trust.</summary>
internal sealed record SuiteKeyVault(int Port, Uri Vault, string ClientSecret, byte[] Root)
{
    public const string Variable = "CERTRELAY_SUITE_KEY_VAULT";

    /// <summary>The vault that the environment names; null when keys lie in the data folder.</summary>
    public static SuiteKeyVault? Given => Environment.GetEnvironmentVariable(Variable)?.Split(' ') is [var port, var vault, var secret, var root]
        ? new SuiteKeyVault(int.Parse(port, CultureInfo.InvariantCulture), new Uri(vault), secret, Convert.FromBase64String(root))
        : null;

    /// <summary>Opens it as a process on Azure would.</summary>
    public AzureKeyVault Open()
    {
        var options = new KeyVaultOptions(Vault) { TenantId = KeyVaultSimulator.TenantId, ClientId = KeyVaultSimulator.ClientId, ClientSecret = ClientSecret };
        var transport = new HttpClientTransport(KeyVaultSimulator.NewHandler(Port, X509CertificateLoader.LoadCertificate(Root)));
        return new AzureKeyVault(KeyVaultClient.Create(options, transport), TimeProvider.System, NullLogger<AzureKeyVault>.Instance);
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Port} {Vault} {ClientSecret} {Convert.ToBase64String(Root)}");
}
