using System.Globalization;
using System.Text;
using Certrelay.Targets.Signing;
using FsCheck;
using FsCheck.Fluent;

namespace Certrelay.Tests.Targets.Signing;

/// <summary>The canonical forms over any text: reserved, non-ASCII, half a surrogate pair.</summary>
public sealed class CanonicalFormTests
{
    private const string Unreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~";

    private static readonly Arbitrary<string> Text = Gen.Elements(" +&=/?#%*:;,@!$'()[]|~-_.<>\"\\\n\t\0aZ09äß€中文字😀\uD800\uDC00\uE000".ToCharArray())
        .ArrayOf()
        .Select(characters => new string(characters))
        .ToArbitrary();

    private static readonly Arbitrary<string[]> Texts = Text.Generator.ArrayOf().ToArbitrary();

    [Fact]
    public void Every_byte_but_the_unreserved_is_encoded() =>
        Prop.ForAll(Text, text => CanonicalForm.Encode(text) == Plainly(text)).QuickCheckThrowOnFailure();

    [Fact]
    public void A_body_form_reads_back_as_it_was_given() => Prop.ForAll(Texts, Texts, (names, values) =>
    {
        var fields = names.Zip(values, (name, value) => new CloudField(Whole(name), Whole(value))).ToList();
        using var content = CloudContent.Form(fields);
        var text = Encoding.ASCII.GetString(content.Bytes.Span);
        var read = text.Length == 0 ? [] : text.Split('&').Select(pair => pair.Split('=')).Select(pair => new CloudField(Uri.UnescapeDataString(pair[0]), Uri.UnescapeDataString(pair[1])));
        return fields.SequenceEqual(read);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_target_reads_back_as_the_path_and_query_that_were_given() => Prop.ForAll(Texts, Texts, (path, query) =>
    {
        string[] segments = ["r", .. path.Select(Whole).Where(segment => segment is not ("." or ".."))];
        using var request = Signing.Get(path: segments, query: [.. query.Select(value => new CloudField("n", Whole(value)))]);
        var target = request.RequestTarget.Split('?');
        return target[0].Split('/').Skip(1).Select(Uri.UnescapeDataString).SequenceEqual(segments)
            && (query.Length == 0
                ? target.Length == 1
                : target[1].Split('&').Select(pair => Uri.UnescapeDataString(pair[2..])).SequenceEqual(query.Select(Whole)));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_address_is_the_target_as_signed() => Prop.ForAll(Texts, Text, (path, value) =>
    {
        using var request = Signing.Get(path: [.. path.Where(segment => segment is not ("." or ".."))], query: [new("n", value)]);
        return request.ToUri().PathAndQuery == request.RequestTarget;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_order_of_a_query_does_not_matter_once_sorted() => Prop.ForAll(Texts, names =>
    {
        var fields = names.Select((name, at) => new CloudField(name, (at % 3).ToString(CultureInfo.InvariantCulture))).ToList();
        return CanonicalForm.Query(CanonicalForm.Sorted(fields)) == CanonicalForm.Query(CanonicalForm.Sorted(Enumerable.Reverse(fields)));
    }).QuickCheckThrowOnFailure();

    // The rule as the vendors write it down.
    private static string Plainly(string text) => string.Concat(Encoding.UTF8.GetBytes(text).Select(octet =>
        Unreserved.Contains((char)octet, StringComparison.Ordinal) ? ((char)octet).ToString() : $"%{octet:X2}"));

    // Half a surrogate pair becomes U+FFFD in UTF-8.
    private static string Whole(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
}
