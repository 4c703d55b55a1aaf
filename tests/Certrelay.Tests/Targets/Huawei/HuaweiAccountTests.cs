using Certrelay.Records;
using Certrelay.Simulators.Huawei;
using Certrelay.Targets.Accounts;
using Certrelay.Targets.Calls;
using Certrelay.Tests.Support;

namespace Certrelay.Tests.Targets.Huawei;

/// <summary>What a check of an account and a listing of its stores tell.</summary>
public sealed class HuaweiAccountTests : IAsyncLifetime
{
    private HuaweiSimulator _simulator = null!;

    public async Task InitializeAsync() => _simulator = await HuaweiSimulator.StartAsync(TimeProvider.System, new HuaweiOptions());

    public async Task DisposeAsync() => await _simulator.DisposeAsync();

    [Fact]
    public async Task Check_reads_for_each_kind_and_writes_nothing()
    {
        await using var bench = await HuaweiBench.OpenAsync(_simulator.Endpoint);

        var proof = await bench.Product.Get<AccountProofs>().CheckAsync(await AccountAsync(bench), CancellationToken.None);

        Assert.True(proof.Accepted);
        Assert.Equal(["huawei-cdn", "huawei-elb", "huawei-elb-certificate", "huawei-waf"], proof.Kinds.Select(static kind => kind.Kind));
        Assert.All(proof.Kinds, static kind => Assert.True(kind.Reads, kind.Message));
        Assert.DoesNotContain(_simulator.Calls, static call => call.Writes);
    }

    [Fact]
    public async Task Check_of_refused_credentials_asks_once()
    {
        await using var bench = await HuaweiBench.OpenAsync(_simulator.Endpoint, secret: "EXAMPLEanotherKeyNotReal00000000000001");

        Assert.False((await bench.Product.Get<AccountProofs>().CheckAsync(await AccountAsync(bench), CancellationToken.None)).Accepted);

        Assert.Single(_simulator.Calls);
    }

    [Theory]
    [InlineData("scm")]
    [InlineData("elb")]
    [InlineData("waf")]
    public async Task Stores_tell_what_they_hold(string store)
    {
        await using var bench = await HuaweiBench.OpenAsync(_simulator.Endpoint);
        using var leaf = TestCertificates.Leaf("www.example.com");
        var id = store switch
        {
            "scm" => _simulator.Scm.Add("by-hand", leaf.Pem, null, leaf.KeyPem),
            "elb" => _simulator.ElbCertificates.Add("by-hand", leaf.Pem, leaf.KeyPem, "www.example.com"),
            _ => _simulator.Waf.AddCertificate("by-hand", leaf.Pem, leaf.KeyPem),
        };

        var listed = await bench.Product.Get<StoreListing>()
            .ListAsync(await AccountAsync(bench), CertificateStores.Find(CloudVendor.Huawei, store)!, null, CancellationToken.None).ToListAsync();

        var found = Assert.Single(listed, one => one.Upload.Id == id);
        Assert.Equal(("by-hand", false), (found.Upload.Name, found.Ours));
        Assert.Equal(TestCertificates.NotAfter, found.Upload.NotAfter);
    }

    private static async Task<AccountRecord> AccountAsync(HuaweiBench bench) =>
        (await bench.Product.Get<AccountRegistry>().ReadAsync(HuaweiBench.Account, CancellationToken.None))!.Value;
}
