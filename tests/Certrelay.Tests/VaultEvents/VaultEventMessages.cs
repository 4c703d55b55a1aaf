using Certrelay.Vault;

namespace Certrelay.Tests.VaultEvents;

/// <summary>Messages as Event Grid puts them into a storage queue; the oddities are those of its own documentation.</summary>
internal static class VaultEventMessages
{
    public static string Write(VaultReference about, string shape, string type) => shape == "cloud-events"
        ? $$"""
            {"id":"00eccf70-95a7-4e7c-8299-2eb17ee9ad64","source":"/subscriptions/s/resourceGroups/sample-rg/providers/Microsoft.KeyVault/vaults/sample-kv",
             "subject":"{{about.Name}}","type":"Microsoft.KeyVault.{{type}}","time":"2019-07-25T01:08:33.1036736Z","data":{{Data(about, "Secret")}},"specversion":"1.0"}
            """
        : $$"""
            {"id":"00eccf70-95a7-4e7c-8299-2eb17ee9ad64","topic":"/subscriptions/s/resourceGroups/sample-rg/providers/Microsoft.KeyVault/vaults/sample-kv",
             "subject":"{{about.Name}}","eventType":"Microsoft.KeyVault.{{type}}","eventTime":"2019-07-25T01:08:33.1036736Z",
             "data":{{Data(about, shape == "certificate" ? "Certificate" : "Secret")}},"dataVersion":"1","metadataVersion":"1"}
            """;

    private static string Data(VaultReference about, string kind) => $$"""
        {"Id":"https://sample-kv.vault.azure.net/{{kind.ToLowerInvariant()}}s/{{about.Name}}/{{about.Version}}","VaultName":"sample-kv","ObjectType":"{{kind}}",
         "ObjectName ":"{{about.Name}}","Version":" {{about.Version}}","NBF":"1559081980","EXP":null}
        """;
}
