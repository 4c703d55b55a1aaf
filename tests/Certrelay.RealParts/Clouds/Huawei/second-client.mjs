// The official client against a simulated Huawei Cloud: uploads a certificate, binds it to a domain and a listener, and reads back what is bound.
// The packages of the other services cannot be had, so that their calls are made by the official core client with the names of the API definition.
// uuid is a dependency that the core forgets to name.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const { BasicCredentials, GlobalCredentials } = require('@huaweicloud/huaweicloud-sdk-core');
const { ClientBuilder } = require('@huaweicloud/huaweicloud-sdk-core/ClientBuilder');
const { IamClient, KeystoneListProjectsRequest, KeystoneListAuthDomainsRequest } = require('@huaweicloud/huaweicloud-sdk-iam/v3/public-api');

const [endpoint, ak, sk, certificateFile, keyFile, domain, listener] = process.argv.slice(2);
const [certificate, key] = [readFileSync(certificateFile, 'utf8'), readFileSync(keyFile, 'utf8')];

const iam = IamClient.newBuilder().withEndpoint(endpoint).withCredential(new GlobalCredentials().withAk(ak).withSk(sk)).build();
const project = (await iam.keystoneListProjects(new KeystoneListProjectsRequest().withName('cn-north-4'))).projects[0].id;
const account = (await iam.keystoneListAuthDomains(new KeystoneListAuthDomainsRequest())).domains[0].id;

const client = (credential) => new ClientBuilder((core) => core).withEndpoint(endpoint).withCredential(credential.withAk(ak).withSk(sk)).build();
const regional = client(new BasicCredentials().withProjectId(project));
const global = client(new GlobalCredentials().withDomainId(account));
const call = (core, method, url, pathParams, data) =>
  core.sendRequest({ method, url, contentType: 'application/json', pathParams, queryParams: {}, headers: {}, ...(data ? { data } : {}) });

const blocks = certificate.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----\n?/g);
const stored = await call(regional, 'POST', '/v3/scm/certificates/import', {}, {
  name: 'second-client', certificate: blocks[0], certificate_chain: blocks.slice(1).join(''), private_key: key, duplicate_check: false,
});
await call(global, 'PUT', '/v1.1/cdn/configuration/domains/{domain_name}/configs', { domain_name: domain }, {
  configs: { https: { https_status: 'on', certificate_source: 2, scm_certificate_id: stored.certificate_id, certificate_name: 'second-client' } },
});
const { configs } = await call(global, 'GET', '/v1.1/cdn/configuration/domains/{domain_name}/configs', { domain_name: domain });
assert.equal(configs.https.scm_certificate_id, stored.certificate_id);

const elb = (await call(regional, 'POST', '/v3/{project_id}/elb/certificates', { project_id: project }, {
  certificate: { name: 'second-client', type: 'server', domain: domain, certificate, private_key: key },
})).certificate;
const path = { project_id: project, listener_id: listener };
await call(regional, 'PUT', '/v3/{project_id}/elb/listeners/{listener_id}', path, { listener: { default_tls_container_ref: elb.id, sni_container_refs: [] } });
const bound = (await call(regional, 'GET', '/v3/{project_id}/elb/listeners/{listener_id}', path)).listener;
assert.equal(bound.default_tls_container_ref, elb.id);
const { listeners } = await call(regional, 'GET', '/v3/{project_id}/elb/listeners', { project_id: project });
assert.deepEqual(listeners.map((one) => one.id), [listener]);
console.log(JSON.stringify({ scm: stored.certificate_id, elb: elb.id }));
