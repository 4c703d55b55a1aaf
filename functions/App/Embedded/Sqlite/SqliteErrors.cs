using Microsoft.Data.Sqlite;

namespace Certrelay.App.Embedded.Sqlite;

/// <summary>SQLite's faults in the product's words.</summary>
internal static class SqliteErrors
{
    /// <summary>Runs a call and throws <see cref="Transient"/> (<c>store.unavailable</c>) for whatever SQLite reports: busy, full, an input/output fault.</summary>
    public static T Translated<T>(Func<T> call)
    {
        try
        {
            return call();
        }
        catch (SqliteException fault)
        {
            throw Translate(fault);
        }
    }

    public static Transient Translate(SqliteException fault) =>
        new("store.unavailable", $"The database answered: {fault.Message}", cause: fault);
}
