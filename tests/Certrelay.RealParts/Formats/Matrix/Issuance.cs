namespace Certrelay.RealParts.Formats.Matrix;

/// <summary>One certificate of a server with its key and chain, as files of a <see cref="Workshop"/> named after it: <c>NAME.pem</c>, <c>NAME.key</c>, <c>NAME.chain</c>.</summary>
/// <param name="Codes">What an upload of it must be told, whatever its form: from RFC 5280, RFC 9525 and RFC 6125, the Baseline Requirements, and this product's own words.</param>
/// <param name="Verifies">What <c>openssl verify</c> says of leaf and chain.</param>
internal sealed record Issuance(string Name, string NewKey, string Codes, bool Verifies = true)
{
    /// <summary>Extensions of the leaf.</summary>
    public string Extensions { get; init; } = "basicConstraints=critical,CA:FALSE\nsubjectAltName=DNS:www.example.test\nextendedKeyUsage=serverAuth\n";

    /// <summary>Further options of <c>openssl x509 -req</c>.</summary>
    public string Signing { get; init; } = "-sha256 -days 90";

    /// <summary>The authority that signs: <c>int</c>, or another one of <see cref="IssueAllAsync"/>.</summary>
    public string Issuer { get; init; } = "int";

    /// <summary>The files of the chain that is sent; null: that of the issuer.</summary>
    public string? Chain { get; init; }

    /// <summary>The key that is sent; null: its own.</summary>
    public string? SentKey { get; init; }

    /// <summary>True where JKS and certtool can hold the key.</summary>
    public bool IsUsual { get; init; } = true;

    /// <summary>Further options of <c>openssl verify</c>, which assumes no identity either.</summary>
    public string Verification => Signing.Contains("distid", StringComparison.Ordinal) ? "-vfyopt distid:1234567812345678" : "";

    /// <summary>True for what this OpenSSL cannot make: its certificate and key are written here, and sent as text.</summary>
    public bool IsMadeByHand { get; init; }

    /// <summary>The codes where keytool keeps of a chain only what belongs to it.</summary>
    public string? KeystoreCodes { get; init; }

    public string KeyFile => $"{SentKey ?? Name}.key";

    /// <summary>The sound ones, one for each kind of key.</summary>
    public static IReadOnlyList<Issuance> Keys { get; } =
    [
        new("rsa2048", "rsa:2048", ""),
        new("rsa3072", "rsa:3072", "") { Signing = "-sha384 -days 90" },
        new("p256", "ec -pkeyopt ec_paramgen_curve:P-256", ""),
        new("p384", "ec -pkeyopt ec_paramgen_curve:P-384", ""),
        new("p521", "ec -pkeyopt ec_paramgen_curve:P-521", "") { Signing = "-sha512 -days 90" },
        new("rsapss", "rsa-pss -pkeyopt rsa_keygen_bits:2048", "") { IsUsual = false },
        new("signedpss", "rsa:2048", "") { Signing = "-sha256 -days 90 -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:digest" },
        new("ed25519", "ed25519", "key.browsers=warning") { IsUsual = false },
        new("signedby25519", P256, "key.browsers=warning") { Issuer = "ed-ca", Signing = "-days 90" },
        new("sm2", "sm2", "key.browsers=info") { IsUsual = false },
        new("sm2chain", "sm2", "key.browsers=info") { IsUsual = false, Issuer = "sm2-ca", Signing = Sm2 },
        new("mldsa", "ML-DSA-65", "key.unsupported", Verifies: false) { IsUsual = false, IsMadeByHand = true },
        new("secp256k1", "ec -pkeyopt ec_paramgen_curve:secp256k1", "key.weak") { IsUsual = false },
        new("rsa1024", "rsa:1024", "key.weak"),
    ];

    /// <summary>One fault each.</summary>
    public static IReadOnlyList<Issuance> Faults { get; } =
    [
        new("expired", P256, "leaf.expired", Verifies: false) { Signing = "-sha256 -days -1" },
        new("nosan", P256, "leaf.no-san") { Extensions = "basicConstraints=critical,CA:FALSE\nextendedKeyUsage=serverAuth\n" },
        new("sm2otherid", "sm2", "chain.broken key.browsers=info", Verifies: false) { Issuer = "sm2-ca", IsUsual = false, Signing = "-sm3 -days 90 -sigopt distid:8765432187654321" },
        new("sm2mismatch", "sm2", "key.browsers=info key.mismatch") { Issuer = "sm2-ca", IsUsual = false, Signing = Sm2, SentKey = "sm2" },
        new("client", P256, "leaf.no-server-auth", Verifies: false) { Extensions = "basicConstraints=critical,CA:FALSE\nsubjectAltName=DNS:www.example.test\nextendedKeyUsage=clientAuth\n" },
        new("isca", P256, "leaf.is-ca") { Extensions = "basicConstraints=critical,CA:TRUE\nsubjectAltName=DNS:www.example.test\n" },
        new("sha1", P256, "leaf.weak-signature") { Signing = "-sha1 -days 90" },
        new("mismatch", P256, "key.mismatch") { SentKey = "p256" },
        new("alone", P256, "chain.incomplete=warning", Verifies: false) { Chain = "" },
        new("aloneaia", P256, "chain.incomplete", Verifies: false)
        {
            Chain = "",
            Extensions = "basicConstraints=critical,CA:FALSE\nsubjectAltName=DNS:www.example.test\nauthorityInfoAccess=caIssuers;URI:http://ca.example.test/int.cer\n",
        },
        new("withroot", P256, "chain.has-root=info") { Chain = "int root" },
        new("stranger", P256, "chain.broken") { Chain = "int other", KeystoreCodes = "" },
        new("wrongchain", P256, "chain.broken chain.incomplete=warning", Verifies: false) { Chain = "other", KeystoreCodes = "chain.incomplete=warning" },
        new("namesake", P256, "chain.broken", Verifies: false) { Chain = "namesake-ca", KeystoreCodes = "chain.incomplete=warning" },
        new("oldint", P256, "chain.expired", Verifies: false) { Issuer = "old-ca" },
        new("notca", P256, "chain.broken", Verifies: false) { Issuer = "not-ca" },
        new("pathlen", P256, "chain.broken", Verifies: false) { Issuer = "below-ca" },
        new("wildcard", P256, "") { Extensions = "basicConstraints=critical,CA:FALSE\nsubjectAltName=DNS:*.example.test,DNS:xn--bcher-kva.example.test,IP:192.0.2.7,IP:2001:db8::7\n" },
        new("badname", P256, "name.unusable=warning") { Extensions = "basicConstraints=critical,CA:FALSE\nsubjectAltName=DNS:www.example.test,DNS:w*w.example.test\n" },
    ];

    // OpenSSL signs in the name of nobody unless it is told the usual one.
    private const string Sm2 = "-sm3 -days 90 -sigopt distid:1234567812345678";

    private const string P256 = "ec -pkeyopt ec_paramgen_curve:P-256";

    /// <summary>Makes the authorities, then every certificate.</summary>
    public static async Task IssueAllAsync(Workshop shop)
    {
        await AuthorityAsync(shop, "root", "Matrix Root", issuer: null);
        await AuthorityAsync(shop, "int", "Matrix Intermediate", "root");
        await AuthorityAsync(shop, "other", "Matrix Other", "root");
        await AuthorityAsync(shop, "namesake-root", "Matrix Namesake Root", issuer: null);
        await AuthorityAsync(shop, "namesake-ca", "Matrix Intermediate", "namesake-root");
        await AuthorityAsync(shop, "old-ca", "Matrix Old", "root", days: -1);
        await AuthorityAsync(shop, "not-ca", "Matrix No Authority", "root", extensions: "basicConstraints=critical,CA:FALSE\n");
        await AuthorityAsync(shop, "ed-ca", "Matrix Ed25519", "root", newKey: "ed25519");
        await AuthorityAsync(shop, "sm2-ca", "Matrix SM2", "root", newKey: "sm2");
        await AuthorityAsync(shop, "short-ca", "Matrix Short", "root", extensions: "basicConstraints=critical,CA:TRUE,pathlen:0\n");
        await AuthorityAsync(shop, "below-ca", "Matrix Below", "short-ca");
        await File.WriteAllTextAsync(shop["below-ca.chain"], await shop.ReadAsync("below-ca.pem") + await shop.ReadAsync("short-ca.pem"));
        foreach (var one in Keys.Concat(Faults))
            await one.IssueAsync(shop);
    }

    private async Task IssueAsync(Workshop shop)
    {
        await shop.WriteAsync($"{Name}.ext", Extensions);
        if (IsMadeByHand)
        {
            await MlDsa.WriteAsync(shop, Name, Issuer);
        }
        else
        {
            await shop.OpenSslAsync($"req -new -newkey {NewKey} -nodes -subj /CN=www.example.test -keyout {{{Name}.key}} -out {{{Name}.csr}}");
            await shop.OpenSslAsync($"x509 -req -in {{{Name}.csr}} -CA {{{Issuer}.pem}} -CAkey {{{Issuer}.key}} -CAcreateserial -extfile {{{Name}.ext}} -out {{{Name}.pem}} {Signing}");
        }

        var chain = Chain is null ? await shop.ReadAsync($"{Issuer}.chain") : string.Concat(Chain.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(one => File.ReadAllText(shop[$"{one}.pem"])));
        await shop.WriteAsync($"{Name}.chain", chain);
        await shop.WriteAsync($"{Name}.full", await shop.ReadAsync($"{Name}.pem") + chain);
    }

    private static async Task AuthorityAsync(Workshop shop, string name, string subject, string? issuer, int days = 900, string extensions = "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\n", string newKey = "rsa:2048")
    {
        // RSA, so that it can sign in PSS too.
        await shop.WriteAsync($"{name}.ext", extensions);
        await shop.WriteAsync($"{name}.conf", $"[req]\nprompt=no\ndistinguished_name=dn\n[dn]\nO=Certrelay Tests\nCN={subject}\n");
        await shop.OpenSslAsync($"req -new -newkey {newKey} -nodes -config {{{name}.conf}} -keyout {{{name}.key}} -out {{{name}.csr}}");
        var signer = issuer is null ? $"-signkey {{{name}.key}}" : $"-CA {{{issuer}.pem}} -CAkey {{{issuer}.key}} -CAcreateserial";
        await shop.OpenSslAsync($"x509 -req -in {{{name}.csr}} {signer} -sha256 -days {days} -extfile {{{name}.ext}} -out {{{name}.pem}}");
        await shop.WriteAsync($"{name}.chain", await shop.ReadAsync($"{name}.pem"));
    }
}
