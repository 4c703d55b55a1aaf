namespace Certrelay.Certificates;

/// <summary>A form in which a certificate leaves: its name in the API, what it is good for, and how it is written.</summary>
/// <param name="HoldsKey">Whether the private key is in it.</param>
/// <param name="IsProtected">Whether it is written under a passphrase.</param>
/// <param name="NeedsRoot">Whether it is made of the root.</param>
/// <param name="IsOfPair">Whether it is made of the two certificates of an SM2 pair.</param>
public sealed record ExportFormat(
    string Name, string Extension, string MediaType, string Purpose, Func<ExportContent, byte[]> Write, bool HoldsKey = false, bool IsProtected = false, bool NeedsRoot = false, bool IsOfPair = false)
{
    private const string PemType = "application/x-pem-file";
    private const string ZipType = "application/zip";
    private const string Pkcs12Type = "application/x-pkcs12";

    /// <summary>Every form, in the order of the documentation.</summary>
    public static IReadOnlyList<ExportFormat> All { get; } =
    [
        new("pem", "pem", PemType, "Leaf, intermediates and private key in one text.", static content => content.AllPem(), HoldsKey: true),
        new("cert", "crt", PemType, "The leaf alone.", static content => content.LeafPem()),
        new("chain", "pem", PemType, "The intermediates, issuer of the leaf first, without the root.", static content => content.Bundle.ChainPem()),
        new("key", "key", PemType, "The private key alone, as PKCS#8.", static content => content.KeyPem(), HoldsKey: true),
        new("nginx", "zip", ZipType, "Files and a server block for nginx.", ServerPackages.Nginx, HoldsKey: true),
        new("apache", "zip", ZipType, "Files and a virtual host for Apache HTTP Server 2.4.8 or later.", ServerPackages.Apache, HoldsKey: true),
        new("haproxy", "zip", ZipType, "One file and a front end for HAProxy 2.2 or later.", ServerPackages.HaProxy, HoldsKey: true),
        new("tengine", "zip", ZipType, "Files and a server block for Tengine with both certificates of an SM2 pair.", TenginePackage.Write, HoldsKey: true, IsOfPair: true),
        new("tomcat", "zip", ZipType, "A PKCS#12 keystore and a connector for Tomcat 9 or later.", ServerPackages.Tomcat, HoldsKey: true, IsProtected: true),
        new("iis", "zip", ZipType, "A PFX file and a script for IIS on Windows Server 2019 or later.", ServerPackages.Iis, HoldsKey: true, IsProtected: true),
        new("pfx", "pfx", Pkcs12Type, "PKCS#12 with AES-256 and SHA-256: OpenSSL 1.1 and later, Java 8u301 and later, Windows Server 2019 and later.", static content => Pkcs12Writer.Write(content, Pkcs12Strength.Modern), HoldsKey: true, IsProtected: true),
        new("pfx-legacy", "pfx", Pkcs12Type, "PKCS#12 with Triple DES and SHA-1, for older Windows, Java and appliances.", static content => Pkcs12Writer.Write(content, Pkcs12Strength.Legacy), HoldsKey: true, IsProtected: true),
        new("jks", "jks", "application/octet-stream", "Java's own keystore, for software that takes no PKCS#12.", JavaKeystoreWriter.Write, HoldsKey: true, IsProtected: true),
        new("truststore", "zip", ZipType, "The root for Java clients, as JKS and as PKCS#12.", RootPackages.Truststore, IsProtected: true, NeedsRoot: true),
        new("root", "zip", ZipType, "The root as PEM and DER, with a page on who needs it and how it is installed.", RootPackages.Root, NeedsRoot: true),
        new("p7b", "p7b", "application/x-pkcs7-certificates", "Leaf and intermediates as PKCS#7, for Windows and Java.", Pkcs7Writer.Write),
        new("k8s", "yaml", "application/yaml", "A Secret of type kubernetes.io/tls.", KubernetesSecret.Write, HoldsKey: true),
    ];

    /// <summary>The form of a name; null when there is none.</summary>
    public static ExportFormat? Find(string name) => All.FirstOrDefault(format => format.Name == name);

    /// <summary>Writes the file; the caller disposes it, and the content.</summary>
    public ExportedFile Export(ExportContent content) => new($"{content.Name}{Suffix}.{Extension}", MediaType, Write(content));

    // Several of a certificate's downloads lie in one folder.
    private string Suffix => Extension is "zip" || Name is "chain" or "pfx-legacy" ? $"-{Name}" : "";
}
