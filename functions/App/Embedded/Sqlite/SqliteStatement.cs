using System.Runtime.CompilerServices;
using System.Text;
using SQLitePCL;

namespace Certrelay.App.Embedded.Sqlite;

/// <summary>A prepared statement: bind its parameters in their order, then run it to its end.</summary>
internal sealed class SqliteStatement(SqliteConnection connection, sqlite3_stmt handle) : IDisposable
{
    // A key has at most 512 characters.
    private const int LongestOnStack = 1024;

    private readonly string?[] _texts = new string?[raw.sqlite3_bind_parameter_count(handle)];
    private int _bound;

    /// <summary>Itself, to be bound from its first parameter on, even when a binding failed before.</summary>
    public SqliteStatement Unbound()
    {
        _bound = 0;
        return this;
    }

    public SqliteStatement Bind(long value)
    {
        _texts[_bound++] = null;
        connection.Check(raw.sqlite3_bind_int64(handle, _bound, value));
        return this;
    }

    /// <summary>A text; one that the parameter has from the run before is not bound again, which the table and partition of a batch are.</summary>
    public SqliteStatement Bind(string value)
    {
        ref var last = ref _texts[_bound++];
        if (last == value)
            return this;
        last = null;
        connection.Check(BindText(value));
        last = value;
        return this;
    }

    public SqliteStatement Bind(ReadOnlySpan<byte> value)
    {
        _texts[_bound++] = null;
        connection.Check(value.IsEmpty ? raw.sqlite3_bind_zeroblob(handle, _bound, 0) : raw.sqlite3_bind_blob(handle, _bound, value));
        return this;
    }

    /// <summary>Runs to the end; returns how many rows were changed.</summary>
    public int Execute()
    {
        using var rows = Query();
        while (rows.Read())
        {
        }

        return connection.Changes();
    }

    /// <summary>The number in the first column of the first row; null when there is no row, or no number in it.</summary>
    public long? Number()
    {
        using var rows = Query();
        return rows.Read() && raw.sqlite3_column_type(handle, 0) != raw.SQLITE_NULL ? rows.Number(0) : null;
    }

    /// <summary>The text in the first column of the first row; null when there is no row. Runs to the end, so that a change is whole.</summary>
    public string? Text()
    {
        using var rows = Query();
        var text = rows.Read() ? rows.Text(0) : null;
        while (text is not null && rows.Read())
        {
        }

        return text;
    }

    /// <summary>The rows, to be read before the statement is used again and disposed of after the last one.</summary>
    public Rows Query() => new(this);

    public void Dispose() => handle.Dispose();

    [SkipLocalsInit]
    private int BindText(string value)
    {
        // SQLite takes an empty span, which has no address, for NULL.
        if (value.Length == 0 || value.Length * 3 > LongestOnStack)
            return raw.sqlite3_bind_text(handle, _bound, value);
        Span<byte> utf8 = stackalloc byte[LongestOnStack];
        return raw.sqlite3_bind_text(handle, _bound, utf8[..Encoding.UTF8.GetBytes(value, utf8)]);
    }

    private bool Step()
    {
        var code = raw.sqlite3_step(handle);
        connection.Check(code);
        return code == raw.SQLITE_ROW;
    }

    private void Reset()
    {
        // It repeats the code of the step, which has thrown already.
        _ = raw.sqlite3_reset(handle);
    }

    /// <summary>The rows of a running statement, each valid until the next.</summary>
    internal readonly ref struct Rows(SqliteStatement statement)
    {
        public bool Read() => statement.Step();

        public long Number(int column) => raw.sqlite3_column_int64(statement.Handle, column);

        public byte[] Bytes(int column) => raw.sqlite3_column_blob(statement.Handle, column).ToArray();

        public string Text(int column) => Encoding.UTF8.GetString(raw.sqlite3_column_blob(statement.Handle, column));

        public void Dispose() => statement.Reset();
    }

    private sqlite3_stmt Handle => handle;
}
