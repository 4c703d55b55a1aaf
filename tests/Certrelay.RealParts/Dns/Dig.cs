using System.Globalization;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Certrelay.Dns;
using Certrelay.RealParts.Support;

namespace Certrelay.RealParts.Dns;

/// <summary>What dig shows of an answer: its status, and owner, type and data of each record of the answer section.</summary>
internal sealed partial record Dig(string Status, bool Authoritative, IReadOnlyList<string> Answer)
{
    public static async Task<Dig> AskAsync(IPEndPoint server, string name, DnsType type, bool recursion = true)
    {
        var text = await RealProcess.RunAsync(
            "dig", $"@{server.Address}", "-p", $"{server.Port}", "+noall", "+comments", "+answer", "+tries=1", recursion ? "+recurse" : "+norecurse", name, $"{type}");
        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return new Dig(
            StatusLine().Match(text).Groups["status"].Value,
            FlagsLine().Match(text).Groups["flags"].Value.Split(' ').Contains("aa"),
            [.. lines.Where(static line => line[0] != ';').Select(Record).Order(StringComparer.Ordinal)]);
    }

    /// <summary>The same of our own answer: the chain of its aliases and its records.</summary>
    public static IReadOnlyList<string> Of(string name, DnsAnswer answer)
    {
        var chain = answer.Aliases.Prepend(name.TrimEnd('.').ToLowerInvariant()).Zip(answer.Aliases, static (owner, target) => $"{owner}. CNAME {target}.");
        return [.. chain.Concat(answer.Records.Select(static record => $"{record.Name}. {Data(record)}")).Order(StringComparer.Ordinal)];
    }

    private static string Record(string line)
    {
        // name ttl class type data
        var fields = line.Split((char[]?)null, 5, StringSplitOptions.RemoveEmptyEntries);
        var data = fields[3] switch
        {
            "TXT" => $"\"{string.Concat(Parts().Matches(fields[4]).Select(static part => Unescaped(part.Groups["text"].Value)))}\"",
            // Digests are written in groups.
            "DS" => string.Join(' ', fields[4].Split(' ')[..3]) + " " + string.Concat(fields[4].Split(' ')[3..]),
            _ => fields[4],
        };
        return $"{fields[0].ToLowerInvariant()} {fields[3]} {data}";
    }

    private static string Data(DnsRecord record) => record switch
    {
        DnsRecord.Address { Value.AddressFamily: System.Net.Sockets.AddressFamily.InterNetwork } address => $"A {address.Value}",
        DnsRecord.Address address => $"AAAA {address.Value}",
        DnsRecord.CanonicalName alias => $"CNAME {alias.Target}.",
        DnsRecord.NameServer server => $"NS {server.Host}.",
        DnsRecord.MailExchange mail => $"MX {mail.Preference} {mail.Host}.",
        DnsRecord.Text text => $"TXT \"{text.Value}\"",
        DnsRecord.CertificateAuthority caa => $"CAA {(caa.Critical ? 128 : 0)} {caa.Tag} \"{caa.Value}\"",
        DnsRecord.DelegationSigner ds => $"DS {ds.KeyTag} {ds.Algorithm} {ds.DigestType} {Convert.ToHexString(ds.Digest.Span)}",
        DnsRecord.StartOfAuthority soa => $"SOA {soa.PrimaryServer}. {soa.Mailbox}. {soa.Serial} 3600 600 86400 {soa.Minimum.TotalSeconds}",
        _ => throw new InvalidOperationException($"{record} has no written form here."),
    };

    private static string Unescaped(string text)
    {
        var bytes = new List<byte>();
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\')
            {
                bytes.Add((byte)text[i]);
            }
            else if (char.IsAsciiDigit(text[i + 1]))
            {
                bytes.Add(byte.Parse(text.AsSpan(i + 1, 3), CultureInfo.InvariantCulture));
                i += 3;
            }
            else
            {
                bytes.Add((byte)text[++i]);
            }
        }

        return Encoding.UTF8.GetString([.. bytes]);
    }

    [GeneratedRegex("status: (?<status>[A-Z]+)", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex StatusLine();

    [GeneratedRegex("flags: (?<flags>[a-z ]+);", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex FlagsLine();

    [GeneratedRegex("\"(?<text>([^\"\\\\]|\\\\.)*)\"", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Parts();
}
