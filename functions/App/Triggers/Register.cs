using System.ComponentModel;
using Certrelay.App.Http;
using Certrelay.Records;
using Certrelay.Records.Lists;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Certrelay.App.Triggers;

/// <summary>Where a certificate is used: its targets, and how far its private keys have spread.</summary>
public sealed class Register(CertificateRegistry registry, CertificateUsage usage, CertificateRegister register)
{
    [Function("GetUsage"), Requires(Permission.Read), Answers(200, typeof(UsageView))]
    [Description("Shows the targets and endpoints of a certificate, and on how many hosts each of its private keys is.")]
    public async Task<IResult> UsageAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/certificates/{name}/usage")] HttpRequest request, string name,
        CancellationToken cancellationToken)
    {
        var caller = request.Caller;
        caller.Demand(name);
        var lineage = (ResourceName.IsValid(name) ? await registry.ReadAsync(name, cancellationToken) : null)?.Value
            ?? throw new ProblemException(ProblemCodes.ResourceUnknown, $"There is no certificate '{name}'.");
        var targets = await usage.TargetsAsync(lineage, cancellationToken);
        var keys = await usage.KeysAsync(lineage, targets, cancellationToken);
        return Answer.Ok(UsageView.Of(lineage, targets, keys, caller.MaySee));
    }

    [Function("GetRegister"), Requires(Permission.Read)]
    [Answers(200, typeof(PageOf<RegisterItem>)), Answers(200, typeof(RegisterItem), ContentType = "application/x-ndjson"), Answers(200, typeof(string), ContentType = "text/csv")]
    [Query("format", "json or ndjson with a domain an item, or csv with a row for each domain and target; json when absent.")]
    [Description("Exports the register in one answer without limit: each domain with its certificate, the targets that shall serve it and the owners.")]
    public IResult Get(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/register")] HttpRequest request, CancellationToken cancellationToken)
    {
        var (caller, format) = (request.Caller, request.OneOf("format", "json", "ndjson", "csv"));
        var items = register.ReadAsync(cancellationToken)
            .Where(entry => caller.MaySee(entry.Certificate.Name)).SelectMany(entry => RegisterItem.Of(entry, caller.MaySee));
        return format switch
        {
            "csv" => Answer.Csv("register.csv", items.SelectMany(static item => item.ToCsv()).Prepend(RegisterItem.CsvHeader)),
            "ndjson" => Answer.Lines(items),
            _ => Answer.Items(items),
        };
    }
}
