using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Certrelay.App.Http;

/// <summary>Query parameters as values; each member throws <see cref="ProblemException"/> (<c>query.invalid</c>) for a text that is none.</summary>
public static class QueryValues
{
    extension(HttpRequest request)
    {
        /// <summary>The text of a parameter; null when it is absent.</summary>
        public string? Text(string name) => request.Query[name].FirstOrDefault();

        /// <summary>A number from <paramref name="least"/> to <paramref name="most"/>.</summary>
        public int? WholeNumber(string name, int least, int most) => request.Text(name) switch
        {
            null => null,
            { } text when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most =>
                number,
            _ => throw Invalid(name, $"is to be a number from {least} to {most}"),
        };

        /// <summary>A moment (RFC 3339), or a day, which is its beginning in UTC; with <paramref name="endOfDay"/> its last moment.</summary>
        public DateTimeOffset? Moment(string name, bool endOfDay = false)
        {
            if (request.Text(name) is not { } text)
                return null;
            if (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
                return new DateTimeOffset(day, endOfDay ? TimeOnly.MaxValue : TimeOnly.MinValue, TimeSpan.Zero);
            return text.Contains('T', StringComparison.Ordinal)
                && DateTimeOffset.TryParse(
                    text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var moment)
                    ? moment
                    : throw Invalid(name, "is to be a day (2026-01-05) or a moment (2026-01-05T08:00:00Z)");
        }

        /// <summary><c>true</c> or <c>false</c>.</summary>
        public bool? Flag(string name) => request.OneOf(name, "true", "false") is { } word ? word == "true" : null;

        /// <summary>One of some words.</summary>
        public string? OneOf(string name, params ReadOnlySpan<string> words)
        {
            if (request.Text(name) is not { } text || words.Contains(text))
                return request.Text(name);
            throw Invalid(name, $"is to be one of {string.Join(", ", words!)}");
        }
    }

    /// <summary>Throws for parameters that the operation does not declare, and for any given twice, all at once.</summary>
    internal static void Check(HttpRequest request, HttpOperation operation)
    {
        if (!request.QueryString.HasValue || operation.IsCatchAll)
            return;
        var (unknown, twice) = (new List<RequestFault>(), new List<RequestFault>());
        foreach (var (name, values) in request.Query)
        {
            if (!operation.QueryNames.Contains(name))
                unknown.Add(new RequestFault($"?{name}", "is unknown"));
            else if (values.Count > 1 && !operation.Queries.Any(query => query.Many && query.Name == name))
                twice.Add(new RequestFault($"?{name}", "occurs twice"));
        }

        Refuse([.. unknown, .. twice]);
    }

    /// <summary>Throws with all faults at once; does nothing when there are none.</summary>
    internal static void Refuse(IReadOnlyList<RequestFault> faults)
    {
        if (faults.Count == 0)
            return;
        var sentence = string.Join(", ", faults.Select(static fault => $"{fault.At} {fault.Detail}"));
        throw new ProblemException(ProblemCodes.QueryInvalid, $"{sentence}.") { Faults = faults };
    }

    internal static ProblemException Invalid(string name, string detail) =>
        new(ProblemCodes.QueryInvalid, $"?{name} {detail}.") { Faults = [new RequestFault($"?{name}", detail)] };
}
