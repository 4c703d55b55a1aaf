using System.Formats.Asn1;

namespace Certrelay.Certificates;

/// <summary>What an authority says of policies below it: mappings, constraints and the end of anyPolicy (RFC 5280 sections 4.2.1.5, 4.2.1.11 and 4.2.1.14).</summary>
internal sealed record PolicyControls
{
    // The last arcs of their OIDs.
    public const int MappingsArc = 33;
    public const int ConstraintsArc = 36;
    public const int InhibitAnyArc = 54;

    public static PolicyControls None { get; } = new();

    public IReadOnlyList<(string Issuer, string Subject)> Mappings { get; private init; } = [];

    /// <summary>After so many more certificates a policy is required; null: never.</summary>
    public int? RequireExplicit { get; private init; }

    /// <summary>After so many more certificates nothing is mapped; null: never.</summary>
    public int? InhibitMapping { get; private init; }

    /// <summary>After so many more certificates anyPolicy counts no more; null: never.</summary>
    public int? InhibitAny { get; private init; }

    /// <summary>True when an extension of these is none: whoever validates the chain refuses it.</summary>
    public bool IsMalformed { get; private init; }

    /// <summary>The same with one more extension read.</summary>
    public PolicyControls With(int arc, DerReader value)
    {
        try
        {
            return arc switch
            {
                MappingsArc => this with { Mappings = ReadMappings(value.ReadSequence()) },
                InhibitAnyArc => this with { InhibitAny = ReadCount(value) },
                _ => ReadConstraints(value.ReadSequence()),
            };
        }
        catch (AsnContentException)
        {
            return this with { IsMalformed = true };
        }
    }

    private static List<(string Issuer, string Subject)> ReadMappings(DerReader list)
    {
        var mappings = new List<(string, string)>();
        while (list.HasData)
        {
            var mapping = list.ReadSequence();
            mappings.Add((mapping.ReadOid(), mapping.ReadOid()));
            mapping.ThrowIfNotEmpty();
        }

        return mappings;
    }

    private PolicyControls ReadConstraints(DerReader sequence)
    {
        int? explicitly = sequence.NextIs(DerReader.Context(0)) ? ReadCount(ref sequence, DerReader.Context(0)) : null;
        int? mapping = sequence.NextIs(DerReader.Context(1)) ? ReadCount(ref sequence, DerReader.Context(1)) : null;
        sequence.ThrowIfNotEmpty();
        // RFC 5280 section 4.2.1.11: one of the two is there.
        return explicitly is null && mapping is null ? this with { IsMalformed = true } : this with { RequireExplicit = explicitly, InhibitMapping = mapping };
    }

    private static int ReadCount(DerReader value) => ReadCount(ref value, null);

    private static int ReadCount(ref DerReader value, Asn1Tag? tag) =>
        value.ReadSmallInteger(tag) is >= 0 and var count ? count : throw new AsnContentException("A count is negative.");
}
