using System.Security.Cryptography;
using System.Text;

namespace Certrelay.Simulators.Tencent;

/// <summary>A key that the simulator knows; a temporary one has a session token.</summary>
public sealed record TencentCredentials(string SecretId, string SecretKey, string? Token = null)
{
    /// <summary>The made-up key of the recorded requests; it opens nothing anywhere.</summary>
    public static TencentCredentials Example { get; } = new("AKIDEXAMPLEEXAMPLEEXAMPLEEXAMPLE0000", "EXAMPLESECRETKEYNOTREAL0123456789");

    internal byte[] Sign(string date, string service, string text)
    {
        var key = Encoding.UTF8.GetBytes("TC3" + SecretKey);
        foreach (var part in (string[])[date, service, "tc3_request"])
            key = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(part));
        return HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text));
    }
}
