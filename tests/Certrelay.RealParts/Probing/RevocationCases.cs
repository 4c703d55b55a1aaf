using System.Security.Cryptography.X509Certificates;
using Certrelay.RealParts.Support;
using Certrelay.Tests.Support;
using static Certrelay.RealParts.Probing.FaultScene;

namespace Certrelay.RealParts.Probing;

/// <summary>The part of the matrix about certificates that were taken back; answers and lists are made by openssl.</summary>
internal static class RevocationCases
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    public static IReadOnlyList<FaultCase> All { get; } =
    [
        new("good by OCSP", [], scene => OcspAsync(scene, "V")),
        new("revoked by OCSP", ["probe.revoked"], scene => OcspAsync(scene, "R")),
        new("not known by OCSP", ["probe.revocation-unknown"], scene => OcspAsync(scene, status: null)),
        new("good by list", [], scene => ListAsync(scene, "V")),
        new("revoked by list", ["probe.revoked"], scene => ListAsync(scene, "R")),
        new("list after a silent responder", ["probe.revoked"], scene => ListAsync(scene, "R", responder: $"http://{First}:{RealProcess.FreePort(First)}/")),
        new("list out of date", ["probe.revocation-unknown"], scene => ListAsync(scene, "R", until: Now - Day)),
        new("list of another key", ["probe.revocation-unknown"], scene => ListAsync(scene, "R", signer: Root.IssueAuthority("Test Intermediate"))),
        new("page in place of a list", ["probe.revocation-unknown"], scene => ListAsync(scene, "R", answer: "<html>"u8.ToArray())),
        new("list at a forbidden address", ["probe.revocation-unknown"], scene =>
        {
            scene.AllowContent = false;
            return ListAsync(scene, "R");
        }),
    ];

    private static async Task OcspAsync(FaultScene scene, string? status)
    {
        var index = scene["index.txt"];
        var server = HttpServer.Start(First, async question =>
        {
            await File.WriteAllBytesAsync(scene["question.der"], question);
            await RealProcess.RunAsync(
                "openssl", "ocsp", "-index", index, "-rsigner", Pem(scene, Intermediate), "-rkey", KeyOf(scene, Intermediate), "-CA", Pem(scene, Intermediate),
                "-reqin", scene["question.der"], "-respout", scene["answer.der"], "-ndays", "1");
            return await File.ReadAllBytesAsync(scene["answer.der"]);
        });
        scene.Keep(server);
        var leaf = Leaf(options => options with { Extensions = [new X509AuthorityInformationAccessExtension([server.Url], [])] });
        await File.WriteAllTextAsync(index, status is null ? "" : IndexLine(status, leaf));
        await scene.NginxAsync(leaf);
    }

    private static async Task ListAsync(
        FaultScene scene, string status, string? responder = null, DateTimeOffset? until = null, TestCertificate? signer = null, byte[]? answer = null)
    {
        var server = HttpServer.Start(First, async _ => answer ?? await File.ReadAllBytesAsync(scene["list.der"]));
        scene.Keep(server);
        List<X509Extension> extensions = [CertificateRevocationListBuilder.BuildCrlDistributionPointExtension([server.Url])];
        if (responder is not null)
            extensions.Add(new X509AuthorityInformationAccessExtension([responder], []));
        var leaf = Leaf(options => options with { Extensions = extensions });
        signer ??= Intermediate;
        await File.WriteAllTextAsync(scene["index.txt"], IndexLine(status, leaf));
        await File.WriteAllTextAsync(scene["ca.cnf"], $"""
            [ca]
            default_ca = list
            [list]
            database = {scene["index.txt"]}
            certificate = {Pem(scene, signer)}
            private_key = {KeyOf(scene, signer)}
            default_md = sha256

            """);
        await RealProcess.RunAsync(
            "openssl", "ca", "-gencrl", "-config", scene["ca.cnf"], "-out", scene["list.pem"],
            "-crl_lastupdate", Text(Now - 2 * Day), "-crl_nextupdate", Text(until ?? Now + Day));
        await RealProcess.RunAsync("openssl", "crl", "-in", scene["list.pem"], "-outform", "DER", "-out", scene["list.der"]);
        await scene.NginxAsync(leaf);
    }

    // The format of openssl's index: status, end, revocation, serial number, file, subject.
    private static string IndexLine(string status, TestCertificate leaf)
    {
        var serial = Convert.ToHexString(X509CertificateLoader.LoadCertificate(leaf.Der).SerialNumberBytes.Span);
        return $"{status}\t450101000000Z\t{(status == "R" ? Text(Now - Day) : "")}\t{serial}\tunknown\t/CN={Name}\n";
    }

    private static string Text(DateTimeOffset moment) => $"{moment:yyMMddHHmmss}Z";

    private static string Pem(FaultScene scene, TestCertificate authority)
    {
        File.WriteAllText(scene["ca.pem"], authority.Pem);
        return scene["ca.pem"];
    }

    private static string KeyOf(FaultScene scene, TestCertificate authority)
    {
        File.WriteAllText(scene["ca.key"], authority.KeyPem);
        return scene["ca.key"];
    }
}
