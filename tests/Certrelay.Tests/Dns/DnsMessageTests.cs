using System.Buffers.Binary;
using System.Text;
using Certrelay.Dns;
using FsCheck;
using FsCheck.Fluent;

namespace Certrelay.Tests.Dns;

public sealed class DnsMessageTests
{
    private static readonly byte[] Query = DnsMessage.Query(7, DnsName.ToWire("www.example.test")!, new DnsQuestion("www.example.test", DnsType.TXT), edns: true);

    public static TheoryData<string, string, string?> Names => new()
    {
        { "plain", "WWW.Example.Test", "www.example.test" },
        { "absolute", "www.example.test.", "www.example.test" },
        { "the root", "", "" },
        { "an underscore", "_acme-challenge.example.test", "_acme-challenge.example.test" },
        { "an escaped dot", @"a\.b.example", @"a\.b.example" },
        { "an odd byte", @"a\007b.example", @"a\007b.example" },
        { "a space written out", @"a\032b.example", @"a\032b.example" },
        { "the longest label", new string('a', 63) + ".test", new string('a', 63) + ".test" },
        { "a label too long", new string('a', 64) + ".test", null },
        { "a name too long", string.Join('.', Enumerable.Repeat(new string('a', 63), 4)), null },
        { "an empty label", "a..b", null },
        { "a leading dot", ".a", null },
        { "two last dots", "a..", null },
        { "only a dot too many", "..", null },
        { "another alphabet", "grüße.test", null },
        { "a space", "a b.test", null },
        { "a cut escape", @"a\", null },
        { "an escape of no byte", @"a\999", null },
    };

    [Theory]
    [MemberData(nameof(Names))]
    public void A_name_goes_onto_the_wire_and_comes_back(string what, string name, string? normal)
    {
        var wire = DnsName.ToWire(name);

        Assert.True((wire is null) == (normal is null), what);
        if (normal is not null)
            Assert.Equal(normal, DnsName.Normal(name));
    }

    [Fact]
    public void A_name_that_points_at_itself_is_no_name()
    {
        byte[] message = [0xC0, 0x00];
        byte[] pair = [1, (byte)'a', 0xC0, 0x02, 0xC0, 0x00];

        Assert.Throws<FormatException>(() => ReadAt(message, 0));
        Assert.Throws<FormatException>(() => ReadAt(pair, 0));
    }

    [Fact]
    public void A_name_grown_by_pointers_ends_at_255_bytes()
    {
        // Each label of 63 is followed by a pointer to the one before.
        var message = new List<byte> { 0 };
        var last = 0;
        for (var i = 0; i < 5; i++)
        {
            var at = message.Count;
            message.AddRange([63, .. Encoding.ASCII.GetBytes(new string('a', 63)), 0xC0, (byte)last]);
            message[^2] = (byte)(0xC0 | (last >> 8));
            last = at;
        }

        Assert.Throws<FormatException>(() => ReadAt([.. message], last));
    }

    [Fact]
    public void An_answer_to_another_question_is_not_ours()
    {
        var other = DnsMessage.Query(7, DnsName.ToWire("other.example.test")!, new DnsQuestion("other.example.test", DnsType.TXT), edns: true);

        Assert.NotNull(DnsMessage.Parse(Response(Query), Query));
        Assert.Null(DnsMessage.Parse(Response(other), Query));
        Assert.Null(DnsMessage.Parse(Response(Query, id: 8), Query));
        Assert.Null(DnsMessage.Parse(Query, Query));
        Assert.Null(DnsMessage.Parse([], Query));
    }

    [Fact]
    public void Parts_of_a_text_are_joined()
    {
        byte[] data = [3, .. "one"u8, 0, 5, .. " two "u8, 5, .. "three"u8];

        var message = DnsMessage.Parse(Response(Query, data: data), Query)!;

        Assert.Equal("one two three", Assert.IsType<DnsRecord.Text>(Assert.Single(message.Answers).Record).Value);
    }

    [Theory]
    [InlineData("a part longer than its record", new byte[] { 5, 1 })]
    [InlineData("a part that ends with it", new byte[] { 1 })]
    public void A_text_cut_short_is_damaged(string what, byte[] data)
    {
        Assert.NotEmpty(what);
        Assert.Throws<FormatException>(() => DnsMessage.Parse(Response(Query, data: data), Query));
    }

    [Fact]
    public void Whatever_bytes_come_are_an_answer_or_damaged_and_nothing_else()
    {
        var good = Response(Query, data: [3, .. "one"u8]);
        Prop.ForAll(
            ArbMap.Default.ArbFor<byte[]>(),
            ArbMap.Default.ArbFor<int>(),
            (noise, at) =>
            {
                var bytes = (byte[])good.Clone();
                var start = Query.Length + (int)((uint)at % 40) - 20;
                for (var i = 0; i < noise.Length && start + i < bytes.Length; i++)
                    bytes[start + i] = noise[i];
                Parses(bytes);
                Parses(bytes[..(int)((uint)at % bytes.Length)]);
            }).QuickCheckThrowOnFailure();
    }

    private static void Parses(byte[] bytes)
    {
        try
        {
            DnsMessage.Parse(bytes, Query);
        }
        catch (FormatException)
        {
            // Damaged.
        }
    }

    private static string ReadAt(byte[] message, int at) => DnsName.Read(message, ref at);

    private static byte[] Response(byte[] query, ushort? id = null, byte[]? data = null)
    {
        // Without the query's EDNS record.
        var question = query[..^11];
        List<byte> response = [.. question];
        if (data is not null)
        {
            response.AddRange([0xC0, 12, 0, (byte)DnsType.TXT, 0, 1, 0, 0, 0, 60, 0, (byte)data.Length]);
            response.AddRange(data);
        }

        byte[] bytes = [.. response];
        if (id is { } other)
            BinaryPrimitives.WriteUInt16BigEndian(bytes, other);
        bytes[2] |= 0x80;
        bytes[7] = (byte)(data is null ? 0 : 1);
        bytes[11] = 0;
        return bytes;
    }
}
