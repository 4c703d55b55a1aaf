using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Security.Cryptography;
using Certrelay.App.Http;
using Certrelay.Certificates;
using Certrelay.Records;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Certrelay.App.Triggers;

/// <summary>What a certificate is requested for.</summary>
public sealed record SigningOrder : IValidatableObject
{
    private const int MostNames = 100;

    /// <summary>DNS names, wildcards and addresses; absent: those of the current version.</summary>
    public IReadOnlyList<string>? Names { get; init; }

    /// <summary>p-256 (the default), p-384, rsa-2048, rsa-3072 or rsa-4096.</summary>
    public string? Key { get; init; }

    /// <summary>Requests a certificate for the key of the current version in place of a new one.</summary>
    public bool? ReuseKey { get; init; }

    public string? Reason { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Names is { Count: 0 or > MostNames })
            yield return new ValidationResult($"is to hold 1 to {MostNames} names", ["names"]);
        foreach (var (index, name) in (Names ?? []).Index().Where(static one => !SubjectName.TryParse(one.Item, out _)).ToList())
            yield return new ValidationResult("is to be a host name, a wildcard such as *.example.com, or an address", [string.Create(CultureInfo.InvariantCulture, $"names/{index}")]);
        if (Key is not null && !KeyKind.IsKnown(Key))
            yield return new ValidationResult($"is to be {KeyKind.Words}", ["key"]);
        if (Key is not null && ReuseKey is true)
            yield return new ValidationResult("is to be left out where the key of the current version is used", ["key"]);
    }
}

/// <summary>A request that waits for its certificate.</summary>
public sealed record SigningView
{
    /// <summary>The request as PEM, for the authority.</summary>
    public required string Csr { get; init; }

    public required IReadOnlyList<string> Names { get; init; }

    public required string Key { get; init; }

    /// <summary>SHA-256 of the public key's structure: the certificate is known by it.</summary>
    public required string Spki { get; init; }

    public required DateTimeOffset Created { get; init; }

    public required IReadOnlyList<Finding> Findings { get; init; }

    public static SigningView Of(RequestRecord request, IReadOnlyList<Finding> findings) => new()
    {
        Csr = PemEncoding.WriteString("CERTIFICATE REQUEST", request.Request) + "\n",
        Names = request.Names,
        Key = request.KeyAlgorithm,
        Spki = request.Spki,
        Created = request.Created,
        Findings = findings,
    };
}

/// <summary>The open requests of a certificate.</summary>
public sealed record SigningList(IReadOnlyList<SigningView> Items);

/// <summary>Requests for certificates of an authority of the user's choice; their keys are born in the vault.</summary>
public sealed class SigningRequests(CertificateRegistry registry, CertificateRequests requests, CertificateIndex index)
{
    [Function("RequestCertificate"), Requires(Permission.Upload), Audited("certificate.request", Subject = "certificate/{name}")]
    [Takes(typeof(SigningOrder)), Answers(201, typeof(SigningView)), Answers(409, typeof(Problem), ContentType = "application/problem+json")]
    [Answers(422, typeof(Problem), ContentType = "application/problem+json")]
    [Description("Makes a key in the vault, or takes that of the current version, and answers a request (CSR) for an authority. The certificate is then uploaded alone: its key is found by its public key.")]
    public async Task<IResult> MakeAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/certificates/{name}/csr")] HttpRequest request, string name, CancellationToken cancellationToken)
    {
        Admit(request, name);
        var order = request.Json<SigningOrder>();
        var lineage = (await registry.ReadAsync(name, cancellationToken))?.Value;
        var current = lineage is null ? null : await registry.ReadVersionAsync(name, lineage.Current, cancellationToken);
        var names = order.Names ?? current?.Names ?? throw Invalid("/names", "is missing, and there is no version whose names could be taken");
        if (order.ReuseKey is true && current?.Key is null)
            throw Invalid("/reuseKey", "is true, and there is no version with a key");
        if ((await requests.ListAsync(name, cancellationToken)).Count >= CertificateRequests.Most)
            throw new ProblemException(ProblemCodes.RequestsTooMany);

        var subjects = names.Select(static text => SubjectName.TryParse(text, out var subject) ? subject : throw Invalid("/names", "is no name")).Distinct().ToList();
        var made = order.ReuseKey is true
            ? await requests.MakeAsync(current!, subjects, cancellationToken)
            : await requests.MakeAsync(name, subjects, order.Key ?? "p-256", cancellationToken);
        var dropped = current is null ? [] : DroppedNames.Find(current.Names, made.Names, await index.UsersAsync(name, cancellationToken)).ToList();
        return Answer.Created($"/api/certificates/{name}/csr", SigningView.Of(made, dropped));
    }

    [Function("ListRequests"), Requires(Permission.Read), Answers(200, typeof(SigningList))]
    [Description("Lists the requests of a certificate that wait for what the authority issues.")]
    public async Task<IResult> ListAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/certificates/{name}/csr")] HttpRequest request, string name, CancellationToken cancellationToken)
    {
        Admit(request, name);
        return Answer.Ok(new SigningList([.. (await requests.ListAsync(name, cancellationToken)).Select(static one => SigningView.Of(one, []))]));
    }

    [Function("DropRequest"), Requires(Permission.Upload), Audited("certificate.request-drop", Subject = "certificate/{name}"), Answers(204)]
    [Description("Drops a request and its key, for which no certificate will come.")]
    public async Task<IResult> DropAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "api/certificates/{name}/csr/{spki}")] HttpRequest request, string name, string spki,
        CancellationToken cancellationToken)
    {
        Admit(request, name);
        return spki.Length is 64 && spki.All(char.IsAsciiHexDigitLower) && await requests.CloseAsync(name, spki, CancellationToken.None)
            ? Answer.NoContent()
            : throw new ProblemException(ProblemCodes.ResourceUnknown, $"'{name}' has no request '{spki}'.");
    }

    private static void Admit(HttpRequest request, string name)
    {
        request.Caller.Demand(name);
        if (!ResourceName.IsValid(name))
            throw new ProblemException(ProblemCodes.ResourceUnknown, $"There is no certificate '{name}'.");
    }

    private static ProblemException Invalid(string at, string detail) =>
        new(ProblemCodes.BodyInvalid, $"{at}: {detail}.") { Faults = [new RequestFault(at, detail)] };
}
