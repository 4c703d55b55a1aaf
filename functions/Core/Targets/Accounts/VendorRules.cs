using System.Collections.Frozen;
using System.Text.RegularExpressions;
using Certrelay.Records;

namespace Certrelay.Targets.Accounts;

/// <summary>What the credentials of a vendor look like, and which separate clouds it runs; the first site is the usual one.</summary>
internal sealed partial record VendorRules
{
    private const int Patience = 1000;

    public required IReadOnlyList<string> Sites { get; init; }

    /// <summary>The form of a key id; a secret in its place does not have it, so that it is not stored as one.</summary>
    public required Regex KeyId { get; init; }

    public required string KeyIdForm { get; init; }

    /// <summary>How the id of a temporary key begins, where that tells it from a lasting one.</summary>
    public string? TemporaryPrefix { get; init; }

    /// <summary>False for a vendor without temporary keys in this form.</summary>
    public bool HasSessions { get; init; } = true;

    public bool HasTenant { get; init; }

    private static readonly FrozenDictionary<CloudVendor, VendorRules> All = new Dictionary<CloudVendor, VendorRules>
    {
        // Accounts of the two sites are strangers to each other: other hosts, other regions of the certificate store.
        [CloudVendor.Alibaba] = new()
        {
            Sites = ["china", "international"],
            KeyId = AlibabaKeyId(),
            KeyIdForm = "An AccessKey ID begins with LTAI, that of a temporary key with STS., and an old one has 16 letters and digits.",
            TemporaryPrefix = "STS.",
        },
        // Partitions: keys of one are unknown in the other.
        [CloudVendor.Aws] = new()
        {
            Sites = ["aws", "aws-cn"],
            KeyId = AwsKeyId(),
            KeyIdForm = "An access key ID has 16 to 128 capital letters and digits, such as AKIA....",
            TemporaryPrefix = "ASIA",
        },
        [CloudVendor.Azure] = new()
        {
            Sites = ["public"],
            KeyId = Guid(),
            KeyIdForm = "The application (client) ID is a GUID.",
            HasSessions = false,
            HasTenant = true,
        },
        // Europe is a cloud of its own (.myhuaweicloud.eu).
        [CloudVendor.Huawei] = new()
        {
            Sites = ["china", "international", "europe"],
            KeyId = HuaweiKeyId(),
            KeyIdForm = "An access key (AK) has 10 to 64 capital letters and digits.",
        },
        [CloudVendor.Tencent] = new()
        {
            Sites = ["china", "international"],
            KeyId = TencentKeyId(),
            KeyIdForm = "A SecretId begins with AKID.",
        },
    }.ToFrozenDictionary();

    public static VendorRules Of(CloudVendor vendor) => All[vendor];

    public static bool IsGuid(string text) => Guid().IsMatch(text);

    [GeneratedRegex(@"^(LTAI[A-Za-z0-9]{8,60}|STS\.[A-Za-z0-9]{8,120}|[A-Za-z0-9]{16})\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, Patience)]
    private static partial Regex AlibabaKeyId();

    [GeneratedRegex(@"^[A-Z0-9]{16,128}\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, Patience)]
    private static partial Regex AwsKeyId();

    [GeneratedRegex(@"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, Patience)]
    private static partial Regex Guid();

    [GeneratedRegex(@"^[A-Z0-9]{10,64}\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, Patience)]
    private static partial Regex HuaweiKeyId();

    [GeneratedRegex(@"^AKID[A-Za-z0-9_-]{8,124}\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, Patience)]
    private static partial Regex TencentKeyId();
}
