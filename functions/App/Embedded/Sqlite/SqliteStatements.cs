using Microsoft.Data.Sqlite;

namespace Certrelay.App.Embedded.Sqlite;

/// <summary>The prepared statements of one connection, made at their first use.</summary>
internal sealed class SqliteStatements(SqliteConnection connection) : IDisposable
{
    private readonly Dictionary<string, SqliteCommand> _commands = new(StringComparer.Ordinal);

    /// <summary>A statement with its parameters set, in the order of <c>$1 $2 …</c>.</summary>
    public SqliteCommand this[string sql, params ReadOnlySpan<object> values]
    {
        get
        {
            if (!_commands.TryGetValue(sql, out var command))
            {
                command = connection.CreateCommand();
                command.CommandText = sql;
                for (var i = 1; i <= values.Length; i++)
                    command.Parameters.Add(new SqliteParameter($"${i}", null));
                _commands.Add(sql, command);
            }

            for (var i = 0; i < values.Length; i++)
                command.Parameters[i].Value = values[i];
            return command;
        }
    }

    public void Dispose()
    {
        foreach (var command in _commands.Values)
            command.Dispose();
        connection.Dispose();
    }
}
