using System.Text;
using Certrelay.Targets.Kubernetes;
using Certrelay.Tests.Support;

namespace Certrelay.Tests.Targets.Kubernetes;

/// <summary>A kubeconfig is read strictly: what it needs is there, what would reach beyond the cluster is refused, and nothing of it is quoted.</summary>
public sealed class KubeconfigTests : IDisposable
{
    private readonly TestCertificate _root = TestCertificates.Root();
    private readonly TestCertificate _user;

    public KubeconfigTests() => _user = _root.IssueLeaf("user.example.com");

    public static TheoryData<string, string, string> Refused => new()
    {
        { "server: https://10.0.0.1:6443", "server: http://10.0.0.1:6443", "server is no https" },
        { "server: https://10.0.0.1:6443", "server: https://10.0.0.1:6443/clusters/1", "server is no https" },
        { "server: https://10.0.0.1:6443", "server: https://10.0.0.1:6443\n    insecure-skip-tls-verify: true", "insecure-skip-tls-verify is not followed" },
        { "server: https://10.0.0.1:6443", "server: https://10.0.0.1:6443\n    proxy-url: http://example.com", "proxy-url is not followed" },
        { "certificate-authority-data: CA", "certificate-authority: /etc/ca.pem", "certificate-authority is not followed" },
        { "certificate-authority-data: CA", "certificate-authority-data: bm9uZQ==", "holds no certificate" },
        { "client-key-data: KEY", "exec: {}", "exec is not followed" },
        { "client-key-data: KEY", "client-key: /etc/key.pem", "client-key is not followed" },
        { "client-key-data: KEY", "client-key-data: OTHER", "is not the key of" },
        { "client-key-data: KEY", "client-key-data: bm9uZQ==", "holds no private key" },
        { "client-certificate-data: LEAF", "as: somebody", "as is not followed; there is neither" },
        { "current-context: there", "current-context: nowhere", "names no context" },
        { "kind: Config", "kind: &anchor Config", "line 13 of the kubeconfig: an anchor" },
        { "kind: Config", "kind: !!str Config", "line 13" },
        { "kind: Config", "kind: |\n  Config", "line 13" },
        { "kind: Config", "kind: {a: b}", "line 13" },
        { "kind: Config", "kind: \"Con\\u0066ig\"", "line 13 of the kubeconfig: its quotes" },
        { "kind: Config", "kind: Config\nkind: Config", "line 14 of the kubeconfig: a key that is there twice" },
        { "kind: Config", "kind: Config\n    more: here", "line 14 of the kubeconfig: its indentation" },
        { "kind: Config", "\tkind: Config", "line 13 of the kubeconfig: a tab" },
        { "kind: Config", "only words", "line 13 of the kubeconfig: no key" },
        { "kind: Config", "kind: a: b", "line 13 of the kubeconfig: a colon" },
    };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_current_context_says_where_and_who(bool quoted)
    {
        var text = Text();
        if (quoted)
            text = "---\n# by hand\n\n" + text.Replace("current-context: there", "current-context: 'there' # here", StringComparison.Ordinal).Replace("cluster: home", "cluster: \"home\"", StringComparison.Ordinal);

        using var read = Kubeconfig.Read(Encoding.ASCII.GetBytes(text.Replace("\n", quoted ? "\r\n" : "\n", StringComparison.Ordinal)));

        Assert.Equal("https://10.0.0.1:6443/", read.Server.ToString());
        Assert.Equal(_root.Fingerprint.Hex, read.Authorities.Single().GetCertHashString(System.Security.Cryptography.HashAlgorithmName.SHA256).ToLowerInvariant());
        Assert.True(read.Certificate!.HasPrivateKey);
        Assert.Null(read.Token);
        Assert.Equal("[kubeconfig]", read.ToString());
    }

    [Fact]
    public void A_token_stands_for_a_client_certificate()
    {
        var text = Text().Replace("client-certificate-data: " + Base64(_user.Pem), "token: abc.def", StringComparison.Ordinal).Replace("\n    client-key-data: " + Base64(_user.KeyPem), "", StringComparison.Ordinal);

        using var read = Kubeconfig.Read(Encoding.ASCII.GetBytes(text));

        Assert.Equal("abc.def", Encoding.ASCII.GetString(read.Token!.Bytes));
        Assert.Null(read.Certificate);
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public void What_is_not_followed_is_refused_by_name_and_nothing_is_quoted(string what, string instead, string words)
    {
        using var other = _root.IssueLeaf("other.example.com");
        var text = Text(false).Replace(what, instead, StringComparison.Ordinal);
        Assert.NotEqual(Text(false), text);
        text = Filled(text).Replace("OTHER", Base64(other.KeyPem), StringComparison.Ordinal);

        var fault = Assert.Throws<Permanent>(() => Kubeconfig.Read(Encoding.ASCII.GetBytes(text)));

        Assert.Equal("cloud.answer", fault.Code);
        Assert.Contains(words, fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Base64(_user.KeyPem)[..20], fault.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("apiVersion: v1")]
    [InlineData("- a\n- b")]
    public void Texts_that_name_nothing_are_refused_with_every_fault(string text)
    {
        var fault = Assert.Throws<Permanent>(() => Kubeconfig.Read(Encoding.ASCII.GetBytes(text)));

        Assert.All((string[])["current-context", "server", "certificate-authority-data", "token"], word => Assert.Contains(word, fault.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void A_text_that_is_too_large_or_too_deep_is_refused()
    {
        Assert.Contains("size", Assert.Throws<Permanent>(() => Kubeconfig.Read(new byte[1024 * 1024])).Message, StringComparison.Ordinal);
        var deep = string.Join('\n', Enumerable.Range(0, 20).Select(static depth => $"{new string(' ', depth)}a:"));
        Assert.Contains("depth", Assert.Throws<Permanent>(() => Kubeconfig.Read(Encoding.ASCII.GetBytes(deep))).Message, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _user.Dispose();
        _root.Dispose();
    }

    private string Text(bool filled = true)
    {
        const string Form = """
            apiVersion: v1
            clusters:
            - cluster:
                server: https://10.0.0.1:6443
                certificate-authority-data: CA
              name: home
            contexts:
            - context:
                cluster: home
                user: me
              name: there
            current-context: there
            kind: Config
            preferences: {}
            users:
            - name: me
              user:
                client-certificate-data: LEAF
                client-key-data: KEY
            """;
        return filled ? Filled(Form) : Form;
    }

    private string Filled(string form) => form.Replace(": CA", $": {Base64(_root.Pem)}", StringComparison.Ordinal)
        .Replace(": LEAF", $": {Base64(_user.Pem)}", StringComparison.Ordinal).Replace(": KEY", $": {Base64(_user.KeyPem)}", StringComparison.Ordinal);

    private static string Base64(string pem) => Convert.ToBase64String(Encoding.ASCII.GetBytes(pem));
}
