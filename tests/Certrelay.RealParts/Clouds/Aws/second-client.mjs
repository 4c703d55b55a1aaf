// Uploads, binds and reads back through the official clients of AWS. The argument is a file of JSON, as AwsSdkTests.cs writes it; so is what is printed.
import { ACMClient, DescribeCertificateCommand, ImportCertificateCommand, ListCertificatesCommand } from '@aws-sdk/client-acm';
import { CloudFrontClient, GetDistributionConfigCommand, ListDistributionsCommand, UpdateDistributionCommand } from '@aws-sdk/client-cloudfront';
import { DescribeLoadBalancersCommand, ElasticLoadBalancingClient, SetLoadBalancerListenerSSLCertificateCommand } from '@aws-sdk/client-elastic-load-balancing';
import {
  AddListenerCertificatesCommand, DescribeListenerCertificatesCommand, DescribeListenersCommand, DescribeLoadBalancersCommand as DescribeBalancersCommand,
  ElasticLoadBalancingV2Client, ModifyListenerCommand, RemoveListenerCertificatesCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { DeleteServerCertificateCommand, GetServerCertificateCommand, IAMClient, ListServerCertificatesCommand, UploadServerCertificateCommand } from '@aws-sdk/client-iam';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { readFileSync } from 'node:fs';

const input = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const options = region => ({
  region, endpoint: input.endpoint, maxAttempts: 1,
  credentials: { accessKeyId: input.key, secretAccessKey: input.secret, sessionToken: input.token },
});
const bytes = text => new TextEncoder().encode(text);
const { certificate, chain, privateKey, region } = input;

const identity = await new STSClient(options(region)).send(new GetCallerIdentityCommand({}));

const acm = async where => {
  const client = new ACMClient(options(where));
  const { CertificateArn } = await client.send(new ImportCertificateCommand({
    Certificate: bytes(certificate), CertificateChain: bytes(chain), PrivateKey: bytes(privateKey), Tags: [{ Key: 'Name', Value: 'by-the-sdk' }],
  }));
  const { CertificateSummaryList } = await client.send(new ListCertificatesCommand({ Includes: { keyTypes: ['EC_prime256v1'] } }));
  if (!CertificateSummaryList.some(one => one.CertificateArn === CertificateArn)) throw new Error('The list does not show the import.');
  return { client, arn: CertificateArn };
};
const home = await acm('us-east-1');
const local = await acm(region);

const cloudFront = new CloudFrontClient(options('us-east-1'));
const read = await cloudFront.send(new GetDistributionConfigCommand({ Id: input.distribution }));
await cloudFront.send(new UpdateDistributionCommand({
  Id: input.distribution,
  IfMatch: read.ETag,
  DistributionConfig: {
    ...read.DistributionConfig,
    ViewerCertificate: { ACMCertificateArn: home.arn, SSLSupportMethod: 'sni-only', MinimumProtocolVersion: 'TLSv1.2_2021' },
  },
}));
const { DistributionList } = await cloudFront.send(new ListDistributionsCommand({}));

const elb = new ElasticLoadBalancingV2Client(options(region));
const { LoadBalancers: [balancer] } = await elb.send(new DescribeBalancersCommand({}));
const { Listeners: [found] } = await elb.send(new DescribeListenersCommand({ LoadBalancerArn: balancer.LoadBalancerArn }));
const binding = arn => ({ ListenerArn: input.listener, Certificates: [{ CertificateArn: arn }] });
const former = (await elb.send(new DescribeListenerCertificatesCommand({ ListenerArn: input.listener }))).Certificates[0].CertificateArn;
await elb.send(new ModifyListenerCommand(binding(local.arn)));
await elb.send(new AddListenerCertificatesCommand(binding(former)));
const both = await elb.send(new DescribeListenerCertificatesCommand({ ListenerArn: input.listener }));
await elb.send(new RemoveListenerCertificatesCommand(binding(former)));

const iam = new IAMClient(options('us-east-1'));
const { ServerCertificateMetadata } = await iam.send(new UploadServerCertificateCommand({
  ServerCertificateName: 'by-the-sdk', CertificateBody: certificate, CertificateChain: chain, PrivateKey: privateKey,
}));
const listed = await iam.send(new ListServerCertificatesCommand({}));
const got = await iam.send(new GetServerCertificateCommand({ ServerCertificateName: 'by-the-sdk' }));

const classic = new ElasticLoadBalancingClient(options(region));
await classic.send(new SetLoadBalancerListenerSSLCertificateCommand({
  LoadBalancerName: input.classic, LoadBalancerPort: 443, SSLCertificateId: ServerCertificateMetadata.Arn,
}));
const described = await classic.send(new DescribeLoadBalancersCommand({ LoadBalancerNames: [input.classic] }));
const refusal = await iam.send(new DeleteServerCertificateCommand({ ServerCertificateName: 'by-the-sdk' })).catch(error => error.name);
const detail = await local.client.send(new DescribeCertificateCommand({ CertificateArn: local.arn }));

console.log(JSON.stringify({
  account: identity.Account,
  distribution: DistributionList.Items[0].ViewerCertificate.ACMCertificateArn === home.arn,
  found: [balancer.Type, found.ListenerArn === input.listener, found.Port],
  listener: both.Certificates.map(one => one.IsDefault),
  server: listed.ServerCertificateMetadataList.length === 1 && got.ServerCertificate.CertificateBody.trim() === certificate.trim(),
  classic: described.LoadBalancerDescriptions[0].ListenerDescriptions[0].Listener.SSLCertificateId === ServerCertificateMetadata.Arn,
  refusal,
  users: detail.Certificate.InUseBy.length,
}));
