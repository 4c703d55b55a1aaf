namespace Certrelay.Certificates;

/// <summary>Collects findings in the order in which they are made, one for each code and scope.</summary>
internal sealed class FindingList
{
    private readonly List<Finding> _findings = [];

    public IReadOnlyList<Finding> All => _findings;

    public void Clear() => _findings.Clear();

    public void Add(Finding? finding)
    {
        if (finding is not null && !_findings.Exists(known => known.Code == finding.Code && known.Scope == finding.Scope))
            _findings.Add(finding);
    }

    public void AddRange(IEnumerable<Finding> findings)
    {
        foreach (var finding in findings)
            Add(finding);
    }
}
