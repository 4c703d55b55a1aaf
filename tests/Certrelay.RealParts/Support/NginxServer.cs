using System.Globalization;
using System.Net;

namespace Certrelay.RealParts.Support;

/// <summary>What a real nginx shall listen on and serve. <see cref="Directives"/> are further lines of the server block.</summary>
public sealed record NginxSite(IPAddress Address, int Port, string Certificate, string Key)
{
    public string Directives { get; init; } = "";

    /// <summary>Further server blocks, whole.</summary>
    public string MoreServers { get; init; } = "";

    /// <summary>False: plain HTTP on that port.</summary>
    public bool Tls { get; init; } = true;
}

/// <summary>A real nginx master with its own prefix in a temporary folder; killed, and the folder removed, on disposal.</summary>
/// <remarks>https://nginx.org/en/docs/switches.html and https://nginx.org/en/docs/control.html</remarks>
public sealed class NginxServer : IDisposable
{
    private readonly DirectoryInfo _prefix = Directory.CreateTempSubdirectory("certrelay-nginx-");
    private readonly NginxSite _site;
    private RealProcess? _master;

    private NginxServer(NginxSite site)
    {
        _site = site;
        WriteConfiguration();
    }

    public IPAddress Address => _site.Address;

    public int Port => _site.Port;

    /// <summary>The configuration test, as a command of <c>Local:Commands</c>.</summary>
    public IReadOnlyList<string> TestArgv => [Installed.PathOf("nginx"), "-t", .. Switches];

    /// <summary>The reload, as a command of <c>Local:Commands</c>.</summary>
    public IReadOnlyList<string> ReloadArgv => [Installed.PathOf("nginx"), "-s", "reload", .. Switches];

    /// <summary>The configuration file, for tests that break it.</summary>
    public string ConfigurationPath => Path.Combine(_prefix.FullName, "nginx.conf");

    /// <summary>What nginx itself logged.</summary>
    public string ErrorLog => File.ReadAllText(Path.Combine(_prefix.FullName, "error.log"));

    private string[] Switches => ["-p", _prefix.FullName, "-c", ConfigurationPath, "-e", Path.Combine(_prefix.FullName, "error.log")];

    /// <summary>Starts a master for one site and returns once it listens.</summary>
    public static async Task<NginxServer> StartAsync(NginxSite site)
    {
        var server = new NginxServer(site);
        try
        {
            await server.StartAsync();
            return server;
        }
        catch
        {
            server.Dispose();
            throw;
        }
    }

    /// <summary>Starts a master on a free port of <paramref name="address"/> with these files.</summary>
    public static Task<NginxServer> StartAsync(IPAddress address, string certificate, string key, string directives = "") =>
        StartAsync(new NginxSite(address, RealProcess.FreePort(address), certificate, key) { Directives = directives });

    /// <summary>Starts the master again after <see cref="Stop"/>, on the same port.</summary>
    public async Task StartAsync()
    {
        _master = RealProcess.Start("nginx", Switches);
        await _master.ListeningAsync(Address, Port);
    }

    /// <summary>Has the master read configuration and certificates again; new connections see them a moment later.</summary>
    public Task ReloadAsync() => RealProcess.RunAsync("nginx", ReloadArgv.Skip(1));

    /// <summary>Kills master and workers.</summary>
    public void Stop()
    {
        _master?.Dispose();
        _master = null;
    }

    /// <summary>Puts a line into the configuration that nginx refuses.</summary>
    public void BreakConfiguration() => File.AppendAllText(ConfigurationPath, "no_such_directive on;\n");

    /// <summary>Undoes <see cref="BreakConfiguration"/>.</summary>
    public void MendConfiguration() => WriteConfiguration();

    public void Dispose()
    {
        Stop();
        _prefix.Delete(recursive: true);
    }

    private void WriteConfiguration()
    {
        var listen = new IPEndPoint(_site.Address, _site.Port).ToString();
        var tls = _site.Tls
            ? string.Create(CultureInfo.InvariantCulture, $"ssl_certificate {_site.Certificate}; ssl_certificate_key {_site.Key};")
            : "";
        // Run by root, the workers would leave a folder that only they could have made; one user for all keeps the prefix ours.
        File.WriteAllText(ConfigurationPath, $$"""
            daemon off;
            worker_processes 2;
            {{(Environment.IsPrivilegedProcess ? "user root;" : "")}}
            pid {{_prefix.FullName}}/nginx.pid;
            events { worker_connections 256; }
            http {
                access_log off;
                client_body_temp_path {{_prefix.FullName}}/body;
                proxy_temp_path {{_prefix.FullName}}/proxy;
                fastcgi_temp_path {{_prefix.FullName}}/fastcgi;
                uwsgi_temp_path {{_prefix.FullName}}/uwsgi;
                scgi_temp_path {{_prefix.FullName}}/scgi;
                server {
                    listen {{listen}}{{(_site.Tls ? " ssl" : "")}};
                    {{tls}}
                    {{_site.Directives}}
                    return 200 "certrelay";
                }
                {{_site.MoreServers}}
            }

            """);
    }
}
