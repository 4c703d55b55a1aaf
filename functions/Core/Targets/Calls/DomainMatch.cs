namespace Certrelay.Targets.Calls;

/// <summary>Which domains of a product a target follows.</summary>
public enum DomainMatch
{
    /// <summary>Those that its settings list.</summary>
    Listed,

    /// <summary>Every one that the certificate covers, be it added later.</summary>
    Covered,
}
