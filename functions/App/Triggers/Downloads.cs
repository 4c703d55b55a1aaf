using System.ComponentModel;
using System.Globalization;
using System.Text;
using Certrelay.App.Http;
using Certrelay.Certificates;
using Certrelay.Records;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Certrelay.App.Triggers;

/// <summary>Certificates as files for servers, clients and people: the one way on which a private key leaves.</summary>
public sealed class Downloads(CertificateRegistry registry, CertificateExports exports, VersionChains chains, TimeProvider time)
{
    [Function("DownloadCertificate"), Requires(Permission.Download)]
    [Audited("certificate.download", Subject = "certificate/{name}", Reason = true, Deferred = true)]
    [Query("format", "The form: docs/formats.md lists them."), Query("version", "The number of a version; the current one when absent.", Type = typeof(int))]
    [Query("chain", "Another chain of the version, by its id; the one that servers are given when absent.")]
    [Answers(200, typeof(byte[]), ContentType = "application/x-pem-file", ETag = true), Answers(200, typeof(byte[]), ContentType = "application/zip", ETag = true)]
    [Answers(200, typeof(byte[]), ContentType = "application/x-pkcs12", ETag = true), Answers(200, typeof(byte[]), ContentType = "application/octet-stream", ETag = true)]
    [Answers(200, typeof(byte[]), ContentType = "application/x-pkcs7-certificates", ETag = true), Answers(200, typeof(byte[]), ContentType = "application/yaml", ETag = true)]
    [Answers(409, typeof(Problem), ContentType = "application/problem+json")]
    [Description("Downloads a version in a form of the caller's choice. Keystores are protected by the passphrase in the header Certrelay-Passphrase, or by a drawn one, which the answer bears in the same header. What If-None-Match names already is answered 304, opens nothing and is not audited.")]
    public async Task<IResult> DownloadAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/certificates/{name}/download")] HttpRequest request, string name, CancellationToken cancellationToken)
    {
        request.Caller.Demand(name);
        var format = FormatOf(request);
        var lineage = (ResourceName.IsValid(name) ? await registry.ReadAsync(name, cancellationToken) : null)?.Value
            ?? throw new ProblemException(ProblemCodes.ResourceUnknown, $"There is no certificate '{name}'.");
        var version = await VersionAsync(request, lineage, cancellationToken);
        var etag = ETags.OfContent(new { version.Fingerprint, Chain = VersionChains.IdOf(version.Chain), Key = version.Key?.Version, Pair = version.Encryption?.Key.Version, format.Name });
        if (request.Knows(etag))
            return Answer.NotModified(etag);

        await request.BeginAuditAsync(cancellationToken);
        if (format.HoldsKey && lineage.NotExportable)
            throw new ProblemException(ProblemCodes.CertificateNotExportable, $"The form {format.Name} holds the key of '{name}'.");
        if (CertificateExports.WhyNot(version, format) is { } why)
            throw new ProblemException(ProblemCodes.DownloadNotPossible, why);
        using var given = PassphraseOf(request);
        using var drawn = format.IsProtected && given is null ? Passphrase.Draw() : null;
        return new FileAnswer(await exports.WriteAsync(version, format, given ?? drawn, cancellationToken), etag, drawn is null ? null : new string(drawn.Characters));
    }

    private static ExportFormat FormatOf(HttpRequest request) =>
        ExportFormat.Find(request.Text("format") ?? "") ?? throw QueryValues.Invalid("format", $"is to be one of {string.Join(", ", ExportFormat.All.Select(static format => format.Name))}");

    private async Task<VersionRecord> VersionAsync(HttpRequest request, LineageRecord lineage, CancellationToken cancellationToken)
    {
        var number = request.Text("version") is not { } text ? lineage.Current
            : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var parsed) ? parsed
            : throw QueryValues.Invalid("version", "is to be a number");
        var version = await registry.ReadVersionAsync(lineage.Name, number, cancellationToken)
            ?? throw new ProblemException(ProblemCodes.ResourceUnknown, $"'{lineage.Name}' has no version {number}.");
        return request.Text("chain") is not { } chain
            ? version
            : chains.With(version, chain, time.GetUtcNow()) ?? throw new ProblemException(ProblemCodes.ResourceUnknown, $"Version {number} of '{lineage.Name}' has no chain '{chain}'.");
    }

    private static Passphrase? PassphraseOf(HttpRequest request)
    {
        if (request.Headers[FileAnswer.PassphraseHeader] is not [{ } text])
            return null;
        return Passphrase.IsFit(text) ? Passphrase.OfUtf8(Encoding.ASCII.GetBytes(text)) : throw new ProblemException(ProblemCodes.PassphraseInvalid);
    }
}
