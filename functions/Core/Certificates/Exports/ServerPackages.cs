using System.Security;

namespace Certrelay.Certificates;

/// <summary>Archives with everything that one kind of server needs: certificate, key, and a configuration that its own check accepts.</summary>
internal static class ServerPackages
{
    public static byte[] Nginx(ExportContent content)
    {
        var name = content.Name;
        var hosts = TlsSettings.HostsOf(content.Leaf);
        return ArchiveWriter.Write(content.Made,
            new PackedFile($"{name}.pem", content.Bundle.FullChainPem()),
            new PackedFile($"{name}.key", content.Bundle.PrivateKeyPem(), IsSecret: true),
            PackedFile.Text("nginx.conf", $$"""
                # Unpack into /etc/nginx/tls, add to the http block:  include tls/nginx.conf;
                # then:  nginx -t && nginx -s reload
                server {
                    listen 443 ssl;
                    server_name {{(hosts.Count > 0 ? string.Join(' ', hosts) : "_")}};

                    ssl_certificate tls/{{name}}.pem;
                    ssl_certificate_key tls/{{name}}.key;
                    ssl_protocols TLSv1.2 TLSv1.3;
                    ssl_ciphers {{TlsSettings.Ciphers}};
                    ssl_prefer_server_ciphers off;
                    ssl_session_timeout 1d;
                    ssl_session_cache shared:{{name}}:10m;
                    ssl_session_tickets off;

                    # Once every page works over https:
                    # add_header Strict-Transport-Security "max-age=63072000" always;

                    # root /var/www/{{name}};
                    # location / { proxy_pass http://127.0.0.1:8080; }
                }

                """));
    }

    public static byte[] Apache(ExportContent content)
    {
        var name = content.Name;
        var main = TlsSettings.MainHostOf(content.Leaf);
        var others = string.Concat(TlsSettings.HostsOf(content.Leaf).Where(host => host != main).Select(static host => $"    ServerAlias {host}\n"));
        return ArchiveWriter.Write(content.Made,
            new PackedFile($"{name}.pem", content.Bundle.FullChainPem()),
            new PackedFile($"{name}.key", content.Bundle.PrivateKeyPem(), IsSecret: true),
            PackedFile.Text("apache.conf", $$"""
                # Unpack into /etc/apache2/tls, enable the module (a2enmod ssl), add:  Include tls/apache.conf
                # then:  apachectl configtest && apachectl graceful
                <VirtualHost *:443>
                    ServerName {{main}}
                {{others}}
                    SSLEngine on
                    SSLCertificateFile tls/{{name}}.pem
                    SSLCertificateKeyFile tls/{{name}}.key
                    SSLProtocol -all +TLSv1.2 +TLSv1.3
                    SSLCipherSuite {{TlsSettings.Ciphers}}
                    SSLHonorCipherOrder off
                    SSLSessionTickets off

                    # Once every page works over https (a2enmod headers):
                    # Header always set Strict-Transport-Security "max-age=63072000"

                    # DocumentRoot /var/www/{{name}}
                </VirtualHost>

                """));
    }

    public static byte[] HaProxy(ExportContent content) => ArchiveWriter.Write(content.Made,
        new PackedFile($"{content.Name}.pem", content.AllPem(), IsSecret: true),
        PackedFile.Text("haproxy.cfg", $$"""
            # Unpack into /etc/haproxy/tls, take these sections over into haproxy.cfg,
            # then:  haproxy -c -f /etc/haproxy/haproxy.cfg && systemctl reload haproxy
            global
                crt-base /etc/haproxy/tls
                ssl-default-bind-options ssl-min-ver TLSv1.2 no-tls-tickets
                ssl-default-bind-ciphers {{TlsSettings.Ciphers}}
                ssl-default-bind-ciphersuites {{TlsSettings.Suites13}}
                tune.ssl.default-dh-param 2048

            frontend {{content.Name}}
                mode http
                bind :443 ssl crt {{content.Name}}.pem alpn h2,http/1.1
                timeout client 30s
                timeout http-request 10s
                # Once every page works over https:
                # http-response set-header Strict-Transport-Security max-age=63072000
                # In place of this line:  default_backend servers
                http-request return status 200 content-type text/plain string "TLS works\n"

            """));

    public static byte[] Tomcat(ExportContent content) => ArchiveWriter.Write(content.Made,
        new PackedFile($"{content.Name}.p12", Pkcs12Writer.Write(content, Pkcs12Strength.Modern), IsSecret: true),
        PackedFile.Secret("passphrase.txt", content.Protection),
        new PackedFile("connector.xml", System.Text.Encoding.UTF8.GetBytes($"""
            <!-- Unpack the keystore into conf/ of CATALINA_BASE, put this connector into the Service of conf/server.xml,
                 then: catalina.sh configtest, and start Tomcat again. -->
            <Connector port="8443" protocol="org.apache.coyote.http11.Http11NioProtocol" scheme="https" secure="true" SSLEnabled="true" maxThreads="150">
              <UpgradeProtocol className="org.apache.coyote.http2.Http2Protocol" />
              <SSLHostConfig protocols="TLSv1.2+TLSv1.3" honorCipherOrder="false" disableSessionTickets="true"
                             ciphers="{TlsSettings.Suites13}:{TlsSettings.Ciphers}">
                <Certificate certificateKeystoreFile="conf/{content.Name}.p12" certificateKeystoreType="PKCS12"
                             certificateKeystorePassword="{SecurityElement.Escape(new string(content.Protection.Characters))}" />
              </SSLHostConfig>
            </Connector>

            """), IsSecret: true));

    public static byte[] Iis(ExportContent content) => ArchiveWriter.Write(content.Made,
        new PackedFile($"{content.Name}.pfx", Pkcs12Writer.Write(content, Pkcs12Strength.Modern), IsSecret: true),
        PackedFile.Secret("passphrase.txt", content.Protection),
        PackedFile.Text("install.ps1", $$"""
            # In an elevated PowerShell, in the folder of these files:  .\install.ps1 -Site 'Default Web Site'
            # Imports the certificate with its intermediates, binds it to port 443 of a site, and leaves TLS 1.2 and 1.3 on only.
            param([Parameter(Mandatory)] [string] $Site, [string] $HostName = '')
            $ErrorActionPreference = 'Stop'
            Import-Module WebAdministration

            $passphrase = ConvertTo-SecureString (Get-Content .\passphrase.txt -TotalCount 1) -AsPlainText -Force
            $certificate = Import-PfxCertificate -FilePath .\{{content.Name}}.pfx -CertStoreLocation Cert:\LocalMachine\My -Password $passphrase |
                Where-Object HasPrivateKey | Select-Object -First 1
            $sni = if ($HostName) { 1 } else { 0 }
            if (-not (Get-WebBinding -Name $Site -Protocol https -Port 443 -HostHeader $HostName)) {
                New-WebBinding -Name $Site -Protocol https -Port 443 -HostHeader $HostName -SslFlags $sni
            }
            (Get-WebBinding -Name $Site -Protocol https -Port 443 -HostHeader $HostName).AddSslCertificate($certificate.Thumbprint, 'My')

            foreach ($version in 'SSL 2.0', 'SSL 3.0', 'TLS 1.0', 'TLS 1.1') {
                $key = "HKLM:\SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL\Protocols\$version\Server"
                New-Item $key -Force | Out-Null
                New-ItemProperty $key -Name Enabled -Value 0 -PropertyType DWord -Force | Out-Null
                New-ItemProperty $key -Name DisabledByDefault -Value 1 -PropertyType DWord -Force | Out-Null
            }
            Write-Host 'Bound. The protocol settings take effect after a restart of the host. Remove passphrase.txt and the PFX file now.'

            """));
}
