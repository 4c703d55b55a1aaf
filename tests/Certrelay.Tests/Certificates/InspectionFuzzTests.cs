using Certrelay.Certificates;
using Certrelay.Tests.Support;

namespace Certrelay.Tests.Certificates;

public sealed class InspectionFuzzTests
{
    private const int Rounds = 600;

    public static TheoryData<string, Func<string>> Seeds => new()
    {
        { "an EC chain", () => Uploads.Good },
        { "an RSA chain with a PKCS#1 key", () => Uploads.RsaLeaf.FullChainPem + Uploads.RsaLeaf.Key.TraditionalPem },
        { "a laboratory certificate", () => OpenSslFolder.Laboratory("-newkey ed25519") },
        { "a laboratory certificate with SM2", () => OpenSslFolder.Laboratory("-newkey sm2 -sm3 -sigopt distid:1234567812345678") },
        { "an RSA-PSS certificate", () => OpenSslFolder.Issue(Uploads.RsaRoot, "-sha256 -sigopt rsa_padding_mode:pss", "rsa-pss") },
    };

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Changed_text_never_throws(string description, Func<string> seed)
    {
        var text = Pem.Bytes(seed());
        var random = new Dice(17);
        for (var i = 0; i < Rounds; i++)
        {
            using var inspection = CertificateInspector.Inspect(Damage(text, random), Uploads.Options);
            Assert.True(inspection.Leaf is not null || inspection.Findings.Count > 0, description);
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Changed_bytes_inside_the_blocks_never_throw(string description, Func<string> seed)
    {
        var blocks = PemReader.Read(Pem.Bytes(seed())).ToList();
        var random = new Dice(23);
        for (var i = 0; i < Rounds; i++)
        {
            var changed = random.Below(blocks.Count);
            var parts = blocks.Select((block, at) => Pem.Write(block.Label, at == changed ? Damage(block.Bytes.ToArray(), random) : block.Bytes.Span));
            using var inspection = Uploads.Inspect(string.Concat(parts));
            Assert.True(inspection.Leaf is not null || inspection.Findings.Count > 0, description);
            _ = inspection.Leaf?.ToString();
        }
    }

    private static byte[] Damage(byte[] bytes, Dice random)
    {
        var copy = bytes.ToArray();
        for (var times = 1 + random.Below(3); times > 0; times--)
            copy[random.Below(copy.Length)] = (byte)random.Below(256);
        return random.Below(10) is 0 ? copy[..random.Below(copy.Length)] : copy;
    }

    /// <summary>Repeatable numbers: a failure must come back with the same seed.</summary>
    private sealed class Dice(uint seed)
    {
        private uint _state = seed;

        public int Below(int limit)
        {
            // Numerical Recipes' constants; the high bits are the good ones.
            _state = _state * 1664525 + 1013904223;
            return (int)((ulong)_state * (uint)limit >> 32);
        }
    }
}
