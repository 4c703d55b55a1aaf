using System.Security.Cryptography.X509Certificates;
using Certrelay.Simulators.KeyVault;

namespace Certrelay.Simulators.Azure;

/// <summary>
/// Certificates of one Azure Key Vault on loopback, the identity platform that gives tokens for it, and what terminates TLS with them. The REST API 2025-07-01; errors as
/// the service and the tests of Azure's own clients show them.
/// </summary>
public sealed class AzureSimulator : ISimulator
{
    public const string TenantId = KeyVaultSimulator.TenantId;
    public const string ClientId = KeyVaultSimulator.ClientId;

    /// <summary>The application's secret, with characters that a form has to encode.</summary>
    public const string ClientSecret = "sim~8Q/secret+not=real&00";

    private readonly Lock _lock = new();
    private readonly SimulatedIdentity _identity = new(TenantId, ClientId, ClientSecret);
    private readonly TimeProvider _time;
    private readonly List<TlsFront> _consumers = [];
    private SimulatorServer _server = null!;
    private X509Certificate2? _leaf;

    private AzureSimulator(TimeProvider time)
    {
        (_time, Rudeness) = (time, new Rudeness(time));
        Certificates = new CertificateVault(time);
    }

    public string Vendor => "azure";

    public Uri Endpoint => _server.Endpoint;

    public IReadOnlyList<SimulatorCall> Calls => _server.Calls;

    public IReadOnlyList<SimulatorRequest> Requests => _server.Requests;

    public Rudeness Rudeness { get; }

    /// <summary>What the vault holds.</summary>
    public CertificateVault Certificates { get; }

    /// <summary>How long what refers to a certificate without a version goes on with the former one.</summary>
    public TimeSpan Lag { get; set; }

    public IEnumerable<string> Guide { get; private set; } = [];

    /// <summary>What its own certificate is to be checked against, for <c>localhost</c>; null over plain HTTP.</summary>
    public X509Certificate2? Root { get; private set; }

    /// <summary>Starts one on a free port.</summary>
    /// <param name="time">Its clock.</param>
    /// <param name="overTls">True for clients that send a token over nothing else.</param>
    public static async Task<AzureSimulator> StartAsync(TimeProvider time, bool overTls = false)
    {
        var simulator = new AzureSimulator(time);
        if (overTls)
            (simulator.Root, simulator._leaf) = SimulatedAuthority.Issue("localhost");
        simulator._server = await SimulatorServer.StartAsync(0, simulator.AnswerAsync, simulator._leaf);
        return simulator;
    }

    /// <summary>Starts one with a certificate and something that serves it.</summary>
    public static async Task<ISimulator> StartWithExamplesAsync(TimeProvider time)
    {
        var simulator = await StartAsync(time);
        var pair = Huawei.PemPair.SelfSigned(time, "www.example.com");
        simulator.Import("www", pair.Certificate, pair.Key);
        simulator.Guide =
        [
            $"tenant {TenantId}, client {ClientId}, secret {ClientSecret}",
            $"any vault name; certificate www, served at 127.0.0.1:{simulator.AddConsumer("www").Port} by its reference without a version",
        ];
        return simulator;
    }

    /// <summary>Imports behind the product's back.</summary>
    public void Import(string name, string certificate, string key)
    {
        lock (_lock)
            Certificates.Add(name, StoredCertificate.Read(certificate, null, key));
    }

    /// <summary>Something that terminates TLS with a certificate of the vault: the newest version, or for ever the one that it is pinned to.</summary>
    public TlsFront AddConsumer(string name, bool pinned = false)
    {
        var at = _time.GetUtcNow();
        var front = new TlsFront(_ =>
        {
            lock (_lock)
                return Certificates.Served(name, pinned ? at : _time.GetUtcNow() - Lag);
        });
        _consumers.Add(front);
        return front;
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        Root?.Dispose();
        _leaf?.Dispose();
        foreach (var consumer in _consumers)
            await consumer.DisposeAsync();
    }

    private async Task<(SimulatorAnswer Answer, SimulatorCall? Call)> AnswerAsync(SimulatorRequest request, CancellationToken cancellationToken)
    {
        if (request.RawPath == $"/{TenantId}/oauth2/v2.0/token")
            return await TokenAsync(request, cancellationToken);
        if (!_identity.Knows(request.Header("Authorization")))
            return (SimulatedVault.Unauthorized(_identity.Challenge), null);
        var path = request.RawPath.Trim('/').Split('/');
        var action = CertificateVault.ActionOf(request.Method, path);
        if (action is null || !request.Query.Any(static pair => pair is { Key: "api-version", Value: "2025-07-01" }))
            return (SimulatedVault.Error(400, "BadParameter", "The request URI is invalid, or its api-version."), null);
        var answer = await FaultAsync(action, cancellationToken) ?? Answer(request, path);
        return (answer, Called(action, path[1], answer));
    }

    private SimulatorAnswer Answer(SimulatorRequest request, string[] path)
    {
        lock (_lock)
            return Certificates.Answer(request, path);
    }

    private async Task<(SimulatorAnswer Answer, SimulatorCall? Call)> TokenAsync(SimulatorRequest request, CancellationToken cancellationToken)
    {
        const string action = "entra.GetToken";
        var answer = await FaultAsync(action, cancellationToken) ?? _identity.Answer(request);
        return (answer, Called(action, "", answer));
    }

    private async Task<SimulatorAnswer?> FaultAsync(string action, CancellationToken cancellationToken) => SimulatedVault.Of(await Rudeness.NextAsync(action, cancellationToken));

    private SimulatorCall Called(string action, string resource, SimulatorAnswer answer) => new(
        action, resource, CertificateVault.Writes(action), answer.Status < 400 ? null : $"{answer.Status}", _time.GetUtcNow());
}
