using System.Security.Cryptography;

namespace Certrelay.Tests.Support;

/// <summary>Roots and intermediates with SM2 and Ed25519 keys in a folder of <c>openssl</c>, and what they issue: <c>NAME.pem</c> and <c>NAME.key</c>.</summary>
public sealed class Sm2Authority : IDisposable
{
    public const string Host = "www.example.test";

    /// <summary>OpenSSL signs in the name of nobody unless it is told the usual one.</summary>
    public const string Sm2Signing = "-sm3 -sigopt distid:1234567812345678";

    private readonly OpenSslFolder _folder = new();

    public Sm2Authority()
    {
        _folder.Write("ca.ext", "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\n");
        Root("sm2", Sm2Signing);
        Root("ed25519", "");
        Issue("sm2", "sm2", "digitalSignature");
        Issue("ed25519", "ed25519", "digitalSignature");
    }

    public string this[string name] => _folder.Read(name);

    internal OpenSslFolder Folder => _folder;

    /// <summary>Leaf and intermediate.</summary>
    public string FullChain(string name, string kind = "sm2") => this[$"{name}.pem"] + this[$"{kind}-int.pem"];

    public byte[] Der(string file)
    {
        var text = this[file];
        return Convert.FromBase64String(text[PemEncoding.Find(text).Base64Data]);
    }

    /// <summary>A leaf by the intermediate of a kind, with a key of that kind unless another is named.</summary>
    public void Issue(string name, string kind, string keyUsage, string names = Host, string? signing = null, int days = 3650, string? key = null)
    {
        _folder.Write($"{name}.ext", $"basicConstraints=critical,CA:FALSE\nkeyUsage=critical,{keyUsage}\nsubjectAltName={string.Join(',', names.Split(' ').Select(static host => $"DNS:{host}"))}\nextendedKeyUsage=serverAuth\n");
        if (key is null)
            _folder.Run($"genpkey -algorithm {kind} -out {name}.key");
        else
            _folder.Write($"{name}.key", this[$"{key}.key"]);
        Sign(name, $"{kind}-int", $"{name}.ext", signing ?? (kind == "sm2" ? Sm2Signing : ""), days);
    }

    public void Dispose() => _folder.Dispose();

    private void Root(string kind, string signing)
    {
        _folder.Run($"genpkey -algorithm {kind} -out {kind}-root.key");
        _folder.Run($"genpkey -algorithm {kind} -out {kind}-int.key");
        _folder.Run($"req -x509 -key {kind}-root.key -subj /CN={kind}-root -days 3650 -out {kind}-root.pem {signing}".TrimEnd());
        Sign($"{kind}-int", $"{kind}-root", "ca.ext", signing, 3650);
    }

    private void Sign(string name, string issuer, string extensions, string signing, int days)
    {
        _folder.Run($"req -new -key {name}.key -subj /CN={name} -out {name}.csr");
        _folder.Run($"x509 -req -in {name}.csr -CA {issuer}.pem -CAkey {issuer}.key -CAcreateserial -days {days} -extfile {extensions} -out {name}.pem {signing}".TrimEnd());
    }
}
