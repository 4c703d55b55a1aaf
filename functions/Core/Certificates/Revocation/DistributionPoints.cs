using System.Text;

namespace Certrelay.Certificates;

/// <summary>Reads cRLDistributionPoints (RFC 5280 section 4.2.1.13): the http URLs of full names; points of another issuer or for some reasons only are passed over.</summary>
internal static class DistributionPoints
{
    private const int UniformResourceIdentifier = 6;

    public static IReadOnlyList<string> Read(DerReader points)
    {
        var urls = new List<string>();
        while (points.HasData)
        {
            var point = points.ReadSequence();
            if (!point.NextIs(DerReader.Context(0)))
                continue;
            var name = point.ReadSequence(DerReader.Context(0));
            // What is left names reasons or another issuer: such a list does not tell everything.
            if (point.HasData || !name.NextIs(DerReader.Context(0)))
                continue;
            for (var names = name.ReadSequence(DerReader.Context(0)); names.HasData;)
            {
                var isUrl = names.NextIs(DerReader.Context(UniformResourceIdentifier));
                var content = names.ReadContent(out _).Span;
                if (isUrl && Encoding.Latin1.GetString(content) is var url && url.StartsWith("http://", StringComparison.OrdinalIgnoreCase))
                    urls.Add(url);
            }
        }

        return urls;
    }
}
