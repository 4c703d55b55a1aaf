using System.Security.Cryptography;
using System.Text;
using Certrelay.Vault;

namespace Certrelay.Tests.Vault;

public sealed class EnvelopeTests : IDisposable
{
    private static readonly VaultReference Reference = new("crt-shop", "0123456789abcdef0123456789abcdef");

    private readonly MasterKey _key = MasterKey.Create();

    [Fact]
    public void A_name_and_version_that_only_read_alike_do_not_open()
    {
        var bytes = Seal(new VaultReference("ab", "c"));

        Assert.Throws<AuthenticationTagMismatchException>(() => Envelope.Parse(new VaultReference("a", "bc"), bytes).Open(_key));
        Assert.Throws<AuthenticationTagMismatchException>(() => Envelope.Parse(new VaultReference("a", "bc"), bytes).Verify(_key));
    }

    [Fact]
    public void The_tags_of_one_version_do_not_verify_on_another()
    {
        var one = Envelope.Seal(Reference, DateTimeOffset.UnixEpoch, new Dictionary<string, string> { ["a"] = "1" }, "one"u8, _key);
        var two = Envelope.Seal(Reference, DateTimeOffset.UnixEpoch, new Dictionary<string, string> { ["a"] = "2" }, "one"u8, _key);
        var ciphertext = one.Length - "one".Length;

        // Header of one, metadata of two: the data key must not come out.
        byte[] mixed = [.. one[..100], .. two[100..ciphertext], .. one[ciphertext..]];

        Assert.Throws<AuthenticationTagMismatchException>(() => Envelope.Parse(Reference, mixed).Verify(_key));
    }

    [Fact]
    public void A_rewrapped_envelope_opens_with_the_next_key_only()
    {
        using var next = MasterKey.Create();
        var rewrapped = Envelope.Parse(Reference, Seal(Reference)).Rewrap(_key, next);

        Assert.Equal(next.Id, Envelope.Parse(Reference, rewrapped).KeyId);
        Assert.Equal("one"u8.ToArray(), Envelope.Parse(Reference, rewrapped).Open(next));
        Assert.Throws<AuthenticationTagMismatchException>(() => Envelope.Parse(Reference, rewrapped).Open(_key));
    }

    [Fact]
    public void Creation_time_is_kept_to_the_tick_in_utc()
    {
        var created = new DateTimeOffset(2026, 7, 1, 2, 3, 4, TimeSpan.FromHours(8)).AddTicks(1234567);

        var read = Envelope.Parse(Reference, Envelope.Seal(Reference, created, new Dictionary<string, string>(), [], _key)).Created;

        Assert.Equal(created, read);
        Assert.Equal(TimeSpan.Zero, read.Offset);
    }

    [Fact]
    public void A_disposed_master_key_seals_nothing()
    {
        var key = MasterKey.Create();
        key.Dispose();

        Assert.Throws<ObjectDisposedException>(() => Envelope.Seal(Reference, DateTimeOffset.UnixEpoch, new Dictionary<string, string>(), "one"u8, key));
        Assert.Throws<ObjectDisposedException>(key.ToText);
    }

    [Fact]
    public void A_master_key_is_named_by_the_digest_of_its_bytes_and_shows_nothing_else()
    {
        var text = _key.ToText();
        using var again = MasterKey.TryParse(text)!;
        var digits = Encoding.ASCII.GetString(text).TrimEnd();

        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(Convert.FromHexString(digits)))[..8], again.Id);
        Assert.Equal($"[master key {again.Id}]", $"{again}");
    }

    public void Dispose() => _key.Dispose();

    private byte[] Seal(VaultReference reference) => Envelope.Seal(reference, DateTimeOffset.UnixEpoch, new Dictionary<string, string>(), "one"u8, _key);
}
