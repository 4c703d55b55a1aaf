namespace Certrelay.Records;

/// <summary>The names of the tables.</summary>
public static class Tables
{
    public const string Certificates = "Certificates";
    public const string Targets = "Targets";
    public const string Rollouts = "Rollouts";
    public const string Due = "Due";
    public const string Index = "Index";
    public const string Findings = "Findings";
    public const string Timers = "Timers";
    public const string Alerts = "Alerts";
    public const string Notices = "Notices";
    public const string Accounts = "Accounts";
    public const string Budgets = "Budgets";
}
