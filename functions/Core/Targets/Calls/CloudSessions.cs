using Certrelay.Certificates;
using Certrelay.Records;
using Certrelay.Targets.Accounts;
using Microsoft.Extensions.Logging;

namespace Certrelay.Targets.Calls;

/// <summary>Opens accounts for work.</summary>
public sealed class CloudSessions(
    AccountRegistry accounts, IRecordStore store, CertificateIndex index, CloudTransport transport, AccountGate gate, CloudOptions options, TimeProvider time, ILoggerFactory loggers)
{
    /// <summary>
    /// Opens an account for a kind; the caller disposes it soon. With a plan, writes are recorded there. Throws as <see cref="AccountRegistry.OpenAsync"/>, and
    /// <see cref="Permanent"/> (<c>target.account</c>) for an account of another vendor.
    /// </summary>
    public async Task<CloudSession> OpenAsync(string account, CloudKind kind, CloudPlan? plan, CancellationToken cancellationToken)
    {
        var credentials = await accounts.OpenAsync(account, cancellationToken);
        if (credentials.Vendor != kind.Vendor)
        {
            credentials.Dispose();
            throw new Permanent(FindingCodes.TargetAccount.Code, $"The account {account} is one of {credentials.Vendor}; this kind needs one of {kind.Vendor}.");
        }

        var uploads = new CloudUploads(store, index, account, plan, options, time);
        return new CloudSession(credentials, kind.Actions, plan, uploads, transport, gate, options, time, loggers.CreateLogger<CloudSession>());
    }
}
