using System.CommandLine;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Security.Cryptography;
using Certrelay.App.Cli.Probe;
using Certrelay.Certificates;

namespace Certrelay.App.Cli;

/// <summary><c>inspect</c>: the findings of files, offline; 0 when an upload would be accepted, 1 when not, 2 for what cannot be read.</summary>
internal static class InspectCommand
{
    private const int Accepted = 0;
    private const int Refused = 1;
    private const int BadUsage = 2;

    // Far above what an upload may hold; a file of any size shall not be read whole to say that it is too large.
    private const int MostBytes = 1024 * 1024;

    private static readonly Argument<string[]> Files = new("file")
    {
        Description = "PEM, DER, PKCS#7, PKCS#12, Java keystores, ZIP archives; - reads standard input.",
        Arity = ArgumentArity.OneOrMore,
    };

    private static readonly Option<bool> Together = new("--together") { Description = "Read all files as one: certificate, chain and key apart." };

    private static readonly Option<bool> NeedKey = new("--need-key") { Description = "Demand the private key, as a deployment does." };

    private static readonly Option<bool> AllowSelfSigned = new("--allow-self-signed") { Description = "Warn of self-signed certificates only." };

    private static readonly Option<string> PassphraseFile = new("--passphrase-file") { Description = "File with the passphrase of encrypted keys and keystores." };

    private static readonly Option<string[]> Store = new("--store") { Description = "Hold chains against this trust store too: a PEM file or a folder of them.", HelpName = "name=path" };

    private static readonly Option<string> At = new("--at") { Description = "Judge validity and trust at this day or moment (2027-03-15, 2027-03-15T08:00:00Z).", HelpName = "moment" };

    private static readonly Option<bool> Json = new("--json") { Description = "Write one JSON object a line, in the order of the files." };

    public static Command Create()
    {
        var command = new Command("inspect", "Show the findings of certificate files, offline; exit code 0: accepted, 1: refused, 2: unreadable.")
        {
            Files,
            Together,
            NeedKey,
            AllowSelfSigned,
            PassphraseFile,
            Store,
            At,
            Json,
        };
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult arguments)
    {
        var names = arguments.GetValue(Files)!;
        var contents = new List<ReadOnlyMemory<byte>>();
        var faults = new List<string>();
        foreach (var name in names)
            contents.Add(Read(name, faults));
        using var passphrase = arguments.GetValue(PassphraseFile) is { } file ? Passphrase.OfUtf8(Read(file, faults).Span) : null;
        var stores = ReadStores(arguments.GetValue(Store) ?? [], faults);
        var at = TimeProvider.System.GetUtcNow();
        if (arguments.GetValue(At) is { } text && !DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out at))
            faults.Add($"--at: '{text}' is no moment; write 2027-03-15 or 2027-03-15T08:00:00Z");
        if (faults.Count > 0)
        {
            Console.Error.WriteLine($"Nothing was inspected:{Environment.NewLine}{string.Join(Environment.NewLine, faults)}");
            return BadUsage;
        }

        var options = new InspectionOptions
        {
            Now = at,
            Stores = stores,
            KeyRequired = arguments.GetValue(NeedKey),
            AllowSelfSigned = arguments.GetValue(AllowSelfSigned),
            Passphrase = passphrase,
        };
        var reports = arguments.GetValue(Together)
            ? [Inspect(names, contents, options)]
            : names.Select((name, index) => Inspect([name], [contents[index]], options)).ToList();
        foreach (var report in reports)
            Console.WriteLine(arguments.GetValue(Json) ? ReportJson.Write(report) : Text(report));
        return reports.TrueForAll(static report => report.Accepted) ? Accepted : Refused;
    }

    private static InspectionReport Inspect(IReadOnlyList<string> names, IReadOnlyList<ReadOnlyMemory<byte>> contents, InspectionOptions options)
    {
        using var inspection = CertificateInspector.Inspect(contents, options);
        var report = InspectionReport.Of(names, inspection);
        // They may hold a key.
        foreach (var content in contents)
            CryptographicOperations.ZeroMemory(System.Runtime.InteropServices.MemoryMarshal.AsMemory(content).Span);
        return report;
    }

    private static TrustStores ReadStores(IReadOnlyList<string> named, List<string> faults)
    {
        var paths = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var one in named)
        {
            if (one.Split('=', 2) is not [var name, { Length: > 0 } path] || !paths.TryAdd(name, Path.GetFullPath(path)))
                faults.Add($"--store: '{one}' is not name=path, each name once");
        }

        var options = new TrustOptions { Stores = paths };
        faults.AddRange(options.Validate(new ValidationContext(options)).Select(static broken => $"--store: {broken.ErrorMessage}"));
        return faults.Count == 0 ? TrustStores.Of(options) : TrustStores.None;
    }

    private static ReadOnlyMemory<byte> Read(string name, List<string> faults)
    {
        try
        {
            using var stream = name == "-" ? Console.OpenStandardInput() : File.OpenRead(name);
            var buffer = new byte[MostBytes];
            var length = stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
            return buffer.AsMemory(0, length);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ArgumentException)
        {
            faults.Add(fault.Message);
            return default;
        }
    }

    private static string Text(InspectionReport report)
    {
        var lines = new List<string> { $"{string.Join(" + ", report.Files)}: {(report.Accepted ? "accepted" : "refused")}" };
        if (report.Fingerprint is { } fingerprint)
        {
            lines.Add($"    subject      {report.Subject}");
            lines.Add($"    names        {string.Join(", ", report.Names!)}");
            lines.Add($"    valid        {report.NotBefore:u} to {report.NotAfter:u}");
            lines.Add($"    key          {report.Key}{(report.HasPrivateKey ? ", private key present" : "")}");
            lines.Add($"    fingerprint  {fingerprint}");
            if (report.Chain.Count > 0)
                lines.Add($"    chain        {string.Join(" <- ", report.Chain)}");
            lines.AddRange(report.Trust.Select(static verdict => verdict.Accepted
                ? $"    trusted by   {verdict.Store}: {verdict.Root}"
                : $"    not by       {verdict.Store}: {verdict.Why}"));
        }

        foreach (var finding in report.Findings)
        {
            lines.Add($"    {finding.Severity.ToString().ToLowerInvariant()} {finding.Code} ({finding.Scope}): {finding.Message}");
            lines.Add($"        {finding.Remedy}");
        }

        return string.Join(Environment.NewLine, lines);
    }
}
