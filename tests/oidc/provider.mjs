// A certified OpenID provider on loopback for the tests. It says its issuer on one line, and stops with its parent.
// POST /_test/rotate?keep=1 makes a new signing key and keeps, or with keep=0 drops, the old one.
import crypto from 'node:crypto';
import http from 'node:http';
import { Provider } from 'oidc-provider';

const { CLIENT_ID, CLIENT_SECRET, REDIRECT_URI, POST_LOGOUT_URI, ID_TOKEN_TTL } = process.env;
let number = 0;
const newKey = () => ({
  ...crypto.generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' }),
  kid: `key-${++number}`, alg: 'RS256', use: 'sig',
});
let keys = [newKey()];
let issuer;
let handler;

function build() {
  const provider = new Provider(issuer, {
    jwks: { keys },
    clients: [{
      client_id: CLIENT_ID, client_secret: CLIENT_SECRET, token_endpoint_auth_method: 'client_secret_basic',
      redirect_uris: [REDIRECT_URI], post_logout_redirect_uris: [POST_LOGOUT_URI],
      grant_types: ['authorization_code'], response_types: ['code'],
    }],
    pkce: { required: () => true },
    findAccount: (ctx, id) => ({ accountId: id, claims: () => ({ sub: id, name: `平台用户 ${id}` }) }),
    claims: { openid: ['sub'], profile: ['name'] },
    cookies: { keys: ['test'] },
    ttl: { IdToken: Number(ID_TOKEN_TTL ?? 300), AccessToken: 300, AuthorizationCode: 60, Session: 600, Interaction: 600, Grant: 600 },
    features: { devInteractions: { enabled: true }, rpInitiatedLogout: { enabled: true } },
    async loadExistingGrant(ctx) {
      const grant = new ctx.oidc.provider.Grant({ clientId: ctx.oidc.client.clientId, accountId: ctx.oidc.session.accountId });
      grant.addOIDCScope(ctx.oidc.params.scope);
      await grant.save();
      return grant;
    },
  });
  handler = provider.callback();
}

const server = http.createServer((request, response) => {
  const url = new URL(request.url, 'http://loopback');
  if (url.pathname !== '/_test/rotate') return handler(request, response);
  keys = [newKey(), ...(url.searchParams.get('keep') === '1' ? keys : [])];
  build();
  return response.writeHead(204).end();
});
server.listen(0, '127.0.0.1', () => {
  issuer = `http://127.0.0.1:${server.address().port}`;
  build();
  console.log(issuer);
});
process.stdin.resume().on('end', () => process.exit(0));
