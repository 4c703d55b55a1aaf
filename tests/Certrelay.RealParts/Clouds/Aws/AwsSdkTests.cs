using System.Text.Json.Nodes;
using Certrelay.RealParts.Support;
using Certrelay.Simulators.Aws;
using Certrelay.Tests.Clouds;
using Certrelay.Tests.Support;

namespace Certrelay.RealParts.Clouds.Aws;

/// <summary>The official clients of AWS against the simulator: what they upload and bind is what a handshake shows.</summary>
[Collection(SecondClient.Alone)]
public sealed class AwsSdkTests
{
    private const string Host = "www.example.com";
    private const string Region = "eu-central-1";

    [RealFact("node", "npm")]
    public async Task The_official_clients_upload_bind_and_read_back()
    {
        await using var aws = await AwsSimulator.StartAsync(TimeProvider.System);
        (aws.Limits.Propagation, aws.Limits.Deployment) = (TimeSpan.Zero, TimeSpan.Zero);
        using var before = TestCertificates.Leaf(Host);
        using var leaf = TestCertificates.Leaf(Host);
        aws.AddDistribution("EDFDVBD6EXAMPLE", [Host], aws.AddCertificate("us-east-1", before.Pem, null, before.KeyPem));
        var regional = aws.AddCertificate(Region, before.Pem, null, before.KeyPem);
        var listener = aws.AddLoadBalancer(Region, LoadBalancerKind.Application, "shop").AddListener(443, "HTTPS", regional);
        var classic = aws.AddLoadBalancer(Region, LoadBalancerKind.Classic, "shop-clb").AddListener(443, "HTTPS", regional);

        using var folder = new TemporaryFolder();
        var input = Path.Combine(folder.Path, "input.json");
        await File.WriteAllTextAsync(input, new JsonObject
        {
            ["endpoint"] = aws.Endpoint.GetLeftPart(UriPartial.Authority),
            ["key"] = AwsKey.Temporary.AccessKeyId,
            ["secret"] = AwsKey.Temporary.SecretAccessKey,
            ["token"] = AwsKey.Temporary.SessionToken,
            ["region"] = Region,
            ["certificate"] = leaf.Pem,
            ["chain"] = string.Concat(leaf.Intermediates().Select(static one => one.Pem)),
            ["privateKey"] = leaf.KeyPem,
            ["distribution"] = "EDFDVBD6EXAMPLE",
            ["listener"] = listener.Arn,
            ["classic"] = "shop-clb",
        }.ToJsonString());

        var said = await SecondClient.RunAsync("Aws", input);

        Assert.Equal(
            """{"account":"123456789012","distribution":true,"found":["application",true,443],"listener":[true,false],"server":true,"classic":true,"refusal":"DeleteConflictException","users":1}""",
            said.ToJsonString());
        foreach (var port in (int[])[aws.EdgePort, listener.Tls!.Port, classic.Tls!.Port])
            Assert.Equal(leaf.Fingerprint, await Handshake.LeafAsync(port, Host));
        Assert.DoesNotContain(aws.Calls, static call => call.Code is not (null or "DeleteConflict"));
    }
}
