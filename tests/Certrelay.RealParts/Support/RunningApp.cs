using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Certrelay.App;
using Certrelay.App.Embedded;
using Certrelay.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Certrelay.RealParts.Support;

/// <summary>The whole product in this process, on a free loopback port, spoken to as a script speaks to it.</summary>
public sealed class RunningApp : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly SocketsHttpHandler _handler = new();

    private RunningApp(WebApplication app) => _app = app;

    public HttpMessageInvoker Http { get; private set; } = null!;

    public Uri Address { get; private set; } = null!;

    public string Token { get; private set; } = null!;

    public IServiceProvider Services => _app.Services;

    /// <summary>Starts it with these settings; their folder of data is the caller's to remove. The vault is the suite's, unless the test is about the embedded one.</summary>
    public static async Task<RunningApp> StartAsync(Settings settings, Action<IServiceCollection>? change = null, bool embeddedVault = false)
    {
        settings = settings with { Http = settings.Http with { Url = "http://127.0.0.1:0" } };
        if (!embeddedVault)
            settings = settings.InSuiteVault();
        var quiet = new Dictionary<string, string?> { ["Logging:LogLevel:Default"] = "Error" };
        var app = EmbeddedApp.Build(settings, new ConfigurationBuilder().AddInMemoryCollection(quiet).Build(), TimeProvider.System, services =>
        {
            services.AddSuiteVault();
            change?.Invoke(services);
        });
        var running = new RunningApp(app);
        var token = await EmbeddedApp.PrepareAsync(app);
        await app.StartAsync();
        running.Address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        running.Token = (await File.ReadAllTextAsync(token.File)).Trim();
        running.Http = new HttpMessageInvoker(running._handler);
        return running;
    }

    /// <summary>Sends a request with the first token and returns status and body.</summary>
    public async Task<(HttpStatusCode Status, JsonNode? Body)> SendAsync(HttpMethod method, string path, HttpContent? content = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(Address, path)) { Content = content };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Token);
        using var answer = await Http.SendAsync(request, CancellationToken.None);
        var text = await answer.Content.ReadAsStringAsync();
        return (answer.StatusCode, text.Length > 0 ? JsonNode.Parse(text) : null);
    }

    /// <summary>Uploads a certificate with its chain and key as one PEM text.</summary>
    public async Task UploadAsync(string name, IssuedChain chain)
    {
        using var pem = new ByteArrayContent(Encoding.ASCII.GetBytes(chain.UploadPem()));
        pem.Headers.ContentType = new MediaTypeHeaderValue("application/x-pem-file");
        var (status, body) = await SendAsync(HttpMethod.Post, $"/api/certificates?name={name}", pem);
        Assert.True(status is HttpStatusCode.Created or HttpStatusCode.OK, $"{status} {body}");
    }

    public async Task TargetAsync(object target)
    {
        using var content = JsonContent.Create(target);
        var (status, body) = await SendAsync(HttpMethod.Post, "/api/targets", content);
        Assert.True(status == HttpStatusCode.Created, $"{status} {body}");
    }

    /// <summary>Starts a rollout and returns its id.</summary>
    public async Task<string> RollOutAsync(string certificate)
    {
        using var content = JsonContent.Create(new { certificate, reason = "test" });
        var (status, body) = await SendAsync(HttpMethod.Post, "/api/rollouts", content);
        Assert.True(status == HttpStatusCode.Accepted, $"{status} {body}");
        return body!["id"]!.GetValue<string>();
    }

    /// <summary>The rollout once its state is one of these.</summary>
    public async Task<JsonNode> WhenAsync(string rollout, params string[] states)
    {
        JsonNode? body = null;
        for (var i = 0; i < 1200; i++)
        {
            (_, body) = await SendAsync(HttpMethod.Get, $"/api/rollouts/{rollout}");
            if (states.Contains(body!["state"]!.GetValue<string>()))
                return body;
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }

        Assert.Fail($"The rollout is not {string.Join(" or ", states)}: {body?.ToJsonString(new JsonSerializerOptions(JsonSerializerDefaults.Web))}");
        return body!;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _handler.Dispose();
        Http?.Dispose();
    }
}
