using System.Globalization;
using System.Net;
using Certrelay.RealParts.Support;
using Certrelay.Tests.Clouds;

namespace Certrelay.RealParts.Formats;

/// <summary>Each package for a server as it was downloaded: the server's own check accepts it, and a handshake shows the leaf.</summary>
public sealed class ServerPackageTests
{
    [RealTheory("nginx")]
    [InlineData(null)]
    [InlineData(2048)]
    public async Task Nginx_serves_its_package(int? rsaBits)
    {
        await using var site = await DownloadSite.StartAsync(rsaBits);
        var (folder, port) = (Directory.CreateDirectory(site["nginx"]).FullName, RealProcess.FreePort(IPAddress.Loopback));
        var tls = await site.UnpackAsync("nginx", "nginx/tls");
        OnPort(Path.Combine(tls, "nginx.conf"), "listen 443 ssl;", $"listen 127.0.0.1:{port} ssl; return 200;");
        await File.WriteAllTextAsync(Path.Combine(folder, "nginx.conf"), $$"""
            daemon off;
            {{(Environment.IsPrivilegedProcess ? "user root;" : "")}}
            pid {{folder}}/nginx.pid;
            events { }
            http {
                access_log off;
                client_body_temp_path {{folder}}/body; proxy_temp_path {{folder}}/proxy; fastcgi_temp_path {{folder}}/fastcgi;
                uwsgi_temp_path {{folder}}/uwsgi; scgi_temp_path {{folder}}/scgi;
                include tls/nginx.conf;
            }
            """);
        string[] switches = ["-p", folder, "-c", Path.Combine(folder, "nginx.conf"), "-e", Path.Combine(folder, "error.log")];
        await RealProcess.RunAsync("nginx", ["-t", .. switches]);

        using var server = RealProcess.Start("nginx", switches);
        await ServesAsync(server, port, site);
    }

    [RealTheory("apache2")]
    [InlineData(null)]
    [InlineData(2048)]
    public async Task Apache_serves_its_package(int? rsaBits)
    {
        await using var site = await DownloadSite.StartAsync(rsaBits);
        var (folder, port) = (Directory.CreateDirectory(site["apache"]).FullName, RealProcess.FreePort(IPAddress.Loopback));
        var tls = await site.UnpackAsync("apache", "apache/tls");
        OnPort(Path.Combine(tls, "apache.conf"), "*:443", $"127.0.0.1:{port}");
        var modules = string.Concat(new[] { "mpm_event", "authz_core", "socache_shmcb", "ssl" }
            .Select(static module => $"LoadModule {module}_module /usr/lib/apache2/modules/mod_{module}.so\n"));
        await File.WriteAllTextAsync(Path.Combine(folder, "apache2.conf"), $$"""
            {{modules}}
            ServerRoot {{folder}}
            PidFile {{folder}}/pid
            DefaultRuntimeDir {{folder}}
            ErrorLog {{folder}}/error.log
            ServerName localhost
            Listen 127.0.0.1:{{port}}
            Include tls/apache.conf
            """);
        string[] switches = ["-f", Path.Combine(folder, "apache2.conf")];
        await RealProcess.RunAsync("apache2", ["-t", .. switches]);

        using var server = RealProcess.Start("apache2", ["-DFOREGROUND", .. switches]);
        await ServesAsync(server, port, site);
    }

    [RealTheory("haproxy")]
    [InlineData(null)]
    [InlineData(2048)]
    public async Task HAProxy_serves_its_package(int? rsaBits)
    {
        await using var site = await DownloadSite.StartAsync(rsaBits);
        var port = RealProcess.FreePort(IPAddress.Loopback);
        var folder = await site.UnpackAsync("haproxy", "haproxy");
        var configuration = Path.Combine(folder, "haproxy.cfg");
        OnPort(configuration, "/etc/haproxy/tls", folder);
        OnPort(configuration, "bind :443", $"bind 127.0.0.1:{port}");
        await RealProcess.RunAsync("haproxy", ["-c", "-f", configuration]);

        using var server = RealProcess.Start("haproxy", ["-db", "-f", configuration]);
        await ServesAsync(server, port, site);
    }

    [RealTheory("catalina.sh", "java")]
    [InlineData(null)]
    public async Task Tomcat_serves_its_package(int? rsaBits)
    {
        await using var site = await DownloadSite.StartAsync(rsaBits);
        var (home, port) = (Directory.CreateDirectory(site["tomcat"]).FullName, RealProcess.FreePort(IPAddress.Loopback));
        Directory.CreateDirectory(Path.Combine(home, "temp"));
        Directory.CreateDirectory(Path.Combine(home, "webapps"));
        var conf = await site.UnpackAsync("tomcat", "tomcat/conf");
        OnPort(Path.Combine(conf, "connector.xml"), "port=\"8443\"", $"port=\"{port}\" address=\"127.0.0.1\"");
        var connector = (await File.ReadAllTextAsync(Path.Combine(conf, "connector.xml"))).Split("-->")[1];
        await File.WriteAllTextAsync(Path.Combine(conf, "server.xml"), $"""
            <Server port="-1"><Service name="Catalina">
            {connector}
            <Engine name="Catalina" defaultHost="localhost"><Host name="localhost" appBase="webapps" /></Engine>
            </Service></Server>
            """);
        await File.WriteAllTextAsync(Path.Combine(conf, "web.xml"), """<web-app xmlns="https://jakarta.ee/xml/ns/jakartaee" version="6.0" />""");
        string[] environment = [$"CATALINA_BASE={home}", "CATALINA_HOME=/usr/share/tomcat10", Installed.PathOf("catalina.sh")];
        await RealProcess.RunAsync("env", TimeSpan.FromMinutes(1), [.. environment, "configtest"]);

        using var server = RealProcess.Start("env", [.. environment, "run"]);
        await ServesAsync(server, port, site);
    }

    [RealFact("openssl")]
    public async Task The_package_for_IIS_holds_a_store_that_opens_and_a_script_that_names_it()
    {
        await using var site = await DownloadSite.StartAsync();
        var folder = await site.UnpackAsync("iis", "iis");

        Assert.Equal(DownloadSite.Passphrase, (await File.ReadAllTextAsync(Path.Combine(folder, "passphrase.txt"))).Trim());
        var dump = await RealProcess.RunAsync("openssl", "pkcs12", "-in", Path.Combine(folder, "shop.pfx"), "-passin", $"file:{folder}/passphrase.txt", "-noenc");
        Assert.Equal((2, 1), (Count(dump, "BEGIN CERTIFICATE"), Count(dump, "BEGIN PRIVATE KEY")));
        Assert.Contains(@"-FilePath .\shop.pfx", await File.ReadAllTextAsync(Path.Combine(folder, "install.ps1")), StringComparison.Ordinal);
    }

    internal static int Count(string text, string word) => text.Split(word).Length - 1;

    private static async Task ServesAsync(RealProcess server, int port, DownloadSite site)
    {
        await server.ListeningAsync(IPAddress.Loopback, port);
        Assert.Equal(site.Chain.Fingerprint, await Handshake.LeafAsync(port, DownloadSite.Host));
        // The root alone is what a client has: the server must send the intermediate.
        await File.WriteAllTextAsync(site["root.pem"], System.Security.Cryptography.PemEncoding.WriteString("CERTIFICATE", site.Chain.Root));
        await RealProcess.RunAsync(
            "openssl", "s_client", "-connect", string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}"), "-servername", DownloadSite.Host, "-verify_hostname", DownloadSite.Host,
            "-CAfile", site["root.pem"], "-verify_return_error");
    }

    private static void OnPort(string file, string from, string to)
    {
        var text = File.ReadAllText(file);
        Assert.Contains(from, text, StringComparison.Ordinal);
        File.WriteAllText(file, text.Replace(from, to, StringComparison.Ordinal));
    }
}
