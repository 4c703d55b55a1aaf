using Certrelay.App;
using Certrelay.Tests.Support;
using Microsoft.Extensions.Configuration;

namespace Certrelay.Tests.App;

public sealed class SettingsTests
{
    public static TheoryData<string, string, string, string> Faults() => new()
    {
        { "an address of no host", "Http:Url", "somewhere", "Http:Url: The address begins with http:// or https://." },
        { "plain http for everyone", "Http:Url", "http://0.0.0.0:80", "Http:Url: Outside loopback the API listens with https only, or with Http:BehindProxy=true behind a proxy that ends TLS." },
        { "no number", "Http:BodyLimit", "many", "Http:BodyLimit: is to be a whole number." },
        { "a number out of range", "Rollouts:LeaseSeconds", "0", "Rollouts:LeaseSeconds: The field LeaseSeconds must be between 1 and 300." },
        { "neither true nor false", "Outgoing:AllowLoopbackEndpoints", "yes", "Outgoing:AllowLoopbackEndpoints: is to be true or false." },
        { "a setting that does not exist", "Http:Adress", "x", "Http:Adress: there is no such setting." },
        { "one in a group of a map", "Local:Commands:reload:Timeout", "5", "Local:Commands:reload:Timeout: there is no such setting." },
        { "a value for a group", "Vault", "secret", "Vault: is a group of settings and has no value of its own." },
        { "a setting below a plain one", "Http:Url:Port", "80", "Http:Url:Port: there is no such setting." },
        { "no network", "Outgoing:Allow:0", "here", "Outgoing:Allow[0]: here is not a network; write address and prefix length without host bits, such as 10.20.0.0/16." },
        { "a Key Vault without TLS", "Vault:Uri", "http://shop.vault.azure.net", "Vault:Uri: The address of a Key Vault is https and a host, without a path." },
        { "a Key Vault with a path", "Vault:Uri", "https://shop.vault.azure.net/secrets", "Vault:Uri: The address of a Key Vault is https and a host, without a path." },
        { "an identity platform with a tenant", "Vault:Authority", "https://login.microsoftonline.com/common", "Vault:Authority: The address of the identity platform is https and a host, without a path." },
        { "a client secret of nobody", "Vault:ClientSecret", "x", "Vault:ClientSecret: A client secret needs Vault:ClientId and Vault:TenantId." },
        { "an identity for nothing", "Vault:ClientId", "x", "Vault:Uri: Vault:Uri is absent, so nothing is asked for as this identity." },
        { "a relative root", "Local:Roots:web", "www", "Local:Roots:web: A root is an absolute folder." },
        { "an RSA key that clients refuse", "Policy:Keys:0", "rsa-1024+", "Policy:Keys[0]: rsa-1024+ is no kind of key; known are rsa-<bits>, rsa-<bits>+, p-256, p-384, p-521, sm2, ed25519." },
        { "a hash that is no signature", "Policy:Signatures:0", "sha256", "Policy:Signatures[0]: sha256 is no kind of signature; known are rsa-sha256, rsa-sha384, rsa-sha512, rsa-pss-sha256, rsa-pss-sha384, rsa-pss-sha512, ecdsa-sha256, ecdsa-sha384, ecdsa-sha512, sm2-sm3, ed25519." },
        { "a level for no domain", "Policy:Levels:0:Level", "ov", "Policy:Levels[0]:Domain: A domain is written as shop.example.com, *.example.com or *." },
        { "a level that there is not", "Policy:Levels:0:Level", "gold", "Policy:Levels[0]:Level: A level is dv, iv, ov or ev." },
        { "a window of no zone", "Rollouts:Windows:0", "Sat 02:00-04:00 Here", "Rollouts:Windows[0]: 'Here' is no time zone that this host knows; they are called like Europe/Berlin, or UTC." },
        { "a tag without a name", "Policy:RequiredTags:0", "", "Policy:RequiredTags[0]: A tag is named in 1 to 100 characters, none of them a control character." },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public void A_fault_is_told_with_its_setting(string row, string key, string value, string fault)
    {
        Assert.NotEmpty(row);

        Assert.Contains(fault, Assert.Throws<SettingsException>(() => Read((key, value))).Faults);
    }

    [Fact]
    public void Every_fault_is_told_at_once()
    {
        var faults = Assert.Throws<SettingsException>(() => Read(
            ("Http:BodyLimit", "many"), ("Http:Url", "http://example.test"), ("Rollouts:LeaseSeconds", "x"), ("Rollouts:Speed", "high"), ("Local:Roots:A B", "/srv"))).Faults;

        Assert.Equal(5, faults.Count);
        Assert.DoesNotContain(faults, fault => fault.Contains("many", StringComparison.Ordinal));
    }

    [Fact]
    public void Settings_are_bound_and_others_are_nobodys_business()
    {
        var settings = Read(
            ("DataFolder", "d"), ("Http:Url", "http://[::1]:1"), ("Local:Roots:web", "/srv/web"), ("Local:Commands:reload:Argv:0", "nginx"), ("Local:Commands:reload:Argv:1", "-s"),
            ("Outgoing:Allow:0", "10.0.0.0/8"), ("Logging:LogLevel:Default", "Debug"), ("PATH", "/bin"));

        Assert.Equal(("d", "http://[::1]:1", "/srv/web", "nginx -s", "10.0.0.0/8"), (
            settings.DataFolder, settings.Http.Url, settings.Local.Roots["web"], string.Join(' ', settings.Local.Commands["reload"].Argv), Assert.Single(settings.Outgoing.Allow)));
    }

    [Fact]
    public void A_proxy_that_ends_TLS_allows_plain_http() =>
        Assert.True(Read(("Http:Url", "http://0.0.0.0:80"), ("Http:BehindProxy", "true")).Http.BehindProxy);

    [Fact]
    public void Every_default_keeps_its_own_rules() => Assert.All(
        SettingShape.Of(typeof(Settings)).Leaves().Where(leaf => leaf.Setting.Property is not null && !leaf.Path.Contains('<', StringComparison.Ordinal)),
        leaf => Assert.All(leaf.Setting.Rules, rule => Assert.True(rule.IsValid(leaf.Setting.Default), leaf.Path)));

    [Fact]
    public void The_page_on_settings_is_up_to_date() => GeneratedPage.Check("settings.md", SettingsDocument.ToMarkdown());

    [Fact]
    public void The_sample_is_up_to_date_and_works()
    {
        GeneratedPage.Check("../local.settings.sample.json", SettingsDocument.Sample());

        using var text = new MemoryStream(Pem.Bytes(SettingsDocument.Sample()));
        var sample = new ConfigurationBuilder().AddJsonStream(text).Build();
        Assert.Equal(new Settings().Http, SettingsCheck.Read(sample.GetSection("Values")).Http);
    }

    private static Settings Read(params (string Key, string Value)[] values) => SettingsCheck.Read(
        new ConfigurationBuilder().AddInMemoryCollection(values.Select(pair => KeyValuePair.Create(pair.Key, (string?)pair.Value))).Build());
}
