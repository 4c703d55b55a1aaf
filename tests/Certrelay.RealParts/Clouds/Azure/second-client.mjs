// The official client against a simulated Key Vault: imports a certificate, reads it back, meets the name of a deleted one, recovers it, and imports over it.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import https from 'node:https';
import { createRequire } from 'node:module';

const { CertificateClient } = createRequire(import.meta.url)('@azure/keyvault-certificates');
const [endpoint, tenant, clientId, secretFile, rootFile, passphraseFile, ...bundles] = process.argv.slice(2);
const [ca, secret, password] = [readFileSync(rootFile, 'utf8'), readFileSync(secretFile, 'utf8'), readFileSync(passphraseFile, 'utf8')];

// The client of the identity platform looks its authorities up on the internet; this is the one request that it makes then (OAuth 2.0, client credentials).
const token = (scopes) => new Promise((resolve, reject) => {
  const body = new URLSearchParams({ grant_type: 'client_credentials', client_id: clientId, client_secret: secret, scope: [scopes].flat().join(' ') }).toString();
  const request = https.request(`${endpoint}/${tenant}/oauth2/v2.0/token`, { ca, method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' } }, (answer) => {
    let text = '';
    answer.on('data', (part) => { text += part; });
    answer.on('end', () => {
      const said = JSON.parse(text);
      if (said.access_token) resolve({ token: said.access_token, expiresOnTimestamp: Date.now() + said.expires_in * 1000 });
      else reject(new Error(text));
    });
  });
  request.on('error', reject);
  request.end(body);
});
const asked = [];
const credential = { getToken: (scopes, options) => { asked.push([scopes, options.tenantId]); return token(scopes); } };
const client = new CertificateClient(endpoint, credential, { disableChallengeResourceVerification: true, tlsOptions: { ca }, retryOptions: { retryDelayInMs: 50 } });

// Of its own policy this version sends nothing; what it calls certificatePolicy, in the service's words, it does send.
const certificatePolicy = {
  keyProperties: { exportable: true, keyType: 'EC', curve: 'P-256', reuseKey: false }, secretProperties: { contentType: 'application/x-pkcs12' }, issuerParameters: { name: 'Unknown' },
};
const load = (file) => client.importCertificate('www', readFileSync(file), { password, certificatePolicy, tags: { by: 'second-client' } });

const first = await load(bundles[0]);
const read = await client.getCertificate('www');
assert.deepEqual(Buffer.from(read.cer), Buffer.from(first.cer));

const deletion = await client.beginDeleteCertificate('www', { intervalInMs: 10 });
await deletion.pollUntilDone();
const refusal = await load(bundles[1]).catch((fault) => fault);
const recovery = await client.beginRecoverDeletedCertificate('www', { intervalInMs: 10 });
const back = await recovery.pollUntilDone();
const second = await load(bundles[1]);
const gone = await client.getCertificate('absent').catch((fault) => fault.statusCode);

console.log(JSON.stringify({
  tenants: [...new Set(asked.map(([, known]) => known))], refusal: [refusal.statusCode, refusal.code], recovered: back.name,
  versions: new Set([first.properties.version, second.properties.version]).size, absent: gone,
}));
