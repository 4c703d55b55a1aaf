using Certrelay.Targets;

namespace Certrelay.App.Http;

/// <summary>The faults that the product itself finds in what a body says, as the API tells them.</summary>
internal static class RequestFaults
{
    // Fields that are called otherwise in the API.
    private static readonly Dictionary<string, string> Renamed = new(StringComparer.Ordinal) { ["window"] = "windowSeconds" };

    /// <summary>The refusal (<c>request.refused</c>) with all of them, each at its place as a JSON pointer.</summary>
    public static ProblemException Refuse(IReadOnlyList<SettingsFault> faults) =>
        new(ProblemCodes.RequestRefused, faults is [var one] ? $"{At(one.Path)}: {one.Message}" : $"The request has {faults.Count} faults.")
        {
            Faults = [.. faults.Select(static fault => new RequestFault(At(fault.Path), fault.Message.TrimEnd('.'), fault.Code))],
        };

    private static string At(string path)
    {
        var steps = path.Replace("[", ".", StringComparison.Ordinal).Replace("]", "", StringComparison.Ordinal).Split('.', StringSplitOptions.RemoveEmptyEntries);
        return string.Concat(steps.Select(static step => $"/{Renamed.GetValueOrDefault(step, step)}"));
    }
}
