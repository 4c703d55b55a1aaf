using Certrelay.Certificates;
using Certrelay.Records;
using Certrelay.Targets.Calls;

namespace Certrelay.Targets.Accounts;

/// <summary>What a check of an account showed.</summary>
/// <param name="Accepted">Whether the vendor takes the credentials; null when it did not answer.</param>
public sealed record AccountProof(bool? Accepted, IReadOnlyList<KindProof> Kinds);

/// <summary>What an account may do for one kind of target.</summary>
/// <param name="Reads">Whether the kind's read was allowed; null when it was not tried.</param>
/// <param name="Code">Why it was not.</param>
/// <param name="Needs">What a policy of the vendor has to allow for the kind, reads and writes; writes are not tried.</param>
public sealed record KindProof(string Kind, bool? Reads, string? Code, string? Message, IReadOnlyList<string> Needs);

/// <summary>Proves the credentials of an account by one harmless read for each kind of target that its vendor has.</summary>
public sealed class AccountProofs(CloudSessions sessions, AccountGate gate)
{
    /// <summary>Asks the vendor, be it that it refused these credentials before. Behind a refusal nothing more is sent, as some vendors lock a key for it.</summary>
    public async Task<AccountProof> CheckAsync(AccountRecord account, CancellationToken cancellationToken)
    {
        await gate.ForgiveAsync(account.Name, cancellationToken);
        bool? accepted = null;
        var kinds = new List<KindProof>();
        foreach (var kind in DeployTargets.All.Where(kind => kind.Cloud?.Vendor == account.Vendor))
        {
            var needs = TargetsDocument.Permissions(kind.Cloud!);
            if (accepted == false)
            {
                kinds.Add(new KindProof(kind.Name, Reads: null, Code: null, Message: null, needs));
                continue;
            }

            var fault = await FaultAsync(account, kind.Cloud!, cancellationToken);
            if (fault?.Code == FindingCodes.CloudCredentials.Code)
                accepted = false;
            else if (fault is null || fault.Code == FindingCodes.CloudPermission.Code)
                accepted = true; // A refusal of this one call shows that the vendor knows who asks.
            kinds.Add(new KindProof(kind.Name, fault is null, fault?.Code, fault?.Message, needs));
        }

        return new AccountProof(accepted, kinds);
    }

    private async Task<Failure?> FaultAsync(AccountRecord account, CloudKind kind, CancellationToken cancellationToken)
    {
        try
        {
            using var session = await sessions.OpenAsync(account.Name, kind, plan: null, cancellationToken);
            await kind.Check(session, cancellationToken);
            return null;
        }
        catch (Failure fault)
        {
            return fault;
        }
    }
}
