using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Certrelay.Certificates;
using Certrelay.Vault;

namespace Certrelay.Targets.Kubernetes;

/// <summary>What the current context of a kubeconfig says: where the cluster is, who vouches for it, and who asks. Disposal zeroes what is secret; it cannot print itself.</summary>
/// <remarks>https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/</remarks>
internal sealed class Kubeconfig : IDisposable
{
    // Each of these would have this host read a file, start a program, trust anybody, or act for somebody else.
    private static readonly string[] RefusedOfCluster = ["insecure-skip-tls-verify", "certificate-authority", "proxy-url", "tls-server-name"];
    private static readonly string[] RefusedOfUser =
        ["client-certificate", "client-key", "tokenFile", "as", "as-uid", "as-groups", "as-user-extra", "username", "password", "auth-provider", "exec"];

    private Kubeconfig(Uri server, X509Certificate2Collection authorities, X509Certificate2? certificate, Secret? token) =>
        (Server, Authorities, Certificate, Token) = (server, authorities, certificate, token);

    /// <summary>Scheme, host and port of the cluster's API.</summary>
    public Uri Server { get; }

    /// <summary>Who the server's certificate must come from; nobody else is trusted.</summary>
    public X509Certificate2Collection Authorities { get; }

    /// <summary>The client certificate with its key; null when a token is used.</summary>
    public X509Certificate2? Certificate { get; }

    /// <summary>The bearer token in ASCII; null when a client certificate is used.</summary>
    public Secret? Token { get; }

    /// <summary>Reads a kubeconfig; throws <see cref="Permanent"/> (<c>cloud.answer</c>) with every fault at once, which quotes nothing of it. The text stays the caller's, who must zero it.</summary>
    public static Kubeconfig Read(ReadOnlyMemory<byte> text)
    {
        var root = KubeconfigText.Read(text);
        var context = root["contexts"].Named(root["current-context"].Text)["context"];
        var (cluster, user) = (root["clusters"].Named(context["cluster"].Text)["cluster"], root["users"].Named(context["user"].Text)["user"]);
        var faults = new List<string>();
        if (root["current-context"].Bytes.IsEmpty || !context.Names.Any())
            faults.Add("current-context names no context");
        faults.AddRange(RefusedOfCluster.Intersect(cluster.Names).Select(static name => $"{name} is not followed"));
        faults.AddRange(RefusedOfUser.Intersect(user.Names).Select(static name => $"{name} is not followed"));
        if (!Uri.TryCreate(cluster["server"].Text, UriKind.Absolute, out var server) || server.Scheme != Uri.UriSchemeHttps || server.PathAndQuery != "/" || server.UserInfo.Length > 0)
            faults.Add("server is no https://host:port");
        var authorities = AuthoritiesOf(cluster["certificate-authority-data"], faults);
        var (certificate, token) = UserOf(user, faults);
        if (faults.Count == 0)
            return new Kubeconfig(server!, authorities, certificate, token);
        certificate?.Dispose();
        token?.Dispose();
        throw Calls.CloudAnswer.Unreadable($"the kubeconfig: {string.Join("; ", faults)}");
    }

    public void Dispose()
    {
        Certificate?.Dispose();
        Token?.Dispose();
        foreach (var authority in Authorities)
            authority.Dispose();
    }

    public override string ToString() => "[kubeconfig]";

    private static X509Certificate2Collection AuthoritiesOf(KubeNode data, List<string> faults)
    {
        var all = new X509Certificate2Collection();
        foreach (var block in Blocks(data).Where(static block => block is { IsCertificate: true, Fault: null }))
        {
            if (TryLoad(block) is { } authority)
                all.Add(authority);
        }

        if (all.Count == 0)
            faults.Add("certificate-authority-data holds no certificate");
        return all;
    }

    private static (X509Certificate2? Certificate, Secret? Token) UserOf(KubeNode user, List<string> faults)
    {
        if (!user["token"].Bytes.IsEmpty)
            return (null, new Secret(user["token"].Bytes.ToArray()));
        var leaf = Blocks(user["client-certificate-data"]).FirstOrDefault(static block => block is { IsCertificate: true, Fault: null }) is { } first ? TryLoad(first) : null;
        if (leaf is null)
        {
            faults.Add("there is neither a token nor a client-certificate-data that can be read");
            return default;
        }

        var blocks = Blocks(user["client-key-data"]);
        try
        {
            using (leaf)
            {
                if (blocks.Find(static block => block is { IsPrivateKey: true, Fault: null }) is { } key
                    && PrivateKeyReader.Read(key.Bytes) is PrivateKeyReading.Usable usable)
                {
                    using (usable.Key)
                        return (Join(leaf, usable.Key), null);
                }
            }

            faults.Add("client-key-data holds no private key that can be used");
        }
        catch (Exception wrong) when (wrong is CryptographicException or ArgumentException)
        {
            faults.Add("client-key-data is not the key of client-certificate-data");
        }
        finally
        {
            blocks.ForEach(static block => block.Clear());
        }

        return default;
    }

    private static X509Certificate2 Join(X509Certificate2 leaf, PrivateKey key)
    {
        if (key.PublicKey.Algorithm == KeyAlgorithm.Rsa)
        {
            using var rsa = RSA.Create();
            rsa.ImportPkcs8PrivateKey(key.Pkcs8, out _);
            return leaf.CopyWithPrivateKey(rsa);
        }

        using var curve = ECDsa.Create();
        curve.ImportPkcs8PrivateKey(key.Pkcs8, out _);
        return leaf.CopyWithPrivateKey(curve);
    }

    private static X509Certificate2? TryLoad(PemBlock block)
    {
        try
        {
            return X509CertificateLoader.LoadCertificate(block.Bytes.Span);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    /// <summary>The PEM blocks of a Base64 value, whose decoded form is zeroed.</summary>
    private static List<PemBlock> Blocks(KubeNode data)
    {
        var pem = new byte[Base64.GetMaxDecodedFromUtf8Length(data.Bytes.Length)];
        try
        {
            return Base64.DecodeFromUtf8(data.Bytes.Span, pem, out _, out var length) == OperationStatus.Done ? [.. PemReader.Read(pem.AsMemory(0, length))] : [];
        }
        finally
        {
            CryptographicOperations.ZeroMemory(pem);
        }
    }
}
