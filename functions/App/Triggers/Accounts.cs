using System.ComponentModel;
using Certrelay.App.Http;
using Certrelay.Records;
using Certrelay.Records.Lists;
using Certrelay.Targets;
using Certrelay.Targets.Accounts;
using Certrelay.Targets.Calls;
using Certrelay.Watch.Discovery;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Certrelay.App.Triggers;

/// <summary>Cloud accounts: their secrets go into the vault and never come back.</summary>
public sealed class Accounts(AccountRegistry registry, AccountUse use, AccountProofs proofs, StoreListing stores, AccountSurvey survey, BindingDraft draft)
{
    [Function("CreateAccount"), Requires(Permission.Accounts), Audited("account.create"), Idempotent, Takes(typeof(AccountRequest))]
    [Answers(201, typeof(AccountView), ETag = true)]
    [Description("Stores the credentials of a cloud account under a name; nobody is asked whether they are good.")]
    public async Task<IResult> CreateAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/accounts")] HttpRequest request, CancellationToken cancellationToken)
    {
        using var wanted = request.Json<AccountRequest>();
        var account = wanted.Describe();
        request.Caller.Demand(account.Name);
        Refuse(registry.Check(account));
        request.Concerns($"account/{account.Name}");
        if (await registry.IsTakenAsync(account.Name, cancellationToken))
            throw Exists(account.Name);
        try
        {
            var stored = await registry.CreateAsync(account, CancellationToken.None);
            return Answer.Created($"/api/accounts/{account.Name}", AccountView.Of(stored.Value), stored.ETag);
        }
        catch (RecordConflictException)
        {
            throw Exists(account.Name);
        }
    }

    [Function("ListAccounts"), Requires(Permission.Read), Paged, Answers(200, typeof(PageOf<AccountView>))]
    [Query("vendor", "Only those of alibaba, aws, azure, huawei or tencent.")]
    [Description("Lists the accounts by name, without their secrets; a page may hold fewer than asked for while it has a next.")]
    public async Task<IResult> ListAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/accounts")] HttpRequest request, CancellationToken cancellationToken)
    {
        var (vendor, page) = ListQueries.Accounts(request);
        var caller = request.Caller;
        return Answer.Page(await registry.ListAsync(page.After, cancellationToken)
            .Select(account => new Listed<AccountRecord>(account.Name, !account.Deleting && (vendor is null || account.Vendor == vendor) ? account : null))
            .ToPageAsync(page, account => caller.MaySee(account.Name), AccountView.Of, cancellationToken));
    }

    [Function("GetAccount"), Requires(Permission.Read), Answers(200, typeof(AccountView), ETag = true)]
    [Description("Shows an account without its secret.")]
    public async Task<IResult> GetAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/accounts/{name}")] HttpRequest request, string name,
        CancellationToken cancellationToken) => Show(await FindAsync(request, name, cancellationToken));

    [Function("ChangeAccount"), Requires(Permission.Accounts), Audited("account.change", Subject = "account/{name}"), IfMatch, Takes(typeof(AccountChange))]
    [Answers(200, typeof(AccountView), ETag = true), Answers(422, typeof(Problem), ContentType = "application/problem+json")]
    [Description("Changes an account; with a secret its key is rotated, and the former one removed from the vault.")]
    public async Task<IResult> ChangeAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "patch", Route = "api/accounts/{name}")] HttpRequest request, string name,
        CancellationToken cancellationToken)
    {
        var old = await FindAsync(request, name, cancellationToken);
        using var change = request.Json<AccountChange>();
        request.DemandIfMatch(old.ETag);
        var account = change.Describe(old.Value);
        var orphans = change.Orphans(old.Value).Select(static field => new SettingsFault(field, "It comes with the secret that belongs to it."));
        Refuse([.. orphans, .. registry.Check(account)]);
        return Show(await registry.ChangeAsync(old, account, CancellationToken.None));
    }

    [Function("DeleteAccount"), Requires(Permission.Accounts), IfMatch(Optional = true), Answers(204)]
    [Audited("account.delete", Subject = "account/{name}", Reason = true), Answers(409, typeof(Problem), ContentType = "application/problem+json")]
    [Description("Deletes an account and its secrets; at the vendor the key stays as it is.")]
    public async Task<IResult> DeleteAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "api/accounts/{name}")] HttpRequest request, string name,
        CancellationToken cancellationToken)
    {
        var account = await FindAsync(request, name, cancellationToken);
        request.DemandIfMatch(account.ETag);
        if (await use.UsersAsync(name, cancellationToken) is { Count: > 0 } users)
            throw new ProblemException(ProblemCodes.AccountInUse, $"These targets name it: {string.Join(", ", users.Where(request.Caller.MaySee).DefaultIfEmpty("(some that this token may not see)"))}.");
        await registry.DeleteAsync(account, CancellationToken.None);
        return Answer.NoContent();
    }

    [Function("CheckAccount"), Requires(Permission.Accounts), Audited("account.check", Subject = "account/{name}"), Answers(200, typeof(AccountProofView))]
    [Description("Asks the vendor whether it takes the credentials, and by one harmless read for each kind of target what they may do. A former refusal is forgotten.")]
    public async Task<IResult> CheckAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/accounts/{name}/check")] HttpRequest request, string name,
        CancellationToken cancellationToken)
    {
        var account = await FindAsync(request, name, cancellationToken);
        return Answer.Ok(AccountProofView.Of(name, await proofs.CheckAsync(account.Value, cancellationToken)));
    }

    [Function("ListStoredCertificates"), Requires(Permission.Accounts), Answers(200, typeof(PageOf<StoredUploadView>))]
    [Query("region", "The region of a regional store; absent: the account's own.")]
    [Description("Lists what the account holds in a certificate store of its vendor, and which of it is known here.")]
    public async Task<IResult> StoredAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/accounts/{name}/stores/{store}")] HttpRequest request, string name, string store,
        CancellationToken cancellationToken)
    {
        var account = (await FindAsync(request, name, cancellationToken)).Value;
        var kind = CertificateStores.Find(account.Vendor, store)
            ?? throw new ProblemException(ProblemCodes.ResourceUnknown, $"Accounts of {CloudOptions.Word(account.Vendor)} have these stores: {string.Join(", ", CertificateStores.All.Where(known => known.Vendor == account.Vendor).Select(static known => known.Name).DefaultIfEmpty("none"))}.");
        var region = RegionOf(request) ?? account.Region;
        if (kind.Regional && region is null)
            throw QueryValues.Invalid("region", "is to name a region, as the store has one for each and the account names none");
        var found = await stores.ListAsync(account, kind, region, cancellationToken).Select(StoredUploadView.Of).ToListAsync(cancellationToken);
        return Answer.Page(new PageOf<StoredUploadView>(found));
    }

    [Function("DiscoverAccount"), Requires(Permission.Accounts), Audited("account.discover", Subject = "account/{name}"), Answers(200, typeof(DiscoveryProposal))]
    [Query("region", "The region to look in; absent: the account's own.")]
    [Description("Looks through the account for certificates that are bound already and proposes certificates to watch and targets to adopt, to be sent to "
        + "/api/discover/accept; stores nothing and changes nothing at the vendor. What Discover:LimitSeconds leaves no time for is named in remaining.")]
    public async Task<IResult> DiscoverAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/accounts/{name}/discover")] HttpRequest request, string name,
        CancellationToken cancellationToken)
    {
        var region = RegionOf(request);
        var account = (await FindAsync(request, name, cancellationToken)).Value;
        var surveyed = await survey.RunAsync(account, region, cancellationToken);
        return Answer.Ok(DiscoveryProposal.Of(await draft.DraftAsync(name, surveyed, request.Caller.MaySee, cancellationToken)));
    }

    private static string? RegionOf(HttpRequest request) => request.Text("region") is not { } region || ResourceName.IsValid(region)
        ? request.Text("region")
        : throw QueryValues.Invalid("region", "is to be a region as the vendor writes it, such as eu-central-1");

    private async Task<Stored<AccountRecord>> FindAsync(HttpRequest request, string name, CancellationToken cancellationToken)
    {
        request.Caller.Demand(name);
        return (ResourceName.IsValid(name) ? await registry.ReadAsync(name, cancellationToken) : null)
            ?? throw new ProblemException(ProblemCodes.ResourceUnknown, $"There is no account '{name}'.");
    }

    private static IResult Show(Stored<AccountRecord> account) => Answer.Ok(AccountView.Of(account.Value), account.ETag);

    private static void Refuse(IReadOnlyList<SettingsFault> faults)
    {
        if (faults.Count > 0)
            throw RequestFaults.Refuse(faults);
    }

    private static ProblemException Exists(string name) => new(ProblemCodes.AccountExists, $"There is an account '{name}'.");
}
