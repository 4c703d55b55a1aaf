using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Certrelay.App;
using Certrelay.RealParts.Support;
using Certrelay.Tests.Support;

namespace Certrelay.RealParts.Formats;

/// <summary>The product with one uploaded certificate, and a folder for what is downloaded from it.</summary>
public sealed class DownloadSite : IAsyncDisposable
{
    public const string Name = "shop";
    public const string Host = "shop.example.test";
    public const string Passphrase = "correct-horse-42";

    private readonly TemporaryFolder _folder = new();
    private RunningApp _app = null!;

    public IssuedChain Chain { get; private set; } = null!;

    public string this[string name] => _folder[name];

    public static async Task<DownloadSite> StartAsync(int? rsaBits = null)
    {
        var site = new DownloadSite { Chain = IssuedChain.Of(Host, rsaBits) };
        site._app = await RunningApp.StartAsync(new Settings { DataFolder = site._folder["data"] });
        // With its root, as a private authority hands it out.
        using var pem = new ByteArrayContent(Encoding.ASCII.GetBytes($"{site.Chain.UploadPem()}{PemEncoding.WriteString("CERTIFICATE", site.Chain.Root)}\n"));
        pem.Headers.ContentType = new MediaTypeHeaderValue("application/x-pem-file");
        var (status, body) = await site._app.SendAsync(HttpMethod.Post, $"/api/certificates?name={Name}", pem);
        Assert.True(status == HttpStatusCode.Created, $"{status} {body}");
        return site;
    }

    /// <summary>Downloads a form under the given passphrase and writes it into the folder; returns its path.</summary>
    public async Task<string> FileAsync(string format)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(_app.Address, $"/api/certificates/{Name}/download?format={format}&reason=test"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _app.Token);
        request.Headers.Add("Certrelay-Passphrase", Passphrase);
        using var answer = await _app.Http.SendAsync(request, CancellationToken.None);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var path = this[answer.Content.Headers.ContentDisposition!.FileName!.Trim('"')];
        await File.WriteAllBytesAsync(path, await answer.Content.ReadAsByteArrayAsync());
        return path;
    }

    /// <summary>Downloads a package and unpacks it into a folder of the name; returns that folder.</summary>
    public async Task<string> UnpackAsync(string format, string folder)
    {
        await using var zip = await ZipFile.OpenReadAsync(await FileAsync(format));
        Directory.CreateDirectory(this[folder]);
        foreach (var entry in zip.Entries)
            await entry.ExtractToFileAsync(Path.Combine(this[folder], entry.Name));
        return this[folder];
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _folder.Dispose();
    }
}
