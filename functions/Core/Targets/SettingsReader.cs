using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Certrelay.Targets;

/// <summary>
/// Reads settings and names every fault at once. The serialiser stops at the first one, so the JSON is walked along the metadata of the type; each value is
/// then read by the serialiser and checked by its data annotations.
/// </summary>
internal static class SettingsReader
{
    public static SettingsReading Read(Type type, JsonElement json)
    {
        List<SettingsFault> faults = [];
        var settings = ReadValue(json, SettingsJson.Options.GetTypeInfo(type), "", faults);
        return faults.Count == 0 ? new SettingsReading(settings, []) : new SettingsReading(null, faults);
    }

    private static object? ReadValue(JsonElement json, JsonTypeInfo type, string path, List<SettingsFault> faults)
    {
        var before = faults.Count;
        switch (type.Kind, json.ValueKind)
        {
            case (_, JsonValueKind.Null):
                faults.Add(new SettingsFault(path, "must not be null."));
                break;
            case (JsonTypeInfoKind.Object, JsonValueKind.Object):
                ReadMembers(json, type, path, faults);
                break;
            case (JsonTypeInfoKind.Enumerable, JsonValueKind.Array):
                foreach (var (index, item) in json.EnumerateArray().Index())
                    ReadValue(item, SettingsJson.Options.GetTypeInfo(type.ElementType!), $"{path}[{index}]", faults);
                break;
            case (JsonTypeInfoKind.Dictionary, JsonValueKind.Object):
                foreach (var entry in json.EnumerateObject())
                    ReadValue(entry.Value, SettingsJson.Options.GetTypeInfo(type.ElementType!), Join(path, entry.Name), faults);
                break;
        }

        if (faults.Count > before)
            return null;
        try
        {
            var value = json.Deserialize(type);
            if (value is IValidatableObject whole)
                faults.AddRange(Judge(whole, path));
            return value;
        }
        catch (JsonException)
        {
            faults.Add(new SettingsFault(path, SettingsWords.Expected(type)));
            return null;
        }
    }

    private static void ReadMembers(JsonElement json, JsonTypeInfo type, string path, List<SettingsFault> faults)
    {
        var members = type.Properties.ToDictionary(static member => member.Name, StringComparer.Ordinal);
        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach (var given in json.EnumerateObject())
        {
            var inner = Join(path, given.Name);
            if (!seen.Add(given.Name))
                faults.Add(new SettingsFault(inner, "is given twice."));
            else if (!members.TryGetValue(given.Name, out var member))
                faults.Add(new SettingsFault(inner, SettingsWords.Unknown(members.Keys)));
            else if (given.Value.ValueKind != JsonValueKind.Null || !member.IsSetNullable)
                ReadMember(given.Value, member, inner, faults);
        }

        foreach (var absent in type.Properties.Where(member => member.IsRequired && !seen.Contains(member.Name)))
            faults.Add(new SettingsFault(Join(path, absent.Name), "is required."));
    }

    private static void ReadMember(JsonElement json, JsonPropertyInfo member, string path, List<SettingsFault> faults)
    {
        var before = faults.Count;
        var value = ReadValue(json, SettingsJson.Options.GetTypeInfo(member.PropertyType), path, faults);
        if (faults.Count > before || value is null)
            return;
        var context = new ValidationContext(value) { MemberName = member.Name, DisplayName = member.Name };
        foreach (var rule in member.AttributeProvider?.GetCustomAttributes(typeof(ValidationAttribute), inherit: true) ?? [])
        {
            if (((ValidationAttribute)rule).GetValidationResult(value, context) is { } fault)
                faults.Add(new SettingsFault(path, fault.ErrorMessage ?? "is not valid."));
        }
    }

    private static IEnumerable<SettingsFault> Judge(IValidatableObject whole, string path) =>
        from fault in whole.Validate(new ValidationContext(whole))
        from member in fault.MemberNames.DefaultIfEmpty("")
        select new SettingsFault(
            member.Length == 0 ? path : Join(path, JsonNamingPolicy.CamelCase.ConvertName(member)),
            fault.ErrorMessage ?? "is not valid.");

    private static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";
}
