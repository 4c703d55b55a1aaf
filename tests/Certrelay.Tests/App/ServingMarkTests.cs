using Certrelay.App;
using Certrelay.App.Embedded;
using Certrelay.Tests.Support;
using Certrelay.Vault;

namespace Certrelay.Tests.App;

public sealed class ServingMarkTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task A_served_folder_belongs_to_nobody_alone_and_two_processes_may_serve_it()
    {
        var folder = new DataFolder(_folder.Path);
        using ServingMark one = new(folder), two = new(folder);
        await one.StartAsync(default);
        await two.StartAsync(default);
        await one.StopAsync(default);

        Assert.Null(ServingMark.TakeAlone(folder));
        await two.StopAsync(default);
        using var alone = ServingMark.TakeAlone(folder);
        Assert.NotNull(alone);
        await Assert.ThrowsAsync<IOException>(() => one.StartAsync(default));
    }

    [Fact]
    public async Task A_host_with_a_Key_Vault_does_not_start_on_keys_that_were_not_moved()
    {
        var embedded = new EmbeddedData(new Settings { DataFolder = _folder.Path }, TimeProvider.System);
        await (await embedded.Vault).PutAsync("crt-shop", "key"u8.ToArray(), new Dictionary<string, string>(), default);
        var elsewhere = new EmbeddedData(
            new Settings { DataFolder = _folder.Path, Vault = new VaultSettings { Uri = "https://shop.vault.azure.net" } }, TimeProvider.System);

        var refusal = await Assert.ThrowsAsync<VaultRefusedException>(() => elsewhere.PrepareAsync(TimeProvider.System));

        Assert.Equal("vault.not-moved", Assert.Single(refusal.Faults).Code);
        Assert.Contains("certrelay vault move", refusal.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();
}
