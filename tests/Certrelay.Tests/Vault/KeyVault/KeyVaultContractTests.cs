using Certrelay.Vault;

namespace Certrelay.Tests.Vault.KeyVault;

/// <summary>The contract of every vault over Key Vault, with pages of two entries.</summary>
public sealed class KeyVaultContractTests : VaultContract, IClassFixture<KeyVaultSite>
{
    private readonly KeyVaultSite _site;

    public KeyVaultContractTests(KeyVaultSite site)
    {
        _site = site;
        var vault = site.Simulator.NewVault();
        vault.PageSize = 2;
        Vault = site.Open(vault);
    }

    protected override IVault Vault { get; }

    protected override Task LaterAsync()
    {
        _site.Time.Step();
        return Task.CompletedTask;
    }
}
