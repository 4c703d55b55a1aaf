using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using Certrelay.Certificates;
using Certrelay.Records;
using Certrelay.Simulators;
using Certrelay.Targets;
using Certrelay.Targets.Aws;
using Certrelay.Tests.Support;
using Certrelay.Tests.Targets.Calls;

namespace Certrelay.Tests.Targets.Aws;

/// <summary>What the targets send is what the official clients sent for the same input: action, host, version, parameters and their place.</summary>
public sealed class AwsCaptureTests : IAsyncLifetime
{
    private static readonly CancellationToken None = CancellationToken.None;
    private readonly ConcurrentQueue<SimulatorRequest> _requests = [];
    private Func<SimulatorRequest, SimulatorAnswer> _answer = null!;
    private SimulatorServer _server = null!;
    private CloudBench _bench = null!;

    public async Task InitializeAsync()
    {
        _server = await SimulatorServer.StartAsync(0, (request, _) =>
        {
            _requests.Enqueue(request);
            return Task.FromResult((_answer(request), (SimulatorCall?)null));
        });
        _bench = await CloudBench.OpenAsync(CloudVendor.Aws, _server.Endpoint, "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY");
    }

    public async Task DisposeAsync()
    {
        await _bench.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Theory]
    [InlineData("aws-acm-ImportCertificate")]
    [InlineData("aws-acm-ImportCertificate-reimport")]
    [InlineData("aws-acm-DescribeCertificate")]
    [InlineData("aws-acm-GetCertificate")]
    public async Task Calls_of_ACM(string name)
    {
        var capture = Read(name);
        var input = capture["input"]!;
        using var bundle = Bundle(input);
        var arn = input["CertificateArn"]?.GetValue<string>();
        var certificate = name.Contains("Describe", StringComparison.Ordinal) ? new JsonObject { ["Type"] = "IMPORTED" } : (JsonNode)Leaf();
        var answer = new JsonObject { ["CertificateArn"] = "arn:x", ["Certificate"] = certificate }.ToJsonString();
        _answer = _ => Json(answer);

        await WithStoreAsync(AwsAcmTarget.Kind, capture, store => (Task)(name switch
        {
            "aws-acm-ImportCertificate" => store.UploadAsync(bundle!, "certrelay-shop", None),
            "aws-acm-ImportCertificate-reimport" => store.ReimportAsync(bundle!, arn!, None),
            "aws-acm-DescribeCertificate" => store.DescribeAsync(arn!, None),
            _ => store.LeafAsync(arn!, None),
        }));

        var sent = AssertSame(capture);
        Assert.Equal(Text(capture, "x-amz-target"), sent.Header("x-amz-target"));
        var (wanted, body) = (JsonNode.Parse(capture["body"]!.GetValue<string>())!.AsObject(), JsonNode.Parse(sent.Body)!.AsObject());
        // The name that we give to a new import.
        Assert.Equal(name == "aws-acm-ImportCertificate", body.Remove("Tags"));
        Assert.Equal(wanted.Select(static field => field.Key).Order(StringComparer.Ordinal), body.Select(static field => field.Key).Order(StringComparer.Ordinal));
        foreach (var (field, value) in wanted)
            Assert.Equal(Meaning(field, value!.GetValue<string>()), Meaning(field, body[field]!.GetValue<string>()));
    }

    [Fact]
    public async Task The_list_of_ACM_names_every_type_of_key()
    {
        var capture = Read("aws-acm-ListCertificates");
        _answer = _ => Json("{}");
        using var bundle = Bundle(Read("aws-acm-ImportCertificate")["input"]!);

        await WithStoreAsync(AwsAlbTarget.Kind, capture, store => store.FindAsync(bundle!, "any", None));

        var sent = AssertSame(capture);
        Assert.Equal(Text(capture, "x-amz-target"), sent.Header("x-amz-target"));
        var body = JsonNode.Parse(sent.Body)!;
        Assert.Equal(7, body["Includes"]!["keyTypes"]!.AsArray().Count);
        body["Includes"] = capture["input"]!["Includes"]!.DeepClone();
        Assert.True(JsonNode.DeepEquals(capture["input"], body));
    }

    [Fact]
    public async Task An_upload_to_IAM()
    {
        var capture = Read("aws-iam-UploadServerCertificate");
        var input = capture["input"]!;
        using var bundle = Bundle(input);
        _answer = _ => Xml("<UploadServerCertificateResponse><UploadServerCertificateResult><ServerCertificateMetadata><ServerCertificateName>n</ServerCertificateName><ServerCertificateId>i</ServerCertificateId>"
            + "<Arn>a</Arn><Expiration>2029-02-23T19:49:28Z</Expiration></ServerCertificateMetadata></UploadServerCertificateResult></UploadServerCertificateResponse>");
        using var session = await _bench.SessionAsync(AwsCloudFrontTarget.Kind.Cloud!);

        await new ServerCertificateStore(new AwsApi(session)).UploadAsync(bundle!, input["ServerCertificateName"]!.GetValue<string>(), None);

        AssertSameForm(capture, static (field, value) => field == "Path" ? value.StartsWith("/cloudfront/", StringComparison.Ordinal).ToString() : Meaning(field, value));
    }

    [Fact]
    public async Task Calls_of_load_balancers()
    {
        var (list, modify) = (Read("aws-elbv2-DescribeListenerCertificates"), Read("aws-elbv2-ModifyListener"));
        var (listener, certificate) = (list["input"]!["ListenerArn"]!.GetValue<string>(), modify["input"]!["Certificates"]![0]!["CertificateArn"]!.GetValue<string>());
        var bound = certificate.Replace("12345678-1234", "00000000-1234", StringComparison.Ordinal);
        _answer = request => Encoding.UTF8.GetString(request.Body).Contains("=Describe", StringComparison.Ordinal)
            ? Xml($"<DescribeListenerCertificatesResponse><DescribeListenerCertificatesResult><Certificates><member><CertificateArn>{bound}</CertificateArn><IsDefault>true</IsDefault></member></Certificates></DescribeListenerCertificatesResult></DescribeListenerCertificatesResponse>")
            : Xml("<ModifyListenerResponse><ModifyListenerResult/></ModifyListenerResponse>");

        await UseAsync(
            AwsAlbTarget.Kind, new { account = CloudBench.Account, listeners = new[] { listener } },
            target => target.RestoreAsync(new TargetState([new ResourceState(listener, null, true) { Bound = certificate }]), null, null, None));

        Assert.Equal(2, _requests.Count);
        AssertSameForm(list, left: _requests.First(), more: ["PageSize"]);
        AssertSameForm(modify, left: _requests.Last());
    }

    [Fact]
    public async Task The_listeners_of_a_load_balancer_as_an_account_is_looked_through()
    {
        var capture = Read("aws-elbv2-DescribeListeners");
        var balancer = capture["input"]!["LoadBalancerArn"]!.GetValue<string>();
        _answer = request => Encoding.UTF8.GetString(request.Body).Contains("=DescribeLoadBalancers", StringComparison.Ordinal)
            ? Xml($"<DescribeLoadBalancersResponse><DescribeLoadBalancersResult><LoadBalancers><member><LoadBalancerArn>{balancer}</LoadBalancerArn><Type>application</Type></member></LoadBalancers></DescribeLoadBalancersResult></DescribeLoadBalancersResponse>")
            : Xml("<DescribeListenersResponse><DescribeListenersResult/></DescribeListenersResponse>");
        var survey = AwsAlbTarget.Kind.Cloud!.Survey!;
        using var session = await _bench.SessionAsync(AwsAlbTarget.Kind.Cloud with { Actions = survey.Actions });

        Assert.Empty(await survey.FindAsync(new TargetContext(_bench.Product.Get<IServiceProvider>()) { Cloud = session }, capture["region"]!.GetValue<string>(), None).ToListAsync());

        Assert.Equal(2, _requests.Count);
        AssertSameForm(capture, left: _requests.Last());
    }

    [Fact]
    public async Task A_call_of_a_classic_load_balancer()
    {
        var capture = Read("aws-elb-SetLoadBalancerListenerSSLCertificate");
        var certificate = capture["input"]!["SSLCertificateId"]!.GetValue<string>();
        _answer = request => Encoding.UTF8.GetString(request.Body).Contains("=Describe", StringComparison.Ordinal)
            ? Xml("<DescribeLoadBalancersResponse><DescribeLoadBalancersResult><LoadBalancerDescriptions><member><ListenerDescriptions><member><Listener><LoadBalancerPort>443</LoadBalancerPort></Listener></member></ListenerDescriptions></member></LoadBalancerDescriptions></DescribeLoadBalancersResult></DescribeLoadBalancersResponse>")
            : Xml("<SetLoadBalancerListenerSSLCertificateResponse><SetLoadBalancerListenerSSLCertificateResult/></SetLoadBalancerListenerSSLCertificateResponse>");

        await UseAsync(
            AwsClbTarget.Kind, new { account = CloudBench.Account, region = "eu-west-1", loadBalancer = "my-classic-lb", ports = new[] { 443 } },
            target => target.RestoreAsync(new TargetState([new ResourceState("my-classic-lb:443", null, true) { Bound = certificate }]), null, null, None));

        AssertSameForm(capture, left: _requests.Last());
    }

    [Fact]
    public async Task Calls_of_CloudFront()
    {
        var (read, update) = (Read("aws-cloudfront-GetDistributionConfig"), Read("aws-cloudfront-UpdateDistribution"));
        var certificate = update["input"]!["DistributionConfig"]!["ViewerCertificate"]!["ACMCertificateArn"]!.GetValue<string>();
        var wanted = XElement.Parse(update["body"]!.GetValue<string>());
        var before = new XElement(wanted);
        before.Descendants(wanted.Name.Namespace + "ACMCertificateArn").Single().Value = certificate.Replace("12345678-1234", "00000000-1234", StringComparison.Ordinal);
        var tag = new Dictionary<string, string> { ["ETag"] = "E2QWRUHEXAMPLE" };
        _answer = request => request.Method == "GET"
            ? Xml(before.ToString(SaveOptions.DisableFormatting)) with { Headers = tag }
            : Xml("<Distribution><Status>Deployed</Status></Distribution>");

        await UseAsync(
            AwsCloudFrontTarget.Kind, new { account = CloudBench.Account, distributions = new[] { "EDFDVBD6EXAMPLE" } },
            target => target.RestoreAsync(new TargetState([new ResourceState("EDFDVBD6EXAMPLE", null, true) { Bound = certificate }]), null, null, None));

        Assert.Equal(2, _requests.Count);
        AssertSame(read, _requests.First());
        var sent = AssertSame(update, _requests.Last());
        Assert.Equal(Text(update, "if-match"), sent.Header("if-match"));
        Assert.True(XNode.DeepEquals(wanted, XElement.Parse(Encoding.UTF8.GetString(sent.Body))));
    }

    [Theory]
    [InlineData("acm", "eu-west-1", true, "acm.eu-west-1.amazonaws.com.cn", "eu-west-1")]
    [InlineData("iam", "cn-northwest-1", true, "iam.cn-north-1.amazonaws.com.cn", "cn-north-1")]
    [InlineData("cloudfront", "cn-north-1", true, "cloudfront.cn-northwest-1.amazonaws.com.cn", "cn-northwest-1")]
    public void Hosts_of_China(string service, string region, bool isChina, string host, string scope) => Assert.Equal((host, scope), AwsApi.Place(service, region, isChina));

    /// <summary>Method, path, query, content type, signature's scope and host.</summary>
    private SimulatorRequest AssertSame(JsonNode capture, SimulatorRequest? left = null)
    {
        var sent = left ?? Assert.Single(_requests);
        Assert.Equal((capture["method"]!.GetValue<string>(), capture["path"]!.GetValue<string>()), (sent.Method, sent.RawPath));
        Assert.Equal(capture["query"]!.GetValue<string>(), sent.RawQuery);
        Assert.Equal(Text(capture, "content-type"), sent.Header("content-type"));
        string[] Scope(string header) => header.Split("Credential=")[1].Split(',')[0].Split('/')[2..];
        var scope = Scope(sent.Header("authorization")!);
        Assert.Equal(Scope(Text(capture, "authorization")!), scope);
        Assert.Equal((capture["host"]!.GetValue<string>(), scope[0]), AwsApi.Place(scope[1], scope[0], isChina: false));
        return sent;
    }

    private void AssertSameForm(JsonNode capture, Func<string, string, string>? meaning = null, SimulatorRequest? left = null, string[]? more = null)
    {
        var sent = AssertSame(capture, left);
        var wanted = new SimulatorRequest("POST", "/", [], Encoding.UTF8.GetBytes(capture["body"]!.GetValue<string>()));
        IEnumerable<string> Pairs(SimulatorRequest request) =>
            request.Form.Where(field => more?.Contains(field.Key) != true).Select(field => $"{field.Key}={meaning?.Invoke(field.Key, field.Value) ?? field.Value}").Order(StringComparer.Ordinal);
        Assert.Equal(Pairs(wanted), Pairs(sent));
    }

    private async Task WithStoreAsync(TargetKind kind, JsonNode capture, Func<AcmStore, Task> use)
    {
        using var session = await _bench.SessionAsync(kind.Cloud!);
        await use(new AcmStore(new AwsApi(session), capture["region"]!.GetValue<string>()));
    }

    private async Task UseAsync(TargetKind kind, object settings, Func<IDeployTarget, Task> use)
    {
        using var session = await _bench.SessionAsync(kind.Cloud!);
        await use(kind.Create(JsonSerializer.SerializeToElement(settings), new TargetContext(_bench.Product.Get<IServiceProvider>()) { Cloud = session }));
    }

    // PEM means the bytes in it, however its lines end.
    private static string Meaning(string field, string value)
    {
        if (field is not ("Certificate" or "CertificateChain" or "PrivateKey" or "CertificateBody"))
            return value;
        var pem = value.StartsWith("-----", StringComparison.Ordinal) ? value : Encoding.UTF8.GetString(Convert.FromBase64String(value));
        var block = PemEncoding.Find(pem);
        return $"{pem[block.Label]} {pem[block.Base64Data].ReplaceLineEndings("")}";
    }

    private static CertificateBundle? Bundle(JsonNode input)
    {
        string? Pem(string field) => input[field]?.GetValue<string>() is { } value
            ? value.StartsWith("base64:", StringComparison.Ordinal) ? Encoding.UTF8.GetString(Convert.FromBase64String(value[7..])) : value
            : null;
        if ((Pem("Certificate") ?? Pem("CertificateBody")) is not { } leaf)
            return null;
        using var certificate = X509Certificate2.CreateFromPem(leaf);
        using var chain = X509Certificate2.CreateFromPem(Pem("CertificateChain")!);
        using var key = ECDsa.Create();
        key.ImportFromPem(Pem("PrivateKey")!);
        return new CertificateBundle("shop", certificate.RawData, [chain.RawData], key.ExportPkcs8PrivateKey());
    }

    // What the reads give back: any certificate that can be read.
    private static string Leaf()
    {
        using var bundle = Bundle(Read("aws-acm-ImportCertificate")["input"]!)!;
        return Encoding.ASCII.GetString(bundle.LeafPem());
    }

    private static JsonNode Read(string name) =>
        JsonNode.Parse(File.ReadAllBytes(Path.Combine(Repository.Root, "tests", "Certrelay.Tests", "Targets", "Signing", "captures", name + ".json")))!;

    private static string? Text(JsonNode capture, string header) => capture["headers"]!.AsArray()
        .FirstOrDefault(one => string.Equals(one!["name"]!.GetValue<string>(), header, StringComparison.OrdinalIgnoreCase))?["value"]!.GetValue<string>();

    private static SimulatorAnswer Json(string body) => SimulatorAnswer.Of(200, "application/x-amz-json-1.1", body);

    private static SimulatorAnswer Xml(string body) => SimulatorAnswer.Of(200, "text/xml", body);
}
