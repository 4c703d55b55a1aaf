using System.Net.Http.Headers;
using Certrelay.App;
using Certrelay.App.Embedded;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Certrelay.Fuzz;

/// <summary>The whole product on a free loopback port, sent inputs as dry runs of uploads.</summary>
internal sealed class UploadTarget : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("certrelay-fuzz-");
    private readonly HttpMessageInvoker _http = new(new SocketsHttpHandler { UseProxy = false });
    private WebApplication _app = null!;
    private Uri _uploads = null!;
    private string _token = "";

    public int Answered { get; private set; }

    public static async Task<UploadTarget> StartAsync()
    {
        var target = new UploadTarget();
        var settings = new Settings { DataFolder = Path.Combine(target._folder.FullName, "data"), Http = new HttpSettings { Url = "http://127.0.0.1:0" } };
        var quiet = new ConfigurationBuilder().AddInMemoryCollection([KeyValuePair.Create("Logging:LogLevel:Default", (string?)"None")]).Build();
        target._app = EmbeddedApp.Build(settings, quiet, TimeProvider.System);
        target._token = (await EmbeddedApp.PrepareAsync(target._app)).Text!;
        await target._app.StartAsync();
        target._uploads = new Uri(new Uri(target._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()), "/api/certificates?dryRun=true&allowSelfSigned=true");
        return target;
    }

    /// <summary>What is wrong with the answer; null when it is one that a caller may get.</summary>
    public async Task<string?> FaultOfAsync(FuzzInput input)
    {
        using var form = new MultipartFormDataContent();
        foreach (var file in input.Files)
            form.Add(new ByteArrayContent(file), "file", "file");
        if (input.Passphrase is not null)
            form.Add(new StringContent(input.Passphrase), "passphrase");
        using var request = new HttpRequestMessage(HttpMethod.Post, _uploads) { Content = form };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _token);
        using var answer = await _http.SendAsync(request, CancellationToken.None);
        Answered++;
        return (int)answer.StatusCode is 200 or 400 or 413 ? null : $"The answer is {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}";
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _http.Dispose();
        _folder.Delete(recursive: true);
    }
}
