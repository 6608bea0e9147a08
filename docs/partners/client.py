"""Reference client in Python 3 (needs only `pip install cryptography`): a token, a list, a signed write.

MINGJIAN_URL, CLIENT_ID, KEY_ID and KEY_FILE (PKCS #8 PEM of an Ed25519 key) come from the environment.
"""

import base64
import hashlib
import json
import os
import time
import urllib.parse
import urllib.request
import uuid

from cryptography.hazmat.primitives.serialization import load_pem_private_key

URL, CLIENT, KEY_ID = (os.environ[name] for name in ("MINGJIAN_URL", "CLIENT_ID", "KEY_ID"))
with open(os.environ["KEY_FILE"], "rb") as file:
    KEY = load_pem_private_key(file.read(), password=None)


def b64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def token():
    """private_key_jwt (RFC 7523): an assertion of at most 300 s with a fresh jti."""
    claims = {"iss": CLIENT, "sub": CLIENT, "aud": "mingjian", "exp": int(time.time()) + 60, "jti": str(uuid.uuid4())}
    signed = ".".join(b64url(json.dumps(part).encode()) for part in ({"alg": "EdDSA", "kid": KEY_ID}, claims))
    form = {
        "grant_type": "client_credentials",
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "client_assertion": f"{signed}.{b64url(KEY.sign(signed.encode()))}",
    }
    with urllib.request.urlopen(f"{URL}/api/v1/oauth/token", urllib.parse.urlencode(form).encode()) as answer:
        return json.load(answer)["access_token"]


def call(method, target, bearer, body=None, media_type="application/json"):
    """Writes are signed (RFC 9421) and carry an Idempotency-Key; send the same key again after a lost answer."""
    headers = {"Authorization": f"Bearer {bearer}"}
    if method != "GET":
        path, _, query = target.partition("?")
        headers |= {"Content-Type": media_type, "Idempotency-Key": str(uuid.uuid4())}
        digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
        headers["Content-Digest"] = f"sha-256=:{digest}:"
        covered = {"@method": method, "@path": path, "@query": f"?{query}", "content-digest": headers["Content-Digest"]}
        names = " ".join(f'"{name}"' for name in covered)
        params = f'({names});created={int(time.time())};nonce="{uuid.uuid4().hex}";keyid="{KEY_ID}";alg="ed25519"'
        base = "".join(f'"{name}": {value}\n' for name, value in covered.items()) + f'"@signature-params": {params}'
        headers["Signature-Input"] = f"sig={params}"
        headers["Signature"] = f"sig=:{base64.b64encode(KEY.sign(base.encode())).decode()}:"
    with urllib.request.urlopen(urllib.request.Request(URL + target, body, headers, method=method)) as answer:
        return json.load(answer)


bearer = token()
print("objects:", call("GET", "/api/v1/objects?limit=1", bearer)["page"]["total"])
rows = "部门编码,系统名称,事项编码,事项名称\n51082103,参考客户端,PY-1,参考事项\n".encode()
print("job:", call("POST", "/api/v1/imports?dataset=own-system-items&filename=items.csv", bearer, rows, "text/csv")["id"])
