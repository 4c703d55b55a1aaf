// The vendor's own clients against the simulator: store, CDN, ALB, ESA, functions, a cluster and a bucket's domain, each bound and read back.
// Arguments: the simulator's port and a folder with full-chain.pem and key.pem. Prints what it read as JSON.
import fs from "node:fs";
import http from "node:http";
import { createRequire } from "node:module";
import net from "node:net";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";

const require = createRequire(import.meta.url);
const { $OpenApiUtil } = require("@alicloud/openapi-core");
const [port, folder] = process.argv.slice(2);
const credentials = { accessKeyId: "LTAIEXAMPLEEXAMPLE000000", accessKeySecret: "EXAMPLEaccessKeySecretNOTREAL01" };
const client = (name) => {
  const sdk = require(`@alicloud/${name}`);
  return { sdk, api: new sdk.default(new $OpenApiUtil.Config({ ...credentials, endpoint: `127.0.0.1:${port}`, protocol: "HTTP", regionId: "cn-hangzhou" })) };
};

const until = async (read, isOver) => {
  for (let round = 0; round < 100; round++) {
    const answer = await read();
    if (isOver(answer)) return answer;
    await pause(100);
  }
  throw new Error("It does not end.");
};

const certificate = fs.readFileSync(path.join(folder, "full-chain.pem"), "utf8");
const key = fs.readFileSync(path.join(folder, "key.pem"), "utf8");
const result = {};

const cas = client("cas20200407");
const upload = await cas.api.uploadUserCertificate(new cas.sdk.UploadUserCertificateRequest({ name: "second-client", cert: certificate, key }));
const number = upload.body.certId;
const listed = await cas.api.listUserCertificateOrder(new cas.sdk.ListUserCertificateOrderRequest({ orderType: "UPLOAD", keyword: "shop.example", currentPage: 1, showSize: 50 }));
result.listed = listed.body.certificateOrderList.map((one) => one.name);
const detail = await cas.api.getUserCertificateDetail(new cas.sdk.GetUserCertificateDetailRequest({ certId: number, certFilter: true }));
result.identifier = detail.body.certIdentifier;
result.key = detail.body.key ?? null;

const cdn = client("cdn20180510");
await cdn.api.setCdnDomainSSLCertificate(new cdn.sdk.SetCdnDomainSSLCertificateRequest({
  domainName: "cdn.shop.example", SSLProtocol: "on", certType: "cas", certId: number, certRegion: "cn-hangzhou",
}));
const info = await cdn.api.describeDomainCertificateInfo(new cdn.sdk.DescribeDomainCertificateInfoRequest({ domainName: "cdn.shop.example" }));
result.cdn = info.body.certInfos.certInfo[0].certId;

const alb = client("alb20200616");
const job = await alb.api.updateListenerAttribute(new alb.sdk.UpdateListenerAttributeRequest({
  listenerId: "lsn-example-alb", certificates: [new alb.sdk.UpdateListenerAttributeRequestCertificates({ certificateId: result.identifier })],
}));
await until(
  () => alb.api.listAsynJobs(new alb.sdk.ListAsynJobsRequest({ jobIds: [job.body.jobId] })),
  (answer) => answer.body.jobs[0].status === "Succeeded",
);
const bound = await alb.api.listListenerCertificates(new alb.sdk.ListListenerCertificatesRequest({ listenerId: "lsn-example-alb", certificateType: "Server", maxResults: 100 }));
result.alb = bound.body.certificates.find((one) => one.isDefault).certificateId;

const esa = client("esa20240910");
const sites = await esa.api.listSites(new esa.sdk.ListSitesRequest({ siteName: "shop.example", siteSearchType: "exact" }));
const siteId = sites.body.sites[0].siteId;
const before = await esa.api.listCertificates(new esa.sdk.ListCertificatesRequest({ siteId }));
await esa.api.setCertificate(new esa.sdk.SetCertificateRequest({ siteId, type: "cas", casId: number, region: "cn-hangzhou", id: before.body.result[0].id }));
const after = await esa.api.listCertificates(new esa.sdk.ListCertificatesRequest({ siteId }));
result.esa = after.body.result.map((one) => String(one.casId));

const fc = client("fc20230330");
await fc.api.updateCustomDomain("fc.shop.example", new fc.sdk.UpdateCustomDomainRequest({
  body: new fc.sdk.UpdateCustomDomainInput({ protocol: "HTTP,HTTPS", certConfig: new fc.sdk.CertConfig({ certName: "second-client", certificate, privateKey: key }) }),
}));
result.fc = (await fc.api.getCustomDomain("fc.shop.example")).body.certConfig.certName;

const cs = client("cs20151215");
const way = await cs.api.describeClusterUserKubeconfig("c-example", new cs.sdk.DescribeClusterUserKubeconfigRequest({ privateIpAddress: false, temporaryDurationMinutes: 15 }));
result.cluster = /server: (\S+)/.exec(way.body.config)[1];

// It speaks to the bucket's own name, as its signature covers the bucket; only the connection goes elsewhere.
class Diverted extends http.Agent {
  createConnection(_, connected) {
    return net.connect(Number(port), "127.0.0.1", connected);
  }
}

const OSS = require("ali-oss");
const store = new OSS({ ...credentials, bucket: "files-example", region: "oss-cn-hangzhou", authorizationV4: true, secure: false, agent: new Diverted() });
const request = (method, subres, content) => {
  const params = store._bucketRequestParams(method, "files-example", subres, {});
  params.mime = "xml";
  if (content) params.content = content;
  params.successStatuses = [200];
  return store.request(params);
};
const cname = await request("GET", { cname: "" });
const previous = /<CertId>([^<]+)<\/CertId>/.exec(cname.data.toString())[1];
await request("POST", { cname: "", comp: "add" },
  `<BucketCnameConfiguration><Cname><Domain>files.shop.example</Domain><CertificateConfiguration><CertId>${result.identifier}</CertId><PreviousCertId>${previous}</PreviousCertId></CertificateConfiguration></Cname></BucketCnameConfiguration>`);
result.oss = /<CertId>([^<]+)<\/CertId>/.exec((await request("GET", { cname: "" })).data.toString())[1];

console.log(JSON.stringify(result));
