using System.Text;
using Certrelay.App.Http;
using Certrelay.Certificates;
using Certrelay.Targets;
using Microsoft.AspNetCore.Http;

namespace Certrelay.App.Triggers;

/// <summary>An upload as JSON: certificate, chain and key as PEM or as Base64 of a file, in one field or in three.</summary>
public sealed record UploadRequest : IDisposable
{
    /// <summary>Absent: made of the first DNS name.</summary>
    [ResourceName]
    public string? Name { get; init; }

    public required SecretText Certificate { get; init; }

    public SecretText? Chain { get; init; }

    public SecretText? Key { get; init; }

    /// <summary>The encryption certificate of an SM2 pair, of which <see cref="Certificate"/> is the signing one.</summary>
    public SecretText? EncryptCertificate { get; init; }

    /// <summary>The key of <see cref="EncryptCertificate"/>, unless that field holds it too.</summary>
    public SecretText? EncryptKey { get; init; }

    /// <summary>Opens an encrypted key or keystore.</summary>
    public SecretText? Passphrase { get; init; }

    [OneLine(200)]
    public string? Owner { get; init; }

    [TagMap]
    public IReadOnlyDictionary<string, string>? Tags { get; init; }

    /// <summary>Takes a self-signed laboratory certificate with warnings.</summary>
    public bool? AllowSelfSigned { get; init; }

    public string? Reason { get; init; }

    public void Dispose()
    {
        Certificate.Dispose();
        Chain?.Dispose();
        Key?.Dispose();
        EncryptCertificate?.Dispose();
        EncryptKey?.Dispose();
        Passphrase?.Dispose();
    }
}

/// <summary>An upload in whichever form it came. What may be a key is zeroed on disposal or with the request's own body.</summary>
internal sealed class UploadBody(IReadOnlyList<ReadOnlyMemory<byte>> inputs, IDisposable? owned) : IDisposable
{
    public IReadOnlyList<ReadOnlyMemory<byte>> Inputs { get; } = inputs;

    /// <summary>The encryption certificate of an SM2 pair and its key; empty where none came.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Encryption { get; init; } = [];

    public string? Name { get; init; }

    public string? Owner { get; init; }

    public IReadOnlyDictionary<string, string>? Tags { get; init; }

    public bool AllowSelfSigned { get; init; }

    /// <summary>Null when none came, or an empty one.</summary>
    public Passphrase? Passphrase { get; init; }

    /// <summary>Reads the body by its content type; throws <see cref="ProblemException"/> with every fault of its form.</summary>
    public static UploadBody Of(HttpRequest request)
    {
        if (request.Bytes.IsEmpty)
            throw new ProblemException(ProblemCodes.BodyMissing);
        var body = request.HasJsonContentType() ? OfJson(request)
            : request.ContentType!.StartsWith("multipart/", StringComparison.OrdinalIgnoreCase) ? OfForm(request)
            : new UploadBody([request.Bytes], owned: null);
        try
        {
            return body.With(NameIn(request), request.Flag("allowSelfSigned"));
        }
        catch
        {
            body.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        Passphrase?.Dispose();
        owned?.Dispose();
    }

    private static UploadBody OfJson(HttpRequest request)
    {
        var json = request.Json<UploadRequest>();
        if (json is { EncryptKey: not null, EncryptCertificate: null })
        {
            json.Dispose();
            throw new ProblemException(ProblemCodes.BodyInvalid, "The body has 1 fault.") { Faults = [LonelyKey] };
        }

        return new UploadBody([.. new[] { json.Certificate, json.Chain, json.Key }.OfType<SecretText>().Select(static pem => pem.Bytes)], json)
        {
            Encryption = [.. new[] { json.EncryptCertificate, json.EncryptKey }.OfType<SecretText>().Select(static pem => pem.Bytes)],
            Name = json.Name,
            Owner = json.Owner,
            Tags = json.Tags,
            AllowSelfSigned = json.AllowSelfSigned ?? false,
            Passphrase = PassphraseOf(json.Passphrase?.Bytes ?? default),
        };
    }

    private static UploadBody OfForm(HttpRequest request)
    {
        var form = MultipartForm.Read(request, "file", "certificate", "chain", "key", "encryptCertificate", "encryptKey", "passphrase", "name", "owner", "allowSelfSigned");
        var faults = new List<RequestFault>();
        if (!form.Contains("certificate") && !form.Contains("file"))
            faults.Add(new RequestFault("/certificate", "is missing"));
        if (form.Contains("encryptKey") && !form.Contains("encryptCertificate"))
            faults.Add(LonelyKey);
        var (name, owner, allow) = (Text(form, "name"), Text(form, "owner"), Text(form, "allowSelfSigned"));
        if (name is not null && !ResourceName.IsValid(name))
            faults.Add(new RequestFault("/name", NameForm));
        if (owner is not null && !new OneLineAttribute(200).IsValid(owner))
            faults.Add(new RequestFault("/owner", "is to be one line of at most 200 characters"));
        if (allow is not (null or "true" or "false"))
            faults.Add(new RequestFault("/allowSelfSigned", "is to be true or false"));
        if (faults.Count > 0)
            throw new ProblemException(ProblemCodes.BodyInvalid, $"The body has {faults.Count} faults.") { Faults = faults };
        string[] files = ["file", "certificate", "chain", "key"];
        string[] second = ["encryptCertificate", "encryptKey"];
        return new UploadBody([.. files.SelectMany(field => form[field])], owned: null)
        {
            Encryption = [.. second.SelectMany(field => form[field])],
            Name = name,
            Owner = owner,
            AllowSelfSigned = allow == "true",
            Passphrase = PassphraseOf(form["passphrase"].FirstOrDefault()),
        };
    }

    private static RequestFault LonelyKey => new("/encryptCertificate", "is missing, and encryptKey belongs to it");

    private const string NameForm = "is to be 1 to 63 of a-z, 0-9 and single hyphens";

    private static string? NameIn(HttpRequest request) =>
        request.Text("name") is not { } name || ResourceName.IsValid(name) ? request.Text("name") : throw QueryValues.Invalid("name", NameForm);

    private static string? Text(ILookup<string, ReadOnlyMemory<byte>> form, string field) =>
        form.Contains(field) ? Encoding.UTF8.GetString(form[field].First().Span) : null;

    private static Passphrase? PassphraseOf(ReadOnlyMemory<byte> text) => text.IsEmpty ? null : Passphrase.OfUtf8(text.Span);

    /// <summary>What the query says counts; another name in the body is a fault.</summary>
    private UploadBody With(string? name, bool? allowSelfSigned)
    {
        if (name is not null && Name is not null && name != Name)
            throw QueryValues.Invalid("name", "differs from the name in the body");
        return new UploadBody(Inputs, owned)
        {
            Encryption = Encryption,
            Name = name ?? Name,
            Owner = Owner,
            Tags = Tags,
            AllowSelfSigned = allowSelfSigned ?? AllowSelfSigned,
            Passphrase = Passphrase,
        };
    }
}
