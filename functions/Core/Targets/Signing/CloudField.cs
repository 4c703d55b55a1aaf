namespace Certrelay.Targets.Signing;

/// <summary>A query parameter, form parameter or header of a vendor's call; it shows its name only, as the value may be a key or a token.</summary>
public readonly record struct CloudField(string Name, string Value)
{
    public override string ToString() => Name;
}
