using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Certrelay.Records;

namespace Certrelay.Targets.Calls;

/// <summary>How vendors are called.</summary>
public sealed record CloudOptions : IValidatableObject
{
    [Description("By vendor (alibaba, aws, huawei, tencent): the base URL of its API in place of the vendor's own hosts, such as a private endpoint or a simulator: https, or http on loopback.")]
    public IReadOnlyDictionary<string, string> Endpoints { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    [Description("By vendor and action (tencent.ssl.UploadCertificate, or tencent.ssl for the whole service): how often an account may call it, as calls/seconds: 20/60.")]
    public IReadOnlyDictionary<string, string> Limits { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    [Description("How many seconds a vendor has to answer one call.")]
    [Range(1, 300)]
    public int CallTimeoutSeconds { get; init; } = 30;

    [Description("How many superseded uploads of a certificate stay in a vendor's store, so that a restore finds them; fewer when the store is full.")]
    [Range(0, 100)]
    public int KeepUploads { get; init; } = 1;

    [Description("Actions whose private key goes in the body of the call where the vendor's definition places it in the address: alibaba.cas.UploadUserCertificate. Name one when a call of yours has shown that the vendor takes it.")]
    public IReadOnlyList<string> KeysInBody { get; init; } = [];

    /// <summary><see cref="CallTimeoutSeconds"/> as a time.</summary>
    public TimeSpan CallTimeout => TimeSpan.FromSeconds(CallTimeoutSeconds);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var (vendor, address) in Endpoints)
        {
            if (!Enum.GetValues<CloudVendor>().Any(known => Word(known) == vendor))
                yield return new ValidationResult("There is no such vendor.", [$"{nameof(Endpoints)}:{vendor}"]);
            if (!Uri.TryCreate(address, UriKind.Absolute, out var url) || !(url.Scheme == "https" || (url.Scheme == "http" && url.IsLoopback)) || url.PathAndQuery != "/" || url.UserInfo.Length > 0)
                yield return new ValidationResult("A base URL is https://host, or http on loopback, without path and user.", [$"{nameof(Endpoints)}:{vendor}"]);
        }

        foreach (var (action, limit) in Limits)
        {
            if (!RateLimit.TryParse(limit, out _))
                yield return new ValidationResult("A limit is calls/seconds, such as 20/60.", [$"{nameof(Limits)}:{action}"]);
        }
    }

    /// <summary>The vendor's word in the API.</summary>
    public static string Word(CloudVendor vendor) => vendor.ToString().ToLowerInvariant();
}
