using System.Text.Json;
using System.Text.Json.Nodes;
using Certrelay.Certificates;
using Certrelay.Targets.Calls;

namespace Certrelay.Targets;

/// <summary>What a target is made with besides its settings: the host's services and, for kinds of a vendor, the account opened for this work.</summary>
public sealed record TargetContext(IServiceProvider Services)
{
    /// <summary>The opened account; throws <see cref="InvalidOperationException"/> for a kind that needs none.</summary>
    public CloudSession Cloud
    {
        get => field ?? throw new InvalidOperationException("No account was opened for this target.");
        init;
    }

    /// <summary>True when the work is about an SM2 version, which some kinds keep beside the ordinary certificate; false also for work about leftovers only.</summary>
    public bool IsSm2 { get; init; }

    /// <summary>The names of the certificate that the work is about; none when it is about what was there before only.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];
}

/// <summary>One kind of target: all that the form, the documentation, the check at upload and the runner need to know of it.</summary>
public sealed record TargetKind
{
    private readonly Type _settingsType;
    private readonly Func<object, TargetContext, IDeployTarget> _make;

    private TargetKind(string name, string title, TimeSpan window, Type settingsType, Func<object, TargetContext, IDeployTarget> make)
    {
        (Name, Title, VerificationWindow, _settingsType, _make) = (name, title, window, settingsType, make);
        Schema = SettingsSchema.Of(settingsType);
    }

    /// <summary>The word in the API: <c>nginx</c>, <c>tencent-cdn</c>.</summary>
    public string Name { get; }

    /// <summary>A few words for people.</summary>
    public string Title { get; }

    /// <summary>The JSON schema of the settings (draft 2020-12), with a description of each.</summary>
    public JsonNode Schema { get; }

    /// <summary>False for a kind that is watched and never written.</summary>
    public bool Writes { get; init; } = true;

    /// <summary>True for a place that no call reaches: a plan lists the steps that somebody takes, and a step waits for the handshake that shows them taken.</summary>
    public bool IsByHand { get; init; }

    /// <summary>What it needs at its vendor; null for a kind that calls none.</summary>
    public CloudKind? Cloud { get; init; }

    /// <summary>The account that settings of this kind name; null for a kind without one, or when they are not valid.</summary>
    public string? AccountOf(JsonElement settings) =>
        Cloud is not null && (SettingsReader.Read(_settingsType, settings).Settings as ICloudSettings)?.Account is { } account ? account : null;

    /// <summary>How long the new certificate may take to be seen everywhere, unless the target says otherwise.</summary>
    public TimeSpan VerificationWindow { get; }

    /// <summary>The kinds of keys that can be deployed there, by the names of <see cref="KeyAlgorithm"/>; a kind that takes others too says <c>[.. TargetKeys.Usual, nameof(KeyAlgorithm.Sm2)]</c>.</summary>
    public IReadOnlyList<string> KeyAlgorithms { get; init; } = TargetKeys.Usual;

    /// <summary>What only the host can say about valid settings, such as whether it has a folder of that name.</summary>
    public Func<object, IServiceProvider, IEnumerable<SettingsFault>>? CheckOnHost { get; init; }

    /// <summary>What a deployment of the named certificate with these settings does on this host, or asks of people, for a plan; null for a kind whose plan is made of its vendor's calls.</summary>
    public Func<object, string, IEnumerable<PlannedCall>>? PlannedOnHost { get; init; }

    /// <summary>The writes of a target of this host, in their order; throws <see cref="Permanent"/> (<c>target.settings</c>) when the settings are not valid.</summary>
    public IEnumerable<PlannedCall> PlanOnHost(JsonElement settings, string certificate) => PlannedOnHost?.Invoke(Valid(settings), certificate) ?? [];

    /// <summary>A kind with settings of type <typeparamref name="TSettings"/>.</summary>
    public static TargetKind Of<TSettings>(string name, string title, TimeSpan window, Func<TSettings, TargetContext, IDeployTarget> make)
        where TSettings : notnull =>
        new(name, title, window, typeof(TSettings), (settings, context) => make((TSettings)settings, context));

    /// <summary>Every fault of the settings at once; empty when a target can be made from them on this host.</summary>
    public IReadOnlyList<SettingsFault> Check(JsonElement settings, IServiceProvider services)
    {
        var reading = SettingsReader.Read(_settingsType, settings);
        return reading.Settings is { } valid && CheckOnHost is { } check ? [.. check(valid, services)] : reading.Faults;
    }

    /// <summary>Makes the target; throws <see cref="Permanent"/> (<c>target.settings</c>) when the settings are not valid.</summary>
    public IDeployTarget Create(JsonElement settings, TargetContext context) => _make(Valid(settings), context);

    /// <summary>The settings with everything written out that they leave at its usual value; throws <see cref="Permanent"/> (<c>target.settings</c>) when they are not valid.</summary>
    public JsonElement WrittenOut(JsonElement settings) => SettingsJson.Write(Valid(settings));

    private object Valid(JsonElement settings)
    {
        var reading = SettingsReader.Read(_settingsType, settings);
        if (reading.Settings is { } valid)
            return valid;
        var faults = string.Join(' ', reading.Faults.Select(static fault => $"{fault.Path}: {fault.Message}"));
        throw new Permanent(FindingCodes.TargetSettings.Code, faults);
    }
}
