using System.Text;
using System.Xml;
using System.Xml.Linq;
using Certrelay.Targets.Calls;
using Certrelay.Targets.Signing;

namespace Certrelay.Targets.Alibaba;

/// <summary>Calls on one bucket of OSS: XML bodies, signature V4.</summary>
internal sealed class OssApi(CloudSession session, string bucket, string region)
{
    private const string Xml = "application/xml";

    /// <summary>Makes one call on the bucket and reads its XML; throws as <see cref="CloudSession.SendAsync"/> and for an answer without XML.</summary>
    public async Task<XElement?> CallAsync(CloudAction action, string method, IReadOnlyList<CloudField> query, XElement? body, string resource, CancellationToken cancellationToken, CloudWrite? write = null)
    {
        using var call = new CloudCall
        {
            Action = action,
            Resource = resource,
            Write = write,
            Request = new CloudRequest
            {
                Method = method,
                Endpoint = session.Endpoint($"{bucket}.oss-{region}.aliyuncs.com"),
                Query = query,
                Content = body is null ? null : new CloudContent(Xml, Encoding.UTF8.GetBytes($"""<?xml version="1.0" encoding="UTF-8"?>{body.ToString(SaveOptions.DisableFormatting)}""")),
            },
            Sign = (request, credentials, now) => OssV4Signer.Sign(request, bucket, region, credentials, now),
            Judge = Judge,
        };
        using var answer = await session.SendAsync(call, cancellationToken);
        return answer.Body.IsEmpty ? null : Read(answer) ?? throw CloudAnswer.Unreadable("its XML");
    }

    private static CloudFault? Judge(CloudAnswer answer)
    {
        if (answer.IsSuccess)
            return null;
        var error = Read(answer);
        return AlibabaFaults.Of(answer.Status, error?.Element("Code")?.Value ?? "", error?.Element("Message")?.Value ?? $"HTTP {answer}", answer.RetryAfter);
    }

    private static XElement? Read(CloudAnswer answer)
    {
        try
        {
            using var stream = new MemoryStream(answer.Body.ToArray());
            using var reader = XmlReader.Create(stream, new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null });
            return XElement.Load(reader);
        }
        catch (XmlException)
        {
            return null;
        }
    }
}
