using System.Net;
using System.Security.Cryptography;

namespace Certrelay.Certificates;

/// <summary>The root for those who do not have it yet: devices, offline and internal systems, Java, old clients.</summary>
internal static class RootPackages
{
    public static byte[] Truststore(ExportContent content) => ArchiveWriter.Write(content.Made,
        new PackedFile("truststore.jks", JavaKeystoreWriter.WriteTrusted($"{content.Name}-root", content.Root.Span, content.Made, content.Protection)),
        new PackedFile("truststore.p12", Pkcs12Writer.WriteTrusted($"{content.Name}-root", content.Root.Span, content.Protection)),
        PackedFile.Secret("passphrase.txt", content.Protection),
        PackedFile.Text("README.txt", $"""
            Either of the two stores holds the root of {content.Name}:
            {CertificateRecord.Parse(content.Root).Subject}

            For one program:  java -Djavax.net.ssl.trustStore=truststore.p12 -Djavax.net.ssl.trustStorePassword=... ...
            For all of Java:  keytool -importkeystore -srckeystore truststore.p12 -destkeystore $JAVA_HOME/lib/security/cacerts

            A store given to one program takes the place of Java's own: it trusts nothing else then.

            """));

    public static byte[] Root(ExportContent content)
    {
        var root = CertificateRecord.Parse(content.Root);
        return ArchiveWriter.Write(content.Made,
            new PackedFile("root.pem", [.. PemEncoding.WriteUtf8("CERTIFICATE"u8, content.Root.Span), (byte)'\n']),
            new PackedFile("root.der", content.Root.ToArray()),
            PackedFile.Text("root.html", Page(content.Name, root)));
    }

    private static string Page(string name, CertificateRecord root) => $$"""
        <!DOCTYPE html>
        <html lang="en">
        <meta charset="utf-8">
        <title>The root of {{name}}</title>
        <style>body { font: 1rem/1.5 sans-serif; max-width: 48rem; margin: 2rem auto; padding: 0 1rem } code, pre { background: #eee; overflow-wrap: anywhere; white-space: pre-wrap } td, th { text-align: left; vertical-align: top; padding-right: 1rem }</style>
        <h1>The root of {{name}}</h1>
        <table>
        <tr><th>Subject<td>{{WebUtility.HtmlEncode(root.Subject)}}
        <tr><th>Valid<td>{{root.NotBefore:u}} to {{root.NotAfter:u}}
        <tr><th>Key<td>{{WebUtility.HtmlEncode(root.PublicKey.Name)}}
        <tr><th>SHA-256<td><code>{{root.Fingerprint.Hex}}</code>
        </table>
        <p><strong>Compare the fingerprint over another way before you install it</strong>: whoever can give you a root can read what you send to any server.
        <code>openssl x509 -in root.pem -noout -fingerprint -sha256</code> prints it.
        <h2>Who needs it</h2>
        <ul>
        <li>Nobody whose browser or system opens the site without a warning already: servers never send the root, clients have it.
        <li>Devices and embedded software (IoT) that carry a list of their own, or none.
        <li>Systems without updates: offline networks, old Android, Java and Windows.
        <li>Everybody, where a company's own authority issued the certificate.
        <li>Java programs, which ask Java's list and not the system's.
        </ul>
        <h2>How it is installed</h2>
        <table>
        <tr><th>Debian, Ubuntu, Alpine<td><pre>cp root.pem /usr/local/share/ca-certificates/{{name}}-root.crt &amp;&amp; update-ca-certificates</pre>
        <tr><th>Fedora, Red Hat<td><pre>cp root.pem /etc/pki/ca-trust/source/anchors/{{name}}-root.pem &amp;&amp; update-ca-trust</pre>
        <tr><th>Windows<td><pre>certutil -addstore -f Root root.der</pre>
        <tr><th>macOS<td><pre>security add-trusted-cert -d -r trustRoot -k /Library/Keychains/System.keychain root.pem</pre>
        <tr><th>Java<td><pre>keytool -importcert -noprompt -alias {{name}}-root -file root.pem -keystore "$JAVA_HOME/lib/security/cacerts"</pre>
        <tr><th>Firefox<td>Settings, Privacy &amp; Security, View Certificates, Authorities, Import: root.pem
        <tr><th>Android, iOS<td>Send root.der to the device, open it, and allow it under security settings (iOS: Certificate Trust Settings too)
        <tr><th>curl, Python, Node.js<td><pre>curl --cacert root.pem
        SSL_CERT_FILE=root.pem, REQUESTS_CA_BUNDLE=root.pem
        NODE_EXTRA_CA_CERTS=root.pem</pre>
        <tr><th>mbed TLS, lwIP, ESP-IDF<td>root.der as a byte array, or root.pem with its final zero byte, in <code>mbedtls_x509_crt_parse</code>
        </table>
        </html>

        """;
}
