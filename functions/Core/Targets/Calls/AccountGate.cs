using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Certrelay.Certificates;
using Certrelay.Records;
using Certrelay.Targets.Accounts;
using Certrelay.Vault;

namespace Certrelay.Targets.Calls;

/// <summary>When the next steady call of an action is due for an account. Row <c>r.&lt;action&gt;</c> of the account's partition.</summary>
public sealed partial record BudgetRecord : IRecord<BudgetRecord>
{
    public int Schema { get; init; } = 1;

    public required DateTimeOffset Due { get; init; }

    public static JsonTypeInfo<BudgetRecord> Json => BudgetJson.Default.BudgetRecord;

    public static RecordKey Key(string account, string budget) => new(Tables.Budgets, account, $"r.{KeyText.Escape(budget)}");

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
    [JsonSerializable(typeof(BudgetRecord))]
    private sealed partial class BudgetJson : JsonSerializerContext;
}

/// <summary>What is known of an account's last failures. Row <c>c</c> of its partition, and <c>c.&lt;route&gt;</c> for what is called in another way than the vendor's own API.</summary>
public sealed partial record CircuitRecord : IRecord<CircuitRecord>
{
    public int Schema { get; init; } = 1;

    /// <summary>Calls in a row that got no answer, or a server error.</summary>
    public int Failures { get; init; }

    /// <summary>How often it has opened since the last success.</summary>
    public int Openings { get; init; }

    /// <summary>Until when nothing is sent; null while it is closed.</summary>
    public DateTimeOffset? OpenUntil { get; init; }

    /// <summary>The credentials that the vendor has refused; null when it has refused none.</summary>
    public VaultReference? Refused { get; init; }

    public static JsonTypeInfo<CircuitRecord> Json => CircuitJson.Default.CircuitRecord;

    /// <param name="route">What fails by itself; empty: the vendor.</param>
    public static RecordKey Key(string account, string route = "") => new(Tables.Budgets, account, route.Length == 0 ? "c" : $"c.{KeyText.Escape(route)}");

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
    [JsonSerializable(typeof(CircuitRecord))]
    private sealed partial class CircuitJson : JsonSerializerContext;
}

/// <summary>
/// Lets calls of an account through: within its budget, while its vendor answers, and never again with credentials that were refused. All of it is rows, so
/// that several instances share one account.
/// </summary>
public sealed class AccountGate(IRecordStore store, CloudOptions options, TimeProvider time)
{
    /// <summary>Calls in a row without an answer after which nothing is sent for a while.</summary>
    public const int FailuresToOpen = 4;

    // Waited for under the lease: a move that came back for every call would spend each on what it had read before, and never end.
    private static readonly TimeSpan ShortWait = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan FirstOpening = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan LongestOpening = TimeSpan.FromMinutes(10);

    /// <summary>
    /// Takes the right to make one call now, waiting up to five seconds for it. Throws <see cref="Transient"/> for a turn that is further off (it costs no
    /// attempt) or a vendor that does not answer, and <see cref="Permanent"/> (<c>cloud.credentials</c>) for credentials that were refused before.
    /// </summary>
    /// <param name="route">What fails by itself, such as one cluster; empty: the vendor.</param>
    public async Task<CircuitPass> EnterAsync(AccountCredentials account, CloudAction action, CancellationToken cancellationToken, string route = "")
    {
        var (budget, limit) = CloudLimits.Of(options, account.Vendor, action);
        var (budgetKey, circuitKey) = (BudgetRecord.Key(account.Name, budget), CircuitRecord.Key(account.Name, route));
        while (true)
        {
            var rows = await store.GetAsync([budgetKey, circuitKey], cancellationToken);
            var circuit = rows[1]?.As<CircuitRecord>();
            var now = time.GetUtcNow();
            if (circuit?.Value is { } state)
                Check(account, action, state, now);
            var due = rows[0]?.As<BudgetRecord>();
            var wait = limit.Wait(due?.Value.Due ?? now, now, out var next);
            if (wait > ShortWait)
                throw new Transient(FindingCodes.CloudThrottled.Code, $"{action}: the account's budget of {limit.Calls} calls in {limit.Per.TotalSeconds:0} s is spent.", wait + limit.Tolerated) { Waits = true };
            if (wait > TimeSpan.Zero)
                await Task.Delay(wait, time, cancellationToken);
            else if (await TryTakeAsync(budgetKey, due, next, cancellationToken) && await TryPassAsync(circuit, now, cancellationToken))
                return new CircuitPass(circuit is not null, route);
        }
    }

    /// <summary>Notes a call that the vendor answered: the circuit closes.</summary>
    public Task SucceededAsync(AccountCredentials account, CircuitPass pass, CancellationToken cancellationToken) =>
        pass.HadFailures ? ChangeAsync(account.Name, pass.Route, static _ => null, cancellationToken) : Task.CompletedTask;

    /// <summary>Notes a call without an answer, or with a server error: after a few the circuit opens, each time for longer.</summary>
    public Task FailedAsync(AccountCredentials account, CircuitPass pass, CancellationToken cancellationToken) => ChangeAsync(
        account.Name,
        pass.Route,
        circuit => circuit with { Failures = circuit.Failures + 1 } is var failed && failed.Failures < FailuresToOpen
            ? failed
            : failed with { Openings = failed.Openings + 1, OpenUntil = time.GetUtcNow() + Opening(failed.Openings) },
        cancellationToken);

    /// <summary>Notes that the vendor refused the credentials: they are not sent again until the account has others, or somebody checks it.</summary>
    public Task RefusedAsync(AccountCredentials account, CancellationToken cancellationToken) =>
        ChangeAsync(account.Name, "", circuit => circuit with { Refused = account.Credentials }, cancellationToken);

    /// <summary>Notes a vendor's "too often": nobody calls the action before the delay is over.</summary>
    public async Task ThrottledAsync(AccountCredentials account, CloudAction action, TimeSpan delay, CancellationToken cancellationToken)
    {
        var (budget, limit) = CloudLimits.Of(options, account.Vendor, action);
        var key = BudgetRecord.Key(account.Name, budget);
        var due = limit.DueAfter(time.GetUtcNow(), delay);
        while (true)
        {
            var row = await store.ReadAsync<BudgetRecord>(key, cancellationToken);
            if (row?.Value.Due >= due || await TryTakeAsync(key, row, due, cancellationToken))
                return;
        }
    }

    /// <summary>Forgets refusals and failures of an account, because somebody wants to know.</summary>
    public Task ForgiveAsync(string account, CancellationToken cancellationToken) => ChangeAsync(account, "", static _ => null, cancellationToken);

    private static TimeSpan Opening(int before)
    {
        var whole = FirstOpening * Math.Pow(2, Math.Min(before, 10));
        return whole < LongestOpening ? whole : LongestOpening;
    }

    private static void Check(AccountCredentials account, CloudAction action, CircuitRecord circuit, DateTimeOffset now)
    {
        if (circuit.Refused == account.Credentials)
        {
            throw new Permanent(
                FindingCodes.CloudCredentials.Code,
                $"{action}: not sent, because the vendor has refused these credentials of the account {account.Name}. {FindingCodes.CloudCredentials.Remedy}");
        }

        if (circuit.OpenUntil is { } until && until > now)
            throw new Transient(FindingCodes.CloudUnavailable.Code, $"{action}: not sent, because the vendor's last {circuit.Failures} answers failed.", until - now);
    }

    private async Task<bool> TryTakeAsync(RecordKey key, Stored<BudgetRecord>? row, DateTimeOffset due, CancellationToken cancellationToken)
    {
        var next = new BudgetRecord { Due = due };
        if (row is null)
            return await store.TryInsertAsync(key, next, cancellationToken) is not null;
        try
        {
            await store.ReplaceAsync(row, next, cancellationToken);
            return true;
        }
        catch (RecordConflictException)
        {
            return false;
        }
    }

    /// <summary>Behind an opening one call goes first, and the others wait for what becomes of it.</summary>
    private async Task<bool> TryPassAsync(Stored<CircuitRecord>? circuit, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (circuit?.Value.OpenUntil is null)
            return true;
        try
        {
            await store.ReplaceAsync(circuit, circuit.Value with { OpenUntil = now + options.CallTimeout }, cancellationToken);
            return true;
        }
        catch (RecordConflictException)
        {
            return false;
        }
    }

    private async Task ChangeAsync(string account, string route, Func<CircuitRecord, CircuitRecord?> change, CancellationToken cancellationToken)
    {
        var key = CircuitRecord.Key(account, route);
        while (true)
        {
            var row = await store.ReadAsync<CircuitRecord>(key, cancellationToken);
            try
            {
                if (change(row?.Value ?? new CircuitRecord()) is not { } next)
                {
                    if (row is not null)
                        await store.DeleteAsync(row, cancellationToken);
                    return;
                }

                if (row is not null)
                    await store.ReplaceAsync(row, next, cancellationToken);
                else
                    await store.InsertAsync(key, next, cancellationToken);
                return;
            }
            catch (RecordConflictException)
            {
                // Another call of the account ended at the same moment: look again.
            }
        }
    }
}

/// <summary>The right to make one call; <paramref name="HadFailures"/> tells that a success has something to clear, <paramref name="Route"/> what the call goes to (empty: the vendor).</summary>
public readonly record struct CircuitPass(bool HadFailures, string Route);
