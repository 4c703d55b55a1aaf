using System.Formats.Asn1;
using System.Security.Cryptography.X509Certificates;
using Certrelay.Tests.Support;

namespace Certrelay.RealParts.Formats.Chains;

/// <summary>Chains whose authorities say something of certificate policies (RFC 5280 sections 4.2.1.4, 4.2.1.5, 4.2.1.11 and 4.2.1.14).</summary>
internal static class PolicyCases
{
    private const string One = "1.3.6.1.4.1.55555.2.1";
    private const string Two = "1.3.6.1.4.1.55555.2.2";
    private const string Any = "2.5.29.32.0";

    public static IReadOnlyList<ChainCase> All { get; } =
    [
        new("policies that nobody requires", true, static one => With(one, Policies(One))),
        new("a required policy that holds", true, static one => With(one, Policies(One), Require(0)), static one => With(one, Policies(Two, One)), Lower: static one => With(one, Policies(One))),
        new("a required policy that the leaf lacks", false, static one => With(one, Policies(One), Require(0)), Lower: static one => With(one, Policies(One))),
        new("another policy than the required one", false, static one => With(one, Policies(One), Require(0)), static one => With(one, Policies(Two)), Lower: static one => With(one, Policies(One))),
        new("a required policy that an authority between lacks", false, static one => With(one, Policies(One), Require(0)), static one => With(one, Policies(One)), Intermediates: [2, 3]),
        new("a policy that is required further down only", true, static one => With(one, Require(5))),
        new("a leaf that requires a policy itself and has none", false, Leaf: static one => With(one, Require(0))),
        new("any policy where one is required", true, static one => With(one, Policies(Any), Require(0)), static one => With(one, Policies(One)), Lower: static one => With(one, Policies(Any))),
        new("any policy where it counts no more", false, static one => With(one, Policies(Any), Require(0), InhibitAny(0)), static one => With(one, Policies(Any)), Lower: static one => With(one, Policies(Any))),
        new("a policy by its mapped name", true, static one => With(one, Policies(One), Require(0), Map(One, Two)), static one => With(one, Policies(Two)), Lower: static one => With(one, Policies(Two))),
        new("a policy by its name before it was mapped", false, static one => With(one, Policies(One), Require(0), Map(One, Two)), static one => With(one, Policies(One)), Lower: static one => With(one, Policies(One))),
        new("a mapping where none is allowed", false, static one => With(one, Policies(One), Require(0, inhibitMapping: 0)), static one => With(one, Policies(Two)), Lower: static one => With(one, Policies(One), Map(One, Two)), Intermediates: [2]),
        new("a mapping of any policy", false, static one => With(one, Policies(Any), Map(Any, Two))),
    ];

    private static TestCertificateOptions With(TestCertificateOptions options, params X509Extension[] extensions) => extensions.Aggregate(options, ChainCase.Add);

    private static X509Extension Policies(params string[] oids) => Make("2.5.29.32", writer =>
    {
        foreach (var oid in oids)
        {
            using (writer.PushSequence())
                writer.WriteObjectIdentifier(oid);
        }
    });

    private static X509Extension Map(string issuer, string subject) => Make("2.5.29.33", writer =>
    {
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(issuer);
            writer.WriteObjectIdentifier(subject);
        }
    });

    private static X509Extension Require(int after, int? inhibitMapping = null) => Make("2.5.29.36", writer =>
    {
        writer.WriteInteger(after, new Asn1Tag(TagClass.ContextSpecific, 0));
        if (inhibitMapping is { } mapping)
            writer.WriteInteger(mapping, new Asn1Tag(TagClass.ContextSpecific, 1));
    });

    private static X509Extension InhibitAny(int after)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        writer.WriteInteger(after);
        return new X509Extension("2.5.29.54", writer.Encode(), critical: true);
    }

    private static X509Extension Make(string oid, Action<AsnWriter> content)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
            content(writer);
        return new X509Extension(oid, writer.Encode(), critical: oid is "2.5.29.36");
    }
}
