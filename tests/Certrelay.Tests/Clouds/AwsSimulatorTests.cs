using System.Text.Json;
using System.Text.Json.Nodes;
using Certrelay.Simulators.Aws;
using Certrelay.Targets.Signing;
using Certrelay.Tests.Support;

namespace Certrelay.Tests.Clouds;

/// <summary>The simulator of AWS against requests of the official clients, as recorded, and against bad ones.</summary>
public sealed class AwsSimulatorTests : IAsyncLifetime
{
    private const string CapturedId = "12345678-1234-1234-1234-123456789012";
    private const string Listener = "f2f7dc8efc522ab2";

    private static readonly string Captures = Path.Combine(Repository.Root, "tests", "Certrelay.Tests", "Targets", "Signing", "captures");

    // The clock of every capture.
    private readonly ManualTime _time = new(new DateTimeOffset(2026, 11, 22, 8, 30, 45, TimeSpan.Zero));
    private AwsSimulator _aws = null!;
    private AwsClient _client = null!;

    public static TheoryData<string> Recorded =>
        [.. Directory.GetFiles(Captures, "aws-*.json").Select(Path.GetFileNameWithoutExtension).OfType<string>().Order(StringComparer.Ordinal)];

    public async Task InitializeAsync()
    {
        _aws = await AwsSimulator.StartAsync(_time);
        _client = new AwsClient(_aws, _time);
        using var leaf = TestCertificates.Leaf("www.example.com");
        foreach (var region in (string[])["us-east-1", AwsClient.Region])
            _aws.AddCertificate(region, leaf.Pem, null, leaf.KeyPem, $"arn:aws:acm:{region}:123456789012:certificate/{CapturedId}");
        _aws.AddDistribution(
            "EDFDVBD6EXAMPLE", ["www.example.com"], $"arn:aws:acm:us-east-1:123456789012:certificate/{CapturedId}", reference: "example-ref-1", etag: "E2QWRUHEXAMPLE");
        _aws.AddDistribution("ED/V B+6*~", [], null);
        var regional = $"arn:aws:acm:{AwsClient.Region}:123456789012:certificate/{CapturedId}";
        _aws.AddLoadBalancer(AwsClient.Region, LoadBalancerKind.Application, "my-lb", "50dc6c495c0c9188").AddListener(443, "HTTPS", regional, Listener);
        _aws.AddLoadBalancer(AwsClient.Region, LoadBalancerKind.Classic, "my-classic-lb").AddListener(443, "HTTPS", regional);
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _aws.DisposeAsync();
    }

    [Theory]
    [MemberData(nameof(Recorded))]
    public async Task A_recorded_request_of_the_official_client_is_accepted(string name)
    {
        var answer = await ReplayAsync(name);

        Assert.Null(answer.Code);
        var call = Assert.Single(_aws.Calls);
        Assert.Contains(call.Action.Split('.')[1], name, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Recorded))]
    public async Task One_changed_character_of_the_signature_is_refused(string name)
    {
        var answer = await ReplayAsync(name, static header => header[..^1] + (header[^1] == '0' ? '1' : '0'));

        Assert.Equal(name.StartsWith("aws-acm", StringComparison.Ordinal) ? "InvalidSignatureException" : "SignatureDoesNotMatch", answer.Code);
        Assert.Empty(_aws.Calls);
    }

    [Theory]
    [MemberData(nameof(Recorded))]
    public async Task Sixteen_minutes_of_skew_are_refused(string name)
    {
        _time.Advance(TimeSpan.FromMinutes(16));

        var answer = await ReplayAsync(name);

        Assert.Equal(name.StartsWith("aws-acm", StringComparison.Ordinal) ? "InvalidSignatureException" : "RequestExpired", answer.Code);
    }

    [Theory]
    [MemberData(nameof(Recorded))]
    public async Task One_changed_byte_of_the_body_is_refused(string name)
    {
        using var capture = Read(name);
        if (capture.RootElement.GetProperty("body").GetString()!.Length == 0)
            return;

        var answer = await ReplayAsync(name, body: static body => body[..^1] + (char)(body[^1] ^ 1));

        Assert.Contains(answer.Code, (string[])["InvalidSignatureException", "SignatureDoesNotMatch"]);
    }

    [Theory]
    [InlineData("an unknown key", "AKIAI00000000EXAMPLE", null, "UnrecognizedClientException", "InvalidClientTokenId")]
    [InlineData("a key of the other partition", "AKIAI44QH8DHBEXAMPLE", null, "UnrecognizedClientException", "InvalidClientTokenId")]
    [InlineData("a temporary key without its token", "ASIAIOSFODNN7EXAMPLE", null, "UnrecognizedClientException", "InvalidClientTokenId")]
    [InlineData("a lasting key with a token", "AKIAIOSFODNN7EXAMPLE", "token", "UnrecognizedClientException", "InvalidClientTokenId")]
    public async Task A_caller_who_is_not_known_is_refused(string description, string id, string? token, string json, string xml)
    {
        _client.Key = new AwsKey(id, AwsKey.Lasting.SecretAccessKey, token);

        Assert.True(json == (await _client.AcmAsync("ListCertificates", [])).Code, description);
        Assert.True(xml == (await _client.IamAsync("ListServerCertificates")).Code, description);
        Assert.True(xml == (await _client.CloudFrontAsync("GET", [])).Code, description);
    }

    [Theory]
    [InlineData("x-amz-date", "IncompleteSignatureException")]
    [InlineData("Authorization", "MissingAuthenticationTokenException")]
    public async Task A_request_without_a_header_of_its_signature_is_refused(string left, string code)
    {
        var answer = await ReplayAsync("aws-acm-ListCertificates", headers: one => !string.Equals(one.Name, left, StringComparison.OrdinalIgnoreCase));

        Assert.Equal(code, answer.Code);
    }

    [Fact]
    public async Task A_header_that_should_be_signed_and_is_not_is_refused()
    {
        var answer = await ReplayAsync("aws-cloudfront-GetDistributionConfig", extra: new CloudField("x-amz-meta", "later"));

        Assert.Equal("SignatureDoesNotMatch", answer.Code);
    }

    [Fact]
    public async Task A_region_that_a_global_service_is_not_signed_for_is_refused()
    {
        var answer = await _client.QueryAsync("iam", "eu-west-1", "ListServerCertificates", "2010-05-08");

        Assert.Equal("SignatureDoesNotMatch", answer.Code);
    }

    [Fact]
    public async Task A_signature_proves_an_account()
    {
        _client.Key = AwsKey.Temporary;

        var answer = await _client.QueryAsync("sts", "eu-west-1", "GetCallerIdentity", "2011-06-15");

        Assert.Equal(["123456789012"], answer.Values("Account"));
    }

    [Theory]
    [InlineData("ImportCertificate", "PrivateKey", "ValidationException")]
    [InlineData("ImportCertificate", "Certificate", "ValidationException")]
    [InlineData("DescribeCertificate", "CertificateArn", "ValidationException")]
    [InlineData("GetCertificate", "CertificateArn", "ValidationException")]
    [InlineData("DeleteCertificate", "CertificateArn", "ValidationException")]
    [InlineData("AddTagsToCertificate", "Tags", "ValidationException")]
    [InlineData("ListTagsForCertificate", "CertificateArn", "ValidationException")]
    public async Task A_field_that_ACM_requires_is_missed(string action, string left, string code)
    {
        using var leaf = TestCertificates.Leaf("www.example.com");
        var body = action == "ImportCertificate" ? Import(leaf) : new JsonObject { ["CertificateArn"] = _aws.CertificatesIn(AwsClient.Region)[0], ["Tags"] = new JsonArray() };
        if (action is not ("ImportCertificate" or "AddTagsToCertificate"))
            body.Remove("Tags");
        body.Remove(left);

        Assert.Equal(code, (await _client.AcmAsync(action, body)).Code);
    }

    [Theory]
    [InlineData("2015-12-01", "DescribeListeners")]
    [InlineData("2015-12-01", "DescribeListenerCertificates")]
    [InlineData("2015-12-01", "ModifyListener")]
    [InlineData("2015-12-01", "AddListenerCertificates")]
    [InlineData("2015-12-01", "RemoveListenerCertificates")]
    [InlineData("2012-06-01", "SetLoadBalancerListenerSSLCertificate")]
    public async Task A_parameter_that_a_load_balancer_requires_is_missed(string version, string action)
    {
        string[] required = action switch
        {
            "DescribeListeners" or "DescribeListenerCertificates" => ["ListenerArn"],
            "SetLoadBalancerListenerSSLCertificate" => ["LoadBalancerName", "LoadBalancerPort", "SSLCertificateId"],
            _ => ["ListenerArn", "Certificates.member.1.CertificateArn"],
        };
        foreach (var left in required)
        {
            var fields = required.Where(name => name != left).Select(name => (name, name == "ListenerArn" ? ListenerArn : "x")).ToArray();

            Assert.Equal("ValidationError", (await _client.QueryAsync("elasticloadbalancing", AwsClient.Region, action, version, fields)).Code);
        }
    }

    [Theory]
    [InlineData("UploadServerCertificate", "ServerCertificateName")]
    [InlineData("UploadServerCertificate", "CertificateBody")]
    [InlineData("UploadServerCertificate", "PrivateKey")]
    [InlineData("GetServerCertificate", "ServerCertificateName")]
    [InlineData("DeleteServerCertificate", "ServerCertificateName")]
    public async Task A_parameter_that_IAM_requires_is_missed(string action, string left)
    {
        string[] all = action == "UploadServerCertificate" ? ["ServerCertificateName", "CertificateBody", "PrivateKey"] : ["ServerCertificateName"];

        Assert.Equal("ValidationError", (await _client.IamAsync(action, [.. all.Where(name => name != left).Select(name => (name, "x"))])).Code);
    }

    [Fact]
    public async Task An_unknown_action_another_version_and_an_unknown_parameter_are_refused()
    {
        Assert.Equal("UnknownOperationException", (await _client.AcmAsync("ImportCertificates", [])).Code);
        Assert.Equal("ValidationException", (await _client.AcmAsync("ListCertificates", new JsonObject { ["KeyTypes"] = "x" })).Code);
        Assert.Equal("InvalidAction", (await _client.ElbV2Async("ModifyListeners")).Code);
        Assert.Equal("InvalidAction", (await _client.QueryAsync("elasticloadbalancing", AwsClient.Region, "ModifyListener", "2015-12-02")).Code);
        Assert.Equal("InvalidAction", (await _client.ClassicAsync("ModifyListener")).Code);
        Assert.Equal("MalformedInput", (await _client.IamAsync("ListServerCertificates", ("Prefix", "/"))).Code);
        Assert.Equal("InvalidAction", (await _client.CloudFrontAsync("DELETE", ["EDFDVBD6EXAMPLE"])).Code);
    }

    internal static JsonObject Import(TestCertificate leaf, string? arn = null)
    {
        var body = new JsonObject { ["Certificate"] = Base64(leaf.Pem), ["PrivateKey"] = Base64(leaf.KeyPem), ["CertificateChain"] = Base64(string.Concat(leaf.Intermediates().Select(one => one.Pem))) };
        if (arn is not null)
            body["CertificateArn"] = arn;
        return body;
    }

    private static string ListenerArn => $"arn:aws:elasticloadbalancing:{AwsClient.Region}:123456789012:listener/app/my-lb/50dc6c495c0c9188/{Listener}";

    private static string Base64(string text) => Convert.ToBase64String(Pem.Bytes(text));

    private static JsonDocument Read(string name) => JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Captures, name + ".json")));

    private async Task<AwsAnswer> ReplayAsync(
        string name, Func<string, string>? authorization = null, Func<string, string>? body = null, Func<CloudField, bool>? headers = null, CloudField? extra = null)
    {
        using var capture = Read(name);
        var root = capture.RootElement;
        string Text(string field) => root.GetProperty(field).GetString()!;
        var sent = Text("body");
        string[] byContent = ["content-type", "content-length", "connection"];
        var all = root.GetProperty("headers").EnumerateArray()
            .Select(one => new CloudField(one.GetProperty("name").GetString()!, one.GetProperty("value").GetString()!))
            .Select(one => one.Name == "authorization" && authorization is not null ? one with { Value = authorization(one.Value) } : one)
            .Where(one => headers?.Invoke(one) != false)
            .ToList();
        if (extra is { } added)
            all.Add(added);
        var address = new Uri($"{_aws.Endpoint.GetLeftPart(UriPartial.Authority)}{Text("path")}", new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        return await _client.SendAsync(
            Text("method"), address, all.Where(one => !byContent.Contains(one.Name, StringComparer.OrdinalIgnoreCase)),
            all.Find(one => one.Name == "content-type").Value, sent.Length == 0 ? null : Pem.Bytes(body?.Invoke(sent) ?? sent));
    }
}
