using System.Text;

namespace Certrelay.Tests.Telemetry;

/// <summary>The names in an ExportMetricsServiceRequest (opentelemetry/proto/metrics/v1), and the attributes of their points; a reader of its own, by the wire format.</summary>
internal static class OtlpMetrics
{
    private const int ResourceMetrics = 1;
    private const int ScopeMetrics = 2;
    private const int Metrics = 2;
    private const int Name = 1;

    public static IReadOnlyList<string> Names(byte[] request) =>
    [
        .. from resource in Fields(request, ResourceMetrics)
           from scope in Fields(resource, ScopeMetrics)
           from metric in Fields(scope, Metrics)
           from name in Fields(metric, Name)
           select Encoding.UTF8.GetString(name),
    ];

    /// <summary>The bodies of the length-delimited fields of one number.</summary>
    private static List<byte[]> Fields(byte[] message, int number)
    {
        var (found, at) = (new List<byte[]>(), 0);
        while (at < message.Length)
        {
            var tag = Varint(message, ref at);
            switch (tag & 7)
            {
                case 0:
                    Varint(message, ref at);
                    break;
                case 1:
                    at += 8;
                    break;
                case 2:
                    var length = (int)Varint(message, ref at);
                    if ((int)(tag >> 3) == number)
                        found.Add(message[at..(at + length)]);
                    at += length;
                    break;
                case 5:
                    at += 4;
                    break;
                default:
                    throw new FormatException($"There is no wire type {tag & 7}.");
            }
        }

        return found;
    }

    private static ulong Varint(byte[] message, ref int at)
    {
        var value = 0UL;
        for (var shift = 0; ; shift += 7)
        {
            value |= (ulong)(message[at] & 0x7F) << shift;
            if ((message[at++] & 0x80) == 0)
                return value;
        }
    }
}
