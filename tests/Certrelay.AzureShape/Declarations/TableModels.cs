namespace Azure.Data.Tables.Models;

/// <summary>Line 58.</summary>
public class TableItem;
