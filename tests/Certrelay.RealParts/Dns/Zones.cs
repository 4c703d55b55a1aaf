namespace Certrelay.RealParts.Dns;

/// <summary>The zones that the resolvers are tried on.</summary>
internal static class Zones
{
    private const string Head = """
        $TTL 300
        @ IN SOA ns1.example.test. hostmaster.example.test. 2026010501 3600 600 86400 60
        @ IN NS ns1.example.test.

        """;

    /// <summary>Texts of zone files by the name of the zone. That of <c>broken.test</c> cannot be loaded, so that its answers are SERVFAIL.</summary>
    public static IReadOnlyDictionary<string, string> All { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["example.test"] = Head + $"""
            @ IN NS ns2.example.test.
            ns1 IN A 192.0.2.53
            ns2 IN A 192.0.2.54
            @ IN A 192.0.2.1
            @ IN A 192.0.2.2
            @ IN AAAA 2001:db8::1
            @ IN MX 10 mx1.example.test.
            @ IN MX 20 mx2.example.test.
            @ IN CAA 0 issue "ca.example.net; accounturi=https://ca.example.net/acct/1; validationmethods=dns-01"
            @ IN CAA 128 issuewild ";"
            @ IN CAA 0 iodef "mailto:security@example.test"
            www IN CNAME shop
            shop IN CNAME edge
            edge IN A 192.0.2.80
            *.wild IN A 192.0.2.90
            dangling IN CNAME nowhere
            empty IN CNAME ns1
            circle IN CNAME circle2
            circle2 IN CNAME circle
            self IN CNAME self
            away IN CNAME www.other.test.
            outside IN CNAME www.example.invalid.
            _acme-challenge IN TXT "gfj9Xq...Rg85nM"
            _acme-challenge IN TXT "second value"
            long IN TXT "{new string('a', 255)}" "{new string('b', 255)}" "c"
            odd IN TXT "quote \" and backslash \\ and \195\188"
            {string.Concat(Enumerable.Range(0, 40).Select(number => $"many IN TXT \"{number:00} {new string('x', 100)}\"\n"))}
            a\.dot IN TXT "a name with a dot in a label"
            child IN NS ns.child
            ns.child IN A 192.0.2.55
            child IN DS 12345 13 2 49FD46E6C4B45C55D4AC69CBD3CD34AC1AFE51DE49FD46E6C4B45C55D4AC69CB
            child IN DS 54321 8 1 0A1B2C3D4E5F60718293A4B5C6D7E8F901234567

            """,
        ["other.test"] = Head + """
            www IN A 198.51.100.1

            """,
        ["broken.test"] = "this is no zone\n",
    };
}
