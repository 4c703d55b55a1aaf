using System.Text.Json.Serialization;

namespace Certrelay.Certificates;

/// <summary>How much a finding weighs: an error refuses, a warning and an information do not.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Severity>))]
public enum Severity
{
    [JsonStringEnumMemberName("info")] Info,
    [JsonStringEnumMemberName("warning")] Warning,
    [JsonStringEnumMemberName("error")] Error,
}

/// <summary>One observation: a stable code, what it concerns (<paramref name="Scope"/>: a block, a subject, an address), a sentence, and what to do about it.</summary>
public sealed record Finding(string Code, Severity Severity, string Scope, string Message, string Remedy);
