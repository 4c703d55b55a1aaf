using System.Text;
using System.Xml;
using System.Xml.Linq;
using Certrelay.Targets.Calls;

namespace Certrelay.Targets.Aws;

/// <summary>The XML of the services that answer in it, read without a document type and written as it was read.</summary>
internal static class AwsXml
{
    private static readonly XmlReaderSettings Safe = new() { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null };

    // No byte order mark, which the official clients do not send either.
    private static readonly XmlWriterSettings Plain = new() { Encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), Indent = false };

    /// <summary>The root of an answer; throws <see cref="Permanent"/> (<c>cloud.answer</c>), which quotes nothing of it.</summary>
    public static XElement Read(CloudAnswer answer) => TryRead(answer) ?? throw CloudAnswer.Unreadable("its root");

    /// <summary>The root of an answer; null when it is no XML.</summary>
    public static XElement? TryRead(CloudAnswer answer)
    {
        try
        {
            using var bytes = new MemoryStream(answer.Body.ToArray(), writable: false);
            using var reader = XmlReader.Create(bytes, Safe);
            return XDocument.Load(reader, LoadOptions.PreserveWhitespace).Root;
        }
        catch (XmlException)
        {
            return null;
        }
    }

    /// <summary>The bytes of a document, nothing added between its elements.</summary>
    public static byte[] Write(XElement root)
    {
        using var bytes = new MemoryStream();
        using (var writer = XmlWriter.Create(bytes, Plain))
            root.WriteTo(writer);
        return bytes.ToArray();
    }

    extension(XElement element)
    {
        /// <summary>The child of that name, in whatever namespace the parent is; null without it.</summary>
        public XElement? Child(string name) => element.Element(element.Name.Namespace + name);

        /// <summary>The text of the element at the end of a path; null without it.</summary>
        public string? Text(params ReadOnlySpan<string> path)
        {
            XElement? at = element;
            foreach (var name in path)
                at = at?.Child(name);
            return at?.Value;
        }

        /// <summary>The entries of a list: <c>member</c> in one protocol, the element's own word in the other.</summary>
        public IEnumerable<XElement> Entries(params ReadOnlySpan<string> path)
        {
            XElement? at = element;
            foreach (var name in path)
                at = at?.Child(name);
            return at?.Elements() ?? [];
        }
    }
}
