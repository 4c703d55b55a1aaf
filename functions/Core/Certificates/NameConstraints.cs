using System.Formats.Asn1;
using System.Net;
using System.Text;

namespace Certrelay.Certificates;

/// <summary>The names that an authority may issue for (RFC 5280 section 4.2.1.10): DNS names, addresses and subjects. Other forms name no server.</summary>
public sealed class NameConstraints
{
    private readonly List<Subtree> _permitted = [];
    private readonly List<Subtree> _excluded = [];

    private NameConstraints()
    {
    }

    internal static NameConstraints Read(DerReader sequence)
    {
        var constraints = new NameConstraints();
        if (sequence.NextIs(DerReader.Context(0)))
            ReadSubtrees(sequence.ReadSequence(DerReader.Context(0)), constraints._permitted);
        if (sequence.NextIs(DerReader.Context(1)))
            ReadSubtrees(sequence.ReadSequence(DerReader.Context(1)), constraints._excluded);
        sequence.ThrowIfNotEmpty();
        return constraints;
    }

    /// <summary>The first name of a certificate below that is not allowed; null when all are.</summary>
    internal string? Violated(CertificateRecord certificate)
    {
        var subject = DistinguishedName.Parts(certificate.SubjectBytes);
        if (subject.Count > 0 && !Allows(Form.Directory, tree => tree.HoldsSubject(subject)))
            return certificate.Subject;
        foreach (var name in certificate.Names)
        {
            var form = name.Kind is SubjectNameKind.Address ? Form.Address : Form.Dns;
            if (!Allows(form, tree => form is Form.Address ? tree.HoldsAddress(name.Value) : tree.HoldsHost(name.Value)))
                return name.Value;
        }

        return null;
    }

    // Where a form is not spoken of, every name of it is allowed.
    private bool Allows(Form form, Predicate<Subtree> holds) =>
        (!_permitted.Exists(tree => tree.Form == form) || _permitted.Exists(tree => tree.Form == form && holds(tree)))
        && !_excluded.Exists(tree => tree.Form == form && holds(tree));

    private static void ReadSubtrees(DerReader list, List<Subtree> subtrees)
    {
        while (list.HasData)
        {
            var subtree = list.ReadSequence();
            var content = subtree.ReadContent(out var tag);
            if (tag.TagClass is not TagClass.ContextSpecific)
                throw new AsnContentException("A subtree has no name.");
            // Minimum and maximum, which are always 0 and absent, are passed over.
            if ((Form)tag.TagValue is var form and (Form.Dns or Form.Directory or Form.Address))
                subtrees.Add(new Subtree(form, content));
        }
    }

    /// <summary>The tags of GeneralName (RFC 5280 section 4.2.1.6).</summary>
    private enum Form
    {
        Dns = 2,
        Directory = 4,
        Address = 7,
    }

    private sealed record Subtree(Form Form, ReadOnlyMemory<byte> Base)
    {
        /// <summary>The name itself, or one with labels added at the left; behind a leading dot, which many authorities write, those only.</summary>
        public bool HoldsHost(string host)
        {
            var suffix = Encoding.Latin1.GetString(Base.Span);
            return suffix.Length is 0
                || (host.EndsWith(suffix, StringComparison.OrdinalIgnoreCase) && (host.Length == suffix.Length || suffix[0] is '.' || host[host.Length - suffix.Length - 1] is '.'));
        }

        /// <summary>An address and its mask, 4 or 16 octets each.</summary>
        public bool HoldsAddress(string text)
        {
            var address = IPAddress.Parse(text).GetAddressBytes();
            if (Base.Length != 2 * address.Length)
                return false;
            var network = Base.Span[..address.Length];
            var mask = Base.Span[address.Length..];
            for (var i = 0; i < address.Length; i++)
            {
                if ((address[i] & mask[i]) != (network[i] & mask[i]))
                    return false;
            }

            return true;
        }

        /// <summary>A subject that begins with this one.</summary>
        public bool HoldsSubject(IReadOnlyList<string> subject)
        {
            var parts = DistinguishedName.Parts(Base);
            return parts.Count <= subject.Count && parts.SequenceEqual(subject.Take(parts.Count), StringComparer.Ordinal);
        }
    }
}
