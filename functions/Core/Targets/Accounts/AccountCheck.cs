using System.Text;
using Certrelay.Certificates;

namespace Certrelay.Targets.Accounts;

/// <summary>What can be said against an account without asking its vendor. No fault repeats what was given: it may be a secret in the wrong place.</summary>
internal static class AccountCheck
{
    private const int ShortestSecret = 16;
    private const int LongestSecret = 1024;

    // Fits a vault version (24 KB) beside the secret; AWS's are the longest and stay below 4 KB as a rule.
    private const int LongestToken = 16 * 1024;

    public static IEnumerable<SettingsFault> FaultsOf(AccountDescription account, DateTimeOffset now)
    {
        var rules = VendorRules.Of(account.Vendor);
        if (!ResourceName.IsValid(account.Name))
            yield return new SettingsFault("name", "A name has 1 to 63 of a-z and 0-9 in parts joined by single hyphens.");
        if (account.Site is { } site && !rules.Sites.Contains(site, StringComparer.Ordinal))
            yield return new SettingsFault("site", rules.Sites is [var only] ? $"The site is {only}." : $"The site is one of {string.Join(", ", rules.Sites)}.");
        if (account.Region is { } region && !ResourceName.IsValid(region))
            yield return new SettingsFault("region", "A region is written as the vendor does, such as eu-central-1.");
        if (rules.HasTenant && account.Tenant is null)
            yield return new SettingsFault("tenant", "The directory (tenant) ID is missing.");
        if (!rules.HasTenant && account.Tenant is not null)
            yield return new SettingsFault("tenant", "Only Azure has tenants.");
        if (rules.HasTenant && account.Tenant is { } tenant && !VendorRules.IsGuid(tenant) && !HostName.TryNormalize(tenant, out _))
            yield return new SettingsFault("tenant", "The directory (tenant) ID is a GUID, or a domain of the tenant.");
        if (!rules.KeyId.IsMatch(account.KeyId))
            yield return new SettingsFault("keyId", rules.KeyIdForm);
        if (account.Key is not { } key)
            yield break;
        foreach (var fault in FaultsOf(account.KeyId, key, rules, now))
            yield return fault;
    }

    private static IEnumerable<SettingsFault> FaultsOf(string keyId, AccountSecret key, VendorRules rules, DateTimeOffset now)
    {
        if (key.Secret.Length is < ShortestSecret or > LongestSecret || !IsVisible(key.Secret))
            yield return new SettingsFault("secret", $"A secret is {ShortestSecret} to {LongestSecret} visible ASCII characters without white space.");
        else if (key.Secret.Span.SequenceEqual(Encoding.UTF8.GetBytes(keyId)))
            yield return new SettingsFault("secret", "This is the key id; the secret belongs here.");
        if (key.SessionToken is { } token && !rules.HasSessions)
            yield return new SettingsFault("sessionToken", "The vendor's keys have no session tokens.");
        else if (key.SessionToken is { } given && (given.Length is 0 or > LongestToken || !IsVisible(given)))
            yield return new SettingsFault("sessionToken", $"A session token is at most {LongestToken} visible ASCII characters without white space.");
        if (key.SessionToken is null && rules.TemporaryPrefix is { } temporary && keyId.StartsWith(temporary, StringComparison.Ordinal))
            yield return new SettingsFault("sessionToken", $"The key id begins with {temporary}: a temporary key needs its session token.");
        if (key.SessionExpires is not null && key.SessionToken is null)
            yield return new SettingsFault("sessionExpires", "Only a session token expires.");
        else if (key.SessionExpires <= now)
            yield return new SettingsFault("sessionExpires", "The session has ended; get a new one.");
    }

    private static bool IsVisible(ReadOnlyMemory<byte> text) => !text.Span.ContainsAnyExceptInRange((byte)'!', (byte)'~');
}
