using System.Collections.Concurrent;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Certrelay.Simulators.KeyVault;

/// <summary>
/// Azure Key Vault on loopback, over HTTPS under its real names: any number of vaults, and the identity platform that their challenges name. A client reaches it by
/// connecting to <see cref="Endpoint"/> whatever the host name, and by trusting <see cref="Root"/>.
/// </summary>
/// <remarks>REST API 7.4; errors as the service and the tests of Azure's own clients show them.</remarks>
public sealed class KeyVaultSimulator : IAsyncDisposable
{
    public const string TenantId = "11111111-2222-3333-4444-555555555555";
    public const string ClientId = "66666666-7777-8888-9999-000000000000";

    private const string VaultSuffix = ".vault.azure.net";

    private readonly ConcurrentDictionary<string, SimulatedVault> _vaults = new(StringComparer.Ordinal);
    private readonly SimulatedIdentity _identity;
    private readonly TimeProvider _time;
    private readonly X509Certificate2 _leaf;
    private SimulatorServer _server = null!;
    private SimulatorServer _managed = null!;

    private KeyVaultSimulator(TimeProvider time)
    {
        _time = time;
        Rudeness = new Rudeness(time);
        _identity = new SimulatedIdentity(TenantId, ClientId, ClientSecret);
        (Root, _leaf) = SimulatedAuthority.Issue("login.microsoftonline.com", $"*{VaultSuffix}");
    }

    /// <summary>Where it listens, whatever host a request names.</summary>
    public Uri Endpoint => _server.Endpoint;

    /// <summary>What its certificate is to be checked against.</summary>
    public X509Certificate2 Root { get; }

    /// <summary>The secret of the application <see cref="ClientId"/>.</summary>
    public string ClientSecret { get; } = Convert.ToHexString(RandomNumberGenerator.GetBytes(20));

    /// <summary>The variables that App Service gives to a process with a managed identity.</summary>
    public IReadOnlyDictionary<string, string> ManagedIdentity => new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["IDENTITY_ENDPOINT"] = new Uri(_managed.Endpoint, "/msi/token").ToString(),
        ["IDENTITY_HEADER"] = _identity.Header,
    };

    /// <summary>The faults that its vaults shall make; an action is the method with the path: <c>GET secrets</c>.</summary>
    public Rudeness Rudeness { get; }

    /// <summary>The calls to vaults with a token, oldest first.</summary>
    public IReadOnlyList<SimulatorCall> Calls => _server.Calls;

    /// <summary>How many requests brought a body without a token: a value sent to a host that had proved nothing.</summary>
    public int BodiesBeforeToken { get; private set; }

    /// <summary>Starts one on a free port.</summary>
    public static async Task<KeyVaultSimulator> StartAsync(TimeProvider time)
    {
        var simulator = new KeyVaultSimulator(time);
        simulator._server = await SimulatorServer.StartAsync(0, simulator.AnswerAsync, simulator._leaf);
        simulator._managed = await SimulatorServer.StartAsync(0, (request, _) => Task.FromResult((simulator._identity.ManagedAnswer(request), (SimulatorCall?)null)));
        return simulator;
    }

    /// <summary>A new, empty vault, with a clock of its own if need be.</summary>
    public SimulatedVault NewVault(TimeProvider? time = null)
    {
        var vault = new SimulatedVault($"kv-{Guid.NewGuid():N}"[..24], time ?? _time);
        _vaults[vault.Name + VaultSuffix] = vault;
        return vault;
    }

    /// <summary>Makes every token that was given so far worthless.</summary>
    public void RevokeTokens() => _identity.Revoke();

    /// <summary>A handler that reaches the simulator under every host name and trusts its root alone.</summary>
    public SocketsHttpHandler NewHandler() => NewHandler(Endpoint.Port, Root);

    /// <summary>The same for another process, which knows its port and its root.</summary>
    public static SocketsHttpHandler NewHandler(int port, X509Certificate2 root) => new()
    {
        UseProxy = false,
        ConnectCallback = async (_, cancellationToken) =>
        {
            var socket = new System.Net.Sockets.Socket(System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(System.Net.IPAddress.Loopback, port, cancellationToken);
            return new System.Net.Sockets.NetworkStream(socket, ownsSocket: true);
        },
        SslOptions = new SslClientAuthenticationOptions
        {
            CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                CustomTrustStore = { root },
                RevocationMode = X509RevocationMode.NoCheck,
                DisableCertificateDownloads = true,
            },
        },
    };

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await _managed.DisposeAsync();
        Root.Dispose();
        _leaf.Dispose();
    }

    private async Task<(SimulatorAnswer Answer, SimulatorCall? Call)> AnswerAsync(SimulatorRequest request, CancellationToken cancellationToken)
    {
        var host = request.Header("Host") ?? "";
        if (SimulatedIdentity.Serves(host))
            return (_identity.Answer(request), null);
        if (!_vaults.TryGetValue(host, out var vault))
            return (SimulatedVault.Error(404, "NotFound", "There is no such host."), null);
        if (!_identity.Knows(request.Header("Authorization")))
        {
            if (request.Body.Length > 0)
                BodiesBeforeToken++;
            return (SimulatedVault.Unauthorized(_identity.Challenge), null);
        }

        var path = request.RawPath.Trim('/').Split('/');
        var action = $"{request.Method} {path[0]}";
        var answer = await FaultAsync(action, cancellationToken)
            ?? (request.Query.Any(static pair => pair is { Key: "api-version", Value: "7.4" }) ? vault.Answer(request) : SimulatedVault.Error(400, "BadParameter", "The request URI contains an invalid api-version."));
        var code = answer.Status < 400 ? null : $"{answer.Status}";
        return (answer, new SimulatorCall(action, path.ElementAtOrDefault(1) ?? "", request.Method != "GET", code, _time.GetUtcNow()));
    }

    private async Task<SimulatorAnswer?> FaultAsync(string action, CancellationToken cancellationToken) => SimulatedVault.Of(await Rudeness.NextAsync(action, cancellationToken));
}
