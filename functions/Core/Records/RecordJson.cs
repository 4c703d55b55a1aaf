using System.Text.Json.Serialization;

namespace Certrelay.Records;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(LineageRecord))]
[JsonSerializable(typeof(VersionRecord))]
[JsonSerializable(typeof(TargetRecord))]
[JsonSerializable(typeof(TargetStateRecord))]
[JsonSerializable(typeof(RolloutRecord))]
[JsonSerializable(typeof(StepRecord))]
[JsonSerializable(typeof(JournalRecord))]
internal sealed partial class RecordJson : JsonSerializerContext;
