using System.Formats.Asn1;
using System.Globalization;
using System.Text;
using Certrelay.Certificates;

namespace Certrelay.Tests.Certificates;

/// <summary>What the reader takes without the framework is what the framework would have taken, and nothing else.</summary>
public sealed class DerReaderTests
{
    private const int Inputs = 5_000;
    private const string Refused = "refused";

    // A value that stands behind each input.
    private static readonly byte[] Behind = [0x04, 0x01, 0x2A];

    // Those that have a way of their own, those that have none, one of the context and the mark that ends an indefinite length.
    private static readonly byte[] Tags = [0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x17, 0x18, 0x30, 0x31, 0x80, 0xA0, 0x00, 0x1F, 0x24];

    private static readonly byte[] First = [0x00, 0x01, 0x7F, 0x80, 0xFF];

    private delegate byte[] Ours(ref DerReader reader);

    private delegate byte[] Framework(ReadOnlySpan<byte> input, out int consumed);

    private static readonly Dictionary<string, (Ours Ours, Framework Framework)> Both = new(StringComparer.Ordinal)
    {
        ["whole"] = (static (ref reader) => reader.ReadEncoded().ToArray(), static (input, out consumed) =>
        {
            AsnDecoder.ReadEncodedValue(input, AsnEncodingRules.DER, out _, out _, out consumed);
            return input[..consumed].ToArray();
        }
        ),
        ["content"] = (static (ref reader) => reader.ReadContent(out _).ToArray(), static (input, out consumed) =>
        {
            AsnDecoder.ReadEncodedValue(input, AsnEncodingRules.DER, out var offset, out var length, out consumed);
            return input.Slice(offset, length).ToArray();
        }
        ),
        ["sequence"] = (static (ref reader) => Following(reader.ReadSequence()), static (input, out consumed) =>
        {
            AsnDecoder.ReadSequence(input, AsnEncodingRules.DER, out var offset, out var length, out consumed);
            return Following(input.Slice(offset, length));
        }
        ),
        ["integer"] = (static (ref reader) => reader.ReadInteger().ToArray(), static (input, out consumed) => AsnDecoder.ReadIntegerBytes(input, AsnEncodingRules.DER, out consumed).ToArray()),
        ["octets"] = (static (ref reader) => reader.ReadOctetString().ToArray(), static (input, out consumed) =>
            AsnDecoder.TryReadPrimitiveOctetString(input, AsnEncodingRules.DER, out var octets, out consumed) ? octets.ToArray() : throw new AsnContentException()),
        ["bits"] = (static (ref reader) => reader.ReadBitString(out var unused) is var bits ? [.. bits.Span, (byte)unused] : [], static (input, out consumed) =>
            AsnDecoder.TryReadPrimitiveBitString(input, AsnEncodingRules.DER, out var unused, out var bits, out consumed) ? [.. bits, (byte)unused] : throw new AsnContentException()),
        ["time"] = (static (ref reader) => Text(reader.ReadTime()), static (input, out consumed) => Text(input is [0x17, ..]
            ? AsnDecoder.ReadUtcTime(input, AsnEncodingRules.DER, out consumed, twoDigitYearMax: 2049)
            : AsnDecoder.ReadGeneralizedTime(input, AsnEncodingRules.DER, out consumed))),
    };

    public static TheoryData<string> Readers => [.. Both.Keys];

    [Theory]
    [MemberData(nameof(Readers))]
    public void Reads_and_refuses_what_the_framework_does(string reader)
    {
        var random = new Random(2026);
        for (var i = 0; i < Inputs; i++)
        {
            var input = Input(random, reader);
            var (ours, framework) = Outcomes(reader, input);
            Assert.True(ours == framework, $"{Convert.ToHexString(input)}: {ours}, the framework: {framework}");
        }
    }

    [Theory]
    [InlineData("a leap day", "240229235959Z", true)]
    [InlineData("no leap day", "230229235959Z", false)]
    [InlineData("the last year", "491231235959Z", true)]
    [InlineData("the first year", "500101000000Z", true)]
    [InlineData("a leap second", "161231235960Z", false)]
    [InlineData("month 13", "231301000000Z", false)]
    [InlineData("no seconds", "2301010000Z", false)]
    [InlineData("an offset", "230101000000+0000", false)]
    public void Takes_a_time_as_the_framework_does(string about, string text, bool taken)
    {
        byte[] input = [0x17, (byte)text.Length, .. Encoding.ASCII.GetBytes(text)];
        var (ours, framework) = Outcomes("time", input);
        Assert.True(ours == framework, about);
        Assert.Equal(taken, ours != Refused);
    }

    private static byte[] Input(Random random, string reader)
    {
        if (reader is "time" && random.Next(2) is 0)
            return [0x17, 13, .. Encoding.ASCII.GetBytes(random.NextInt64(1_000_000_000_000).ToString("D12", CultureInfo.InvariantCulture)), (byte)'Z'];
        var length = random.Next(4) switch { 0 => random.Next(4), 1 => random.Next(0x70, 0x90), 2 => random.Next(0xF0, 0x110), _ => random.Next(0x30) };
        var content = new byte[length];
        random.NextBytes(content);
        for (var i = 0; i < Math.Min(2, length); i++)
            content[i] = random.Next(2) is 0 ? First[random.Next(First.Length)] : content[i];
        var tag = random.Next(2) is 0 ? Usual(reader) : Tags[random.Next(Tags.Length)];
        // As it should be, too long a form, and a length that is not true.
        byte[] size = random.Next(6) switch
        {
            0 => [0x81, (byte)length],
            1 => [0x82, (byte)(length >> 8), (byte)length],
            2 => [(byte)random.Next(256)],
            _ => length < 0x80 ? [(byte)length] : length < 0x100 ? [0x81, (byte)length] : [0x82, (byte)(length >> 8), (byte)length],
        };
        return [tag, .. size, .. content, .. Behind];
    }

    private static byte Usual(string reader) => reader switch
    {
        "integer" => 0x02,
        "bits" => 0x03,
        "octets" => 0x04,
        "time" => 0x17,
        _ => 0x30,
    };

    private static (string Ours, string Framework) Outcomes(string reader, byte[] input)
    {
        var (ours, framework) = Both[reader];
        return (Outcome(() =>
        {
            var der = new DerReader(input);
            return [.. ours(ref der), .. Following(der)];
        }), Outcome(() =>
        {
            var value = framework(input, out var consumed);
            return [.. value, .. Following(input.AsSpan(consumed))];
        }));
    }

    private static string Outcome(Func<byte[]> read)
    {
        try
        {
            return Convert.ToHexString(read());
        }
        catch (AsnContentException)
        {
            return Refused;
        }
    }

    /// <summary>What is read next shows where the reading before ended.</summary>
    private static byte[] Following(DerReader reader) => reader.HasData ? reader.ReadEncoded().ToArray() : [];

    private static byte[] Following(ReadOnlySpan<byte> rest)
    {
        if (rest.IsEmpty)
            return [];
        AsnDecoder.ReadEncodedValue(rest, AsnEncodingRules.DER, out _, out _, out var consumed);
        return rest[..consumed].ToArray();
    }

    private static byte[] Text(DateTimeOffset time) => Encoding.ASCII.GetBytes(time.ToString("O", CultureInfo.InvariantCulture));
}
