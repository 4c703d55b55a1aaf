using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Certrelay.Simulators;

/// <summary>A vendor's API on loopback: takes requests off the wire untouched, hands them to the vendor's handler and keeps a list of the calls.</summary>
public sealed class SimulatorServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<SimulatorCall> _calls = [];
    private readonly ConcurrentQueue<SimulatorRequest> _requests = [];

    private SimulatorServer(WebApplication app) => _app = app;

    /// <summary>Where it listens: <c>http://127.0.0.1:port</c>, or https with a certificate.</summary>
    public Uri Endpoint => new(_app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.First());

    /// <summary>The calls so far, oldest first.</summary>
    public IReadOnlyList<SimulatorCall> Calls => [.. _calls];

    /// <summary>Every request as it came, keys included, oldest first.</summary>
    public IReadOnlyList<SimulatorRequest> Requests => [.. _requests];

    /// <summary>Starts to listen.</summary>
    /// <param name="port">0: any free one.</param>
    /// <param name="answer">The vendor: the answer to a request, and the call for the list where the request was understood so far.</param>
    /// <param name="certificate">What it serves over TLS; null: plain HTTP.</param>
    /// <param name="asksWho">True when clients may show a certificate, which the vendor judges itself.</param>
    public static async Task<SimulatorServer> StartAsync(
        int port, Func<SimulatorRequest, CancellationToken, Task<(SimulatorAnswer Answer, SimulatorCall? Call)>> answer, X509Certificate2? certificate = null, bool asksWho = false)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(options =>
        {
            options.AddServerHeader = false;
            options.Limits.MaxRequestBodySize = 10 * 1024 * 1024;
            options.Listen(IPAddress.Loopback, port, listen =>
            {
                listen.Protocols = HttpProtocols.Http1;
                if (certificate is null)
                    return;
                listen.UseHttps(https =>
                {
                    https.ServerCertificate = certificate;
                    https.ClientCertificateMode = asksWho ? ClientCertificateMode.AllowCertificate : ClientCertificateMode.NoCertificate;
                    https.ClientCertificateValidation = static (_, _, _) => true;
                });
            });
        });
        var app = builder.Build();
        var server = new SimulatorServer(app);
        app.Run(context => server.AnswerAsync(context, answer));
        await app.StartAsync();
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        using var atOnce = new CancellationTokenSource();
        await atOnce.CancelAsync();
        await _app.StopAsync(atOnce.Token);
        await _app.DisposeAsync();
    }

    private async Task AnswerAsync(
        HttpContext context, Func<SimulatorRequest, CancellationToken, Task<(SimulatorAnswer Answer, SimulatorCall? Call)>> handler)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        var request = new SimulatorRequest(
            context.Request.Method,
            context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget,
            [.. context.Request.Headers.SelectMany(static header => header.Value.Select(value => KeyValuePair.Create(header.Key, value ?? "")))],
            body.ToArray())
        {
            ClientCertificate = context.Connection.ClientCertificate,
        };
        _requests.Enqueue(request);
        var (answer, call) = await handler(request, context.RequestAborted);
        if (call is not null)
            _calls.Enqueue(call);
        context.Response.StatusCode = answer.Status;
        context.Response.ContentType = answer.ContentType;
        foreach (var (name, value) in answer.Headers)
            context.Response.Headers[name] = value;
        if (answer.Status != StatusCodes.Status204NoContent)
            await context.Response.Body.WriteAsync(answer.Body, context.RequestAborted);
    }
}
