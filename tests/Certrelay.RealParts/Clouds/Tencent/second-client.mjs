// The vendor's own client against the simulator: uploads a certificate, binds it to each product and reads it back.
// Arguments: the simulator's port and a folder with full-chain.pem and key.pem. Prints what it read as JSON.
import fs from "node:fs";
import http from "node:http";
import net from "node:net";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import ssl from "tencentcloud-sdk-nodejs/tencentcloud/services/ssl/index.js";
import cdn from "tencentcloud-sdk-nodejs/tencentcloud/services/cdn/index.js";
import clb from "tencentcloud-sdk-nodejs/tencentcloud/services/clb/index.js";
import waf from "tencentcloud-sdk-nodejs/tencentcloud/services/waf/index.js";

const [port, folder] = process.argv.slice(2);

// It speaks to the vendor's own names, as its signature covers the host without a port; only the connection goes elsewhere.
class Diverted extends http.Agent {
  createConnection(_, connected) {
    return net.connect(Number(port), "127.0.0.1", connected);
  }
}

const client = (service, region) => new service.Client({
  credential: { secretId: "AKIDEXAMPLEEXAMPLEEXAMPLEEXAMPLE0000", secretKey: "EXAMPLESECRETKEYNOTREAL0123456789" },
  region,
  profile: { httpProfile: { protocol: "http://", agent: new Diverted() } },
});

const until = async (read, isOver) => {
  for (let round = 0; round < 100; round++) {
    const answer = await read();
    if (isOver(answer)) return answer;
    await pause(100);
  }
  throw new Error("It does not end.");
};

const store = client(ssl.ssl.v20191205);
const edge = client(cdn.cdn.v20180606);
const balancer = client(clb.clb.v20180317, "ap-guangzhou");
const wall = client(waf.waf.v20180125, "ap-guangzhou");
const result = {};

const upload = await store.UploadCertificate({
  CertificatePublicKey: fs.readFileSync(path.join(folder, "full-chain.pem"), "utf8"),
  CertificatePrivateKey: fs.readFileSync(path.join(folder, "key.pem"), "utf8"),
  CertificateType: "SVR",
  Alias: "second-client",
  Repeatable: false,
});
result.id = upload.CertificateId;
const listed = await store.DescribeCertificates({ Offset: 0, Limit: 100, SearchKey: "second-client", CertificateType: "SVR", FilterSource: "upload", ExpirationSort: "DESC" });
result.listed = listed.Certificates.map((one) => one.CertificateId);
result.detail = (await store.DescribeCertificateDetail({ CertificateId: result.id })).Domain;

await edge.UpdateDomainConfig({ Domain: "cdn.shop.example", Https: { Switch: "on", Http2: "on", CertInfo: { CertId: result.id } } });
const config = await until(
  () => edge.DescribeDomainsConfig({ Offset: 0, Limit: 100, Filters: [{ Name: "domain", Value: ["cdn.shop.example"] }] }),
  (answer) => answer.Domains[0].Https.SslStatus === "deployed",
);
result.cdn = config.Domains[0].Https.CertInfo.CertId;
result.covered = (await edge.DescribeCertDomains({ CertId: result.id })).Domains;

const settle = (task) => until(() => balancer.DescribeTaskStatus({ TaskId: task.RequestId }), (answer) => answer.Status !== 2);
const certificate = { SSLMode: "UNIDIRECTIONAL", CertId: result.id };
await settle(await balancer.ModifyListener({ LoadBalancerId: "lb-example1", ListenerId: "lbl-plain01", Certificate: certificate }));
await settle(await balancer.ModifyDomainAttributes({ LoadBalancerId: "lb-example1", ListenerId: "lbl-byname1", Domain: "api.shop.example", Certificate: certificate }));
const { LoadBalancerSet } = await balancer.DescribeLoadBalancers({ Offset: 0, Limit: 100 });
result.balancers = LoadBalancerSet.map((one) => one.LoadBalancerId);
const { Listeners } = await balancer.DescribeListeners({ LoadBalancerId: "lb-example1", ListenerIds: ["lbl-plain01", "lbl-byname1"] });
result.listener = Listeners[0].Certificate.CertId;
result.rule = Listeners[1].Rules.find((rule) => rule.Domain === "api.shop.example").Certificate.CertId;

const domains = await wall.DescribeDomains({ Offset: 0, Limit: 10, Filters: [{ Name: "Domain", Values: ["waf.shop.example"], ExactMatch: true }] });
const { DomainId, InstanceId } = domains.Domains[0];
await wall.ModifySpartaProtection({ Domain: "waf.shop.example", DomainId, InstanceID: InstanceId, CertType: 2, SSLId: result.id });
result.waf = (await wall.DescribeDomainDetailsSaas({ Domain: "waf.shop.example", DomainId, InstanceId })).DomainsPartInfo.SSLId;

const isOver = (answer) => answer.TotalCount > 0 && answer.SuccessTotalCount + answer.FailedTotalCount === answer.TotalCount;
const job = await store.DeployCertificateInstance({ CertificateId: result.id, ResourceType: "teo", InstanceIdList: ["edge.shop.example"] });
const records = await until(() => store.DescribeHostDeployRecordDetail({ DeployRecordId: String(job.DeployRecordId), Offset: 0, Limit: 200 }), isOver);
result.teo = records.SuccessTotalCount;

const buckets = client(ssl.ssl.v20191205, "ap-guangzhou");
const list = () => buckets.DescribeHostCosInstanceList({ CertificateId: result.id, ResourceType: "cos", IsCache: 0, Offset: 0, Limit: 100 });
const [bucket] = (await list()).InstanceList;
await buckets.DeployCertificateInstance({ CertificateId: result.id, ResourceType: "cos", InstanceIdList: [`${bucket.Region}|${bucket.Bucket}|${bucket.Domain}`] });
result.cos = (await until(list, (answer) => answer.InstanceList[0].CertId === result.id)).TotalCount;

const old = records.DeployRecordDetailList[0].OldCertId;
const update = await until(
  () => store.UpdateCertificateInstance({ OldCertificateId: old, CertificateId: result.id, ResourceTypes: ["live"] }),
  (answer) => answer.DeployRecordId > 0,
);
const updated = await until(() => store.DescribeHostUpdateRecordDetail({ DeployRecordId: String(update.DeployRecordId), Limit: "200" }), isOver);
result.live = updated.RecordDetailList[0].List[0].Status;

result.refused = await store.DeleteCertificate({ CertificateId: result.id }).then(() => "deleted", (error) => error.code);
console.log(JSON.stringify(result));
