using System.Numerics;
using System.Security.Cryptography;
using Certrelay.Certificates;
using Certrelay.Records;
using Certrelay.Tests.Support;
using Certrelay.Watch.Alerts;
using Certrelay.Watch.Validation;

namespace Certrelay.Tests.Watch.Validation;

public sealed class SharedPrimeTests : IAsyncLifetime
{
    private readonly WatchBench _bench = new();

    private SharedPrimeScan Scan => _bench.Get<SharedPrimeScan>();

    [Fact]
    public async Task Keys_with_a_prime_in_common_are_told_of_on_both_sides_and_once()
    {
        using var first = TestKey.Rsa();
        using var second = TestKey.SharingPrimeWith(first);
        using var third = TestKey.Rsa();
        await UploadAsync("one", first);
        await UploadAsync("other", third);
        Assert.Equal(2, await Scan.RunAsync(default));
        await UploadAsync("two", second);

        Assert.Equal(3, await Scan.RunAsync(default));

        Assert.Equal([["key.shared-prime"], ["key.shared-prime"], []], new[] { await CodesAsync("one"), await CodesAsync("two"), await CodesAsync("other") });
        Assert.Equal([("one", AlertLevel.Critical), ("two", AlertLevel.Critical)], (await _bench.AlertsAsync()).Select(record => (record.Alert.Subject, record.Alert.Level)).Order());
        Assert.Equal(0, await Scan.RunAsync(default));
        Assert.Single(await CodesAsync("one"));
    }

    [Fact]
    public async Task The_same_key_in_several_certificates_is_no_shared_prime()
    {
        using var key = TestKey.Rsa();
        await UploadAsync("one", key);
        await UploadAsync("two", key);
        await UploadAsync("one", key);

        await Scan.RunAsync(default);

        Assert.Empty((await CodesAsync("one")).Concat(await CodesAsync("two")));
    }

    [Fact]
    public async Task A_tick_does_a_bounded_part_and_the_next_goes_on_there()
    {
        using var first = TestKey.Rsa();
        using var second = TestKey.SharingPrimeWith(first);
        await UploadAsync("one", first);
        for (var i = 0; i < 6; i++)
        {
            using var other = TestKey.Rsa();
            await UploadAsync($"other-{i}", other);
        }

        await UploadAsync("two", second);

        var (ticks, compared) = (0, 0);
        for (int count; (count = await Scan.RunAsync(default, most: 1)) > 0; ticks++)
            compared += count;

        Assert.Equal(8, compared);
        Assert.InRange(ticks, 3, 9);
        Assert.Single(await CodesAsync("one"));
        Assert.Single(await CodesAsync("two"));
    }

    [Fact]
    public async Task What_was_deleted_is_compared_with_nothing()
    {
        using var first = TestKey.Rsa();
        using var second = TestKey.SharingPrimeWith(first);
        await UploadAsync("one", first);
        await UploadAsync("two", second);
        var registry = _bench.Get<CertificateRegistry>();
        await registry.DeleteAsync((await registry.ReadAsync("one", default))!, default);

        Assert.Equal(1, await Scan.RunAsync(default));

        Assert.Empty(await CodesAsync("two"));
    }

    [Fact]
    public void A_product_of_many_moduli_finds_every_pair()
    {
        var primes = Enumerable.Range(0, 40).Select(static _ => Prime()).ToArray();
        BigInteger[] sound = [.. Enumerable.Range(0, 17).Select(i => primes[2 * i] * primes[(2 * i) + 1])];
        BigInteger[] some = [sound[0], primes[34] * primes[35], primes[36] * primes[3]];
        BigInteger[] others = [.. sound, primes[37] * primes[34], sound[0]];

        var pairs = SharedPrimes.Find(some, SharedPrimes.Product(some), others);

        Assert.Equal([(2, 1), (1, 17)], pairs.OrderBy(static pair => pair.Other));
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => _bench.DisposeAsync().AsTask();

    private static BigInteger Prime()
    {
        using var key = RSA.Create(512);
        return SharedPrimes.Number(key.ExportParameters(includePrivateParameters: true).P!);
    }

    private async Task UploadAsync(string name, TestKey key)
    {
        // Not disposed of: its key is the caller's.
        var leaf = _bench.Root.Issue(new TestCertificateOptions { Names = [$"{name}.example.test"], Key = key });
        await _bench.UploadAsync(name, leaf);
    }

    private async Task<IEnumerable<string>> CodesAsync(string name) =>
        (await _bench.Get<CertificateRegistry>().ReadVersionAsync(name, (await _bench.Get<CertificateRegistry>().ReadAsync(name, default))!.Value.Current, default))!
        .Findings.Select(static finding => finding.Code).Where(static code => code.StartsWith("key.", StringComparison.Ordinal));
}
