using Certrelay.Targets.Calls;

namespace Certrelay.Targets.Azure;

/// <summary>The actions of Azure that targets call, named as its SDKs name the operations.</summary>
/// <remarks>Permissions are data actions of Azure's role-based access control. A token needs none, and is put under the first one that it is for.</remarks>
internal static class AzureActions
{
    private const string Certificates = "Microsoft.KeyVault/vaults/certificates";

    public static readonly CloudAction Token = new("entra", "GetToken", Writes: false) { Permission = $"{Certificates}/read" };
    public static readonly CloudAction Get = new("keyvault", "GetCertificate", Writes: false) { Permission = $"{Certificates}/read" };
    public static readonly CloudAction GetOperation = new("keyvault", "GetCertificateOperation", Writes: false) { Permission = $"{Certificates}/read" };
    public static readonly CloudAction Import = new("keyvault", "ImportCertificate", Writes: true) { Permission = $"{Certificates}/import/action" };
    public static readonly CloudAction Recover = new("keyvault", "RecoverDeletedCertificate", Writes: true) { Permission = $"{Certificates}/recover/action" };
}
