using System.Text;
using System.Text.Json;
using Certrelay.Records;
using Certrelay.Targets;
using Certrelay.Vault;

namespace Certrelay.Watch.VaultEvents;

/// <summary>An event as Event Grid delivers it, in its own schema or in that of CloudEvents 1.0; of Key Vault's, those about secrets and certificates say which version they mean.</summary>
/// <remarks>https://learn.microsoft.com/azure/event-grid/event-schema-key-vault; what else an event holds is left alone, as Event Grid asks of its readers.</remarks>
public sealed record VaultEvent
{
    private const string Validation = "Microsoft.EventGrid.SubscriptionValidationEvent";
    private const string Source = "Microsoft.KeyVault.";

    private static readonly string[] Known =
    [
        "SecretNewVersionCreated", "SecretNearExpiry", "SecretExpired", "CertificateNewVersionCreated", "CertificateNearExpiry", "CertificateExpired",
    ];

    private VaultEvent()
    {
    }

    public required string Type { get; init; }

    /// <summary>The version of a secret that the event is about; null for an event about anything else.</summary>
    public VaultReference? About { get; private init; }

    /// <summary>What Event Grid wants to hear back before it delivers to a webhook; null for any other event.</summary>
    public string? ValidationCode { get; private init; }

    /// <summary>The event as it came.</summary>
    public required JsonElement Json { get; init; }

    /// <summary>The events of a message, one or an array; throws <see cref="JsonException"/> for anything else, so that it goes to poison.</summary>
    public static IReadOnlyList<VaultEvent> Read(string message)
    {
        using var document = JsonDocument.Parse(message);
        var faults = new List<SettingsFault>();
        var events = Read(document.RootElement, faults);
        return faults.Count == 0 ? events : throw new JsonException(string.Join(", ", faults.Select(static fault => $"{fault.Path} {fault.Message}")));
    }

    /// <summary>As the other overload; every fault goes to <paramref name="faults"/> with its place as a JSON pointer.</summary>
    public static IReadOnlyList<VaultEvent> Read(JsonElement body, List<SettingsFault> faults)
    {
        if (body.ValueKind == JsonValueKind.Array && body.GetArrayLength() > 0)
            return [.. body.EnumerateArray().Select((one, index) => ReadOne(one, $"/{index}", faults)).OfType<VaultEvent>()];
        return ReadOne(body, "", faults) is { } single ? [single] : [];
    }

    private static VaultEvent? ReadOne(JsonElement json, string at, List<SettingsFault> faults)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            faults.Add(new SettingsFault(at, "is to be an event"));
            return null;
        }

        var before = faults.Count;
        var isCloudEvent = json.TryGetProperty("specversion", out var version);
        if (isCloudEvent && !version.ValueEquals("1.0"))
            faults.Add(new SettingsFault($"{at}/specversion", "is to be 1.0"));
        if (Encoding.UTF8.GetByteCount(json.GetRawText()) > IWorkQueue.LongestBody)
            faults.Add(new SettingsFault(at, $"is longer than {IWorkQueue.LongestBody} bytes"));
        Text(json, "id", at, faults);
        var type = Text(json, isCloudEvent ? "type" : "eventType", at, faults);
        var about = IsKnown(type) ? ReadAbout(Data(json, at, faults), at, faults) : null;
        var code = type == Validation && Data(json, at, faults) is { } data ? Text(data, "validationCode", $"{at}/data", faults) : null;
        return faults.Count > before ? null : new VaultEvent { Type = type!, About = about, ValidationCode = code, Json = json.Clone() };
    }

    private static bool IsKnown(string? type) => type?.StartsWith(Source, StringComparison.Ordinal) == true && Known.Contains(type[Source.Length..], StringComparer.Ordinal);

    private static VaultReference? ReadAbout(JsonElement? data, string at, List<SettingsFault> faults)
    {
        if (data is not { } known)
            return null;
        var (name, version) = (Text(known, "ObjectName", $"{at}/data", faults), Text(known, "Version", $"{at}/data", faults));
        if (name is not null && !VaultForm.IsName(name))
            faults.Add(new SettingsFault($"{at}/data/ObjectName", "is to be the name of a secret"));
        if (version is not null && !VaultForm.IsName(version))
            faults.Add(new SettingsFault($"{at}/data/Version", "is to be the version of a secret"));
        return name is null || version is null ? null : new VaultReference(name, version);
    }

    private static JsonElement? Data(JsonElement json, string at, List<SettingsFault> faults)
    {
        if (json.TryGetProperty("data", out var data) && data.ValueKind == JsonValueKind.Object)
            return data;
        faults.Add(new SettingsFault($"{at}/data", "is to be an object"));
        return null;
    }

    /// <summary>Some of Key Vault's own samples have blanks around names and values, and its clients take either case.</summary>
    private static string? Text(JsonElement json, string name, string at, List<SettingsFault> faults)
    {
        var found = json.EnumerateObject().Where(member => member.Name.AsSpan().Trim().Equals(name, StringComparison.OrdinalIgnoreCase)).Select(static member => member.Value);
        if (found.FirstOrDefault() is { ValueKind: JsonValueKind.String } value && value.GetString()!.Trim() is { Length: > 0 and <= 1024 } text)
            return text;
        faults.Add(new SettingsFault($"{at}/{name}", "is to be a text"));
        return null;
    }
}
