using Certrelay.App.Embedded;
using Certrelay.Vault;

namespace Certrelay.Tests.Vault;

public sealed class FileVaultContractTests : VaultContract, IDisposable
{
    private readonly VaultSite _site = new();
    private FileVault? _vault;

    protected override IVault Vault => _vault ??= _site.Open();

    public void Dispose() => _site.Dispose();

    protected override Task LaterAsync()
    {
        _site.Time.Step();
        return Task.CompletedTask;
    }
}
