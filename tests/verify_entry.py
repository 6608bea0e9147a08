"""Says who stands at the door: verifies an entry code (mingjian-entry/1, docs/entry-code.md) offline.

Usage: python3 verify_entry.py FILE|- KEY [TIME]     the code, the service's published key (base64), the time (now)
"""
import base64
import hashlib
import json
import sys
from datetime import datetime, timezone
from functools import reduce

P, L = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493  # Ed25519 (RFC 8032): points as x, y, z, t
D = -121665 * pow(121666, -1, P) % P

def point(code):
    number = int.from_bytes(code, "little")
    sign, y = number >> 255, number & (1 << 255) - 1
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    x = x if (x * x - square) % P == 0 else x * pow(2, (P - 1) // 4, P) % P
    if y >= P or (x * x - square) % P or (x == 0 and sign):
        raise ValueError("no point")
    x = x if x & 1 == sign else P - x
    return x, y, 1, x * y % P

def add(p, q):
    a, b = (p[1] - p[0]) * (q[1] - q[0]), (p[1] + p[0]) * (q[1] + q[0])
    c, d = 2 * D * p[3] * q[3], 2 * p[2] * q[2]
    return (b - a) * (d - c) % P, (d + c) * (b + a) % P, (d - c) * (d + c) % P, (b - a) * (b + a) % P

def times(n, p):
    return reduce(lambda t, bit: add(add(t, t), p) if bit == "1" else add(t, t), f"{n:b}", (0, 1, 1, 0))

def same(p, q):
    return (p[0] * q[2] - q[0] * p[2]) % P == 0 == (p[1] * q[2] - q[1] * p[2]) % P

def signed(key, message, signature):
    a, r, s = point(key), point(signature[:32]), int.from_bytes(signature[32:], "little")
    k = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % L
    small = any(same(times(8, p), (0, 1, 1, 0)) for p in (a, r))
    base = point((4 * pow(5, -1, P) % P).to_bytes(32, "little"))
    return s < L and not small and same(times(s, base), add(r, times(k, a)))

def main(file, key, at=None):
    mark, payload, signature = (sys.stdin.read() if file == "-" else open(file).read()).strip().split(".")
    raw, decode = base64.b64decode(key), lambda text: base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if mark != "MJE1" or not signed(raw, f"mingjian-entry/1\n{payload}".encode(), decode(signature)):
        raise ValueError("not signed with this key")
    said = json.loads(decode(payload))
    now = datetime.fromisoformat(at) if at else datetime.now(timezone.utc)
    if now >= datetime.fromisoformat(said["expires_at"].replace("Z", "+00:00")):
        raise ValueError("expired at " + said["expires_at"])
    print(json.dumps(said, ensure_ascii=False, indent=2))

if __name__ == "__main__":
    try:
        main(*sys.argv[1:4])
    except (ValueError, TypeError, KeyError) as error:
        sys.exit(f"NOT VALID: {error}")
