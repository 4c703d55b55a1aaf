namespace Certrelay.Certificates;

/// <summary>The archive for Tengine, and servers that took its directives over, with both certificates of an SM2 version.</summary>
/// <remarks>
/// https://github.com/alibaba/tengine, module ngx_openssl_ntls, on Tongsuo: the chain stands behind the signing certificate alone, because the handshake of GB/T 38636
/// sends both leaves and then one chain.
/// </remarks>
internal static class TenginePackage
{
    public static byte[] Write(ExportContent content)
    {
        var name = content.Name;
        var encryption = content.Bundle.Encryption ?? throw new InvalidOperationException("This form needs a pair.");
        var hosts = TlsSettings.HostsOf(content.Leaf);
        return ArchiveWriter.Write(content.Made,
            new PackedFile($"{name}-sign.pem", content.Bundle.FullChainPem()),
            new PackedFile($"{name}-sign.key", content.Bundle.PrivateKeyPem(), IsSecret: true),
            new PackedFile($"{name}-enc.pem", [.. encryption.LeafPem(), (byte)'\n']),
            new PackedFile($"{name}-enc.key", encryption.PrivateKeyPem(), IsSecret: true),
            PackedFile.Text("tengine.conf", $$"""
                # For Tengine built with Tongsuo and the module ngx_openssl_ntls.
                # Unpack into conf/tls, add to the http block:  include tls/tengine.conf;
                # then:  nginx -t && nginx -s reload
                server {
                    listen 443 ssl;
                    server_name {{(hosts.Count > 0 ? string.Join(' ', hosts) : "_")}};

                    enable_ntls on;
                    ssl_sign_certificate tls/{{name}}-sign.pem;
                    ssl_sign_certificate_key tls/{{name}}-sign.key;
                    ssl_enc_certificate tls/{{name}}-enc.pem;
                    ssl_enc_certificate_key tls/{{name}}-enc.key;

                    # Browsers need a certificate with an RSA or P-256 key beside these:
                    # ssl_certificate tls/{{name}}.pem;
                    # ssl_certificate_key tls/{{name}}.key;
                    # ssl_protocols TLSv1.2 TLSv1.3;

                    # root /var/www/{{name}};
                    # location / { proxy_pass http://127.0.0.1:8080; }
                }

                """));
    }
}
