"""Runs draws again from their records, as docs/verifiable-draw.md defines them (mingjian-draw/3): "valid: FILE", or
"FILE: CODE /pointer" for each difference.    python3 verify_draw.py [--key HEX] [--terms HEX] transcript.json [...]
--key: the service's published key; --terms: the terms of a receipt that you kept."""
import argparse, functools, hashlib, hmac, json, pathlib, re, sys  # noqa: E401
from collections import Counter
from datetime import datetime

# JSON texts by member: fixed lengths, so that hashed bytes split in one way only; one spelling, so that texts compare.
CAUSES = "PARTY_REFUSED|PARTY_UNREACHABLE|SECRET_LOST|POOL_WRONG|ROSTER_WRONG|RECORD_CHANGED|TASK_WITHDRAWN|SYSTEM_FAULT"
FORMS = {name: re.compile(form, re.ASCII) for form, names in {
    '"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"': "department draw house object party person task",
    '"[0-9a-f]{64}"': "commitment digest key leader officer officers pool_root recusal_root ref roster_root secret seed terms ticket",
    r'"2\d{3}-\d\d-\d\dT\d\d:\d\d:[0-5]\d\.\d{3}Z"': "committed_at drawn_at frozen_at matched_at reveal_from revealed_at since",
    r"\d{1,9}": "classes_moved entered epoch exclude_months excluded_by_frequency excluded_recently left officers_entered"
    " officers_left officers_per_object recusals_declared revealed", r"\d{1,4}|10000": "rate_bp", r"\d{1,16}": "count minimum population",
    '"[0-9a-f]{32}"': "salt", '"[0-9a-f]{128}"': "signature", '"(LEAD|COOPERATING|WITNESS)"': "duty", f'"({CAUSES})"': "cause",
    '"(FROZEN|DRAWN|MATCHED)"': "stage", r'(?!.*\\u0000)".+"': "name", r'(?!.*\\u0000)".*"':
    "algorithm industry_prefixes lone_object_reason object_types reason region_codes stratum tags township_codes",
}.items() for name in names.split()}
# What is fixed at the freeze beside the commitments; the members of every object; the keys of lists that ascend.
TERMS = ("algorithm conditions draw eligibility epoch frozen_at officers_per_object pool_root previous recusal_root roster_root"
         " strata task")
SHAPES = {frozenset(names.split()) for names in (
    TERMS + " matching outcome parties pool receipt recusals roster terms", "commitment committed_at party revealed_at secret who",
    "digest officer_openings openings transcript", "object ref salt", "person ref salt", "ref stratum", "ref stratum ticket",
    "department officer", "officer ref", "draw ended epoch pool_root reason", "cause revealed stage", "duty house key name",
    "count minimum population rate_bp stratum", "drawn_at seed selected", "matched_at teams", "department leader officers ref",
    "industry_prefixes object_types region_codes tags township_codes", "key signature signatures", "party signature",
    "exclude_months excluded_by_frequency excluded_recently filter", "changes lone_object_reason reveal_from",
    "classes_moved entered left officers_entered officers_left recusals_declared since")}
TEXTS = "industry_prefixes object_types officers region_codes tags township_codes".split()
NULL = "cause key lone_object_reason matching outcome revealed_at secret".split()
ORDERS = {"pool": "ref", "roster": "department officer", "recusals": "officer ref", "parties": "party"}

def members(pairs):
    if len(pairs) == len(found := dict(pairs)) and frozenset(found) in SHAPES:
        return found
    raise ValueError(f"an object with the members {[name for name, _ in pairs]}")

def read(text): return json.loads(text.decode(), object_pairs_hook=members, parse_int=lambda n: n if n[0] == "-" else int(n))
def canonical(value): return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
def raw(*words): return bytes.fromhex("".join(words).replace("-", ""))
def h(*parts): return hashlib.sha256(b"".join(parts)).digest()
def tagged(purpose, *parts): return h(f"mingjian-draw/3 {purpose}\n".encode(), *parts)
def mac(seed, *parts): return hmac.digest(seed, b"".join(parts), "sha256").hex()
def ascending(rows, *names): return [r for _, r in sorted({tuple(r[n] for n in names): r for r in rows}.items())]
def packed(rows, *names): return b"".join(raw(*(row[name] for name in names)) for row in ascending(rows, *names))

# Ed25519 (RFC 8032): points as x, y, z, t.
P, L = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P

def point(code):
    sign, y = (n := int.from_bytes(code, "little")) >> 255, n & (1 << 255) - 1
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    x = x if (x * x - square) % P == 0 else x * pow(2, (P - 1) // 4, P) % P
    if y >= P or (x * x - square) % P or (x == 0 and sign):
        raise ValueError("no point")
    x = x if x & 1 == sign else P - x
    return x, y, 1, x * y % P

def add(p, q):
    a, b, c, d = (p[1] - p[0]) * (q[1] - q[0]), (p[1] + p[0]) * (q[1] + q[0]), 2 * D * p[3] * q[3], 2 * p[2] * q[2]
    e, f, g, k = b - a, d - c, d + c, b + a
    return e * f % P, g * k % P, f * g % P, e * k % P

def times(n, p):
    total = (0, 1, 1, 0)
    while n:
        total, p, n = add(total, p) if n & 1 else total, add(p, p), n >> 1
    return total

def same(p, q): return (p[0] * q[2] - q[0] * p[2]) % P == 0 == (p[1] * q[2] - q[1] * p[2]) % P

@functools.cache
def signed(key, message, signature):  # neither key nor signature of small order
    a, r, s = point(raw(key)), point(raw(signature)[:32]), int.from_bytes(raw(signature)[32:], "little")
    k = int.from_bytes(hashlib.sha512(raw(signature)[:32] + raw(key) + message).digest(), "little") % L
    base = point((4 * pow(5, -1, P) % P).to_bytes(32, "little"))
    strong = not any(same(times(8, p), (0, 1, 1, 0)) for p in (a, r))
    return s < L and strong and same(times(s, base), add(r, times(k, a)))

def merkle(nodes):
    split = 1 << (len(nodes) - 1).bit_length() >> 1
    return h(b"\1", merkle(nodes[:split]), merkle(nodes[split:])) if len(nodes) > 1 else nodes[0] if nodes else h()

def leaves(value, at=""):  # all that is neither object nor array, as {JSON pointer: JSON text}
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else None
    return {at: canonical(value)} if items is None else {p: t for k, i in items for p, t in leaves(i, f"{at}/{k}").items()}

def match(t, seed):
    apart, size = {(pair["officer"], pair["ref"]) for pair in t["recusals"]}, t["officers_per_object"]
    for d in sorted({pair["department"] for pair in t["roster"]}):
        staff, visits, leads = {p["officer"] for p in t["roster"] if p["department"] == d}, Counter(), Counter()
        for ref in (entry["ref"] for entry in t["outcome"]["selected"]):
            lot = {o: mac(seed, b"match", raw(d, ref, o)) for o in staff if (o, ref) not in apart}
            team = sorted(lot, key=lambda o: (visits[o], lot[o], o))[:size]
            leader = min(team, key=lambda o: (leads[o], lot[o]))
            visits.update(team)
            leads[leader] += 1
            yield {"department": d, "leader": leader, "officers": sorted(team), "ref": ref}

def rerun(record):  # the record as it should be, from those members that do not follow from others
    t = {**record["transcript"], "algorithm": "mingjian-draw/3"}
    t |= {name: ascending(t[name], *keys.split()) for name, keys in ORDERS.items()}
    t |= {"pool_root": merkle([h(b"\0", raw(leaf["ref"]), leaf["stratum"].encode()) for leaf in t["pool"]]).hex(),
          "roster_root": tagged("roster", packed(t["roster"], "department", "officer")).hex(),
          "recusal_root": tagged("recusals", packed(t["recusals"], "officer", "ref")).hex()}
    labels, task = Counter(leaf["stratum"] for leaf in t["pool"]), raw(t["task"]) + t["epoch"].to_bytes(4, "big")
    t["strata"] = [{**s, "stratum": f"S{at}", "population": (n := labels[s["stratum"]]),
                    "count": min(n, max(s["minimum"], -(-n * s["rate_bp"] // 10000)))} for at, s in enumerate(t["strata"], 1)]
    t["parties"] = [p if p["secret"] is None else {**p, "commitment": tagged("commit", task, raw(p["party"], p["secret"])).hex()}
                    for p in t["parties"]]
    changes = {**t["conditions"]["changes"], "since": min(p["committed_at"] for p in t["parties"])}
    t["conditions"] = {**t["conditions"], "changes": changes}
    fixed = {n: t[n] for n in TERMS.split()}
    fixed["parties"] = [{n: p[n] for n in ("commitment", "committed_at", "party", "who")} for p in t["parties"]]
    t["terms"] = (terms := tagged("terms", canonical(fixed).encode())).hex()
    if t["outcome"] and all(p["secret"] for p in t["parties"]):  # without every secret nothing can be run again
        seed = tagged("seed", terms, packed(t["parties"], "party", "secret"))
        lots = ascending([{**p, "ticket": mac(seed, raw(t["task"]), p["stratum"].encode(), b"\0", raw(p["ref"]))}
                          for p in t["pool"]], "ticket", "ref")
        t["outcome"] = {**t["outcome"], "seed": seed.hex(), "selected": [
            lot for s in t["strata"] for lot in [lot for lot in lots if lot["stratum"] == s["stratum"]][:s["count"]]]}
        t["matching"] = t["matching"] and {**t["matching"], "teams": list(match(t, seed))}
    openings = [{**o, "ref": tagged("object", raw(o["object"], o["salt"])).hex()} for o in record["openings"]]
    people = [{**o, "ref": tagged("officer", raw(o["person"], o["salt"])).hex()} for o in record["officer_openings"]]
    digest = h(canonical(record["transcript"]).encode()).hex()
    return {"digest": digest, "officer_openings": people, "openings": openings, "transcript": t}

def weak(secret):
    steps = {(b - a) % 256 for a, b in zip(raw(secret), raw(secret)[1:])}
    return len({*raw(secret)}) < 16 or len(steps) == 1 or all(32 <= byte <= 126 for byte in raw(secret))

def asked(t, found, openings, people):  # every rule that is not a value to be computed, with whether it is broken
    parties, conditions, size = t["parties"], t["conditions"], t["officers_per_object"]
    drawn, matched = (t["outcome"] or {"drawn_at": "9"})["drawn_at"], (t["matching"] or {"matched_at": "9"})["matched_at"]
    refs, officers = {leaf["ref"] for leaf in t["pool"]}, {entry["officer"] for entry in t["roster"]}
    for at, text in found.items():
        name = re.findall("[a-z_]+", at)[-1]
        yield f"MALFORMED {at}", not (FORMS[name].fullmatch(text) or (name in NULL and text == "null"))
        yield f"MALFORMED {at}", at[-1].isdigit() != (name in TEXTS)
        yield f"TIME {at}", text[1:2] == "2" and text[-2:] == 'Z"' and FORMS[name] is FORMS["since"] and not datetime.fromisoformat(text[1:-1])
    for rows, *keys in [(t[name], *keys.split()) for name, keys in ORDERS.items()] + [
            (openings, "ref"), (people, "ref"), (t["receipt"]["signatures"], "party")]:
        yield "ORDER /", rows != ascending(rows, *keys)
    yield "TEAM /transcript", size < 2
    yield "EPOCHS /transcript/previous", [p["epoch"] for p in t["previous"]] != [*range(1, t["epoch"])]
    yield "HALF /transcript/matching", (t["matching"] is None) != (t["outcome"] is None)
    yield "UNDECLARED /transcript/pool", {p["stratum"] for p in t["pool"]} - {s["stratum"] for s in t["strata"]}
    yield "STRANGERS /transcript/recusals", {r["officer"] for r in t["recusals"]} - officers or {r["ref"] for r in t["recusals"]} - refs
    yield "UNKNOWN /openings", {o["ref"] for o in openings} - refs or {o["ref"] for o in people} - officers
    yield "LONE /transcript/strata", not conditions["lone_object_reason"] and any(s["population"] == s["count"] == 1 for s in t["strata"])
    home = {entry["officer"]: entry["department"] for entry in t["roster"]}
    staff, apart = Counter(home.values()), Counter((home.get(r["officer"]), r["ref"]) for r in t["recusals"])
    yield "TOO_FEW /transcript/roster", any(n < size for n in staff.values()) or any(staff[d] - n < size for (d, _), n in apart.items())
    yield from asked_of_parties(t, parties, max(t["frozen_at"], conditions["reveal_from"]), drawn, matched)

def asked_of_parties(t, parties, reveal_from, drawn, matched):
    lead, others = ([p for p in parties if (p["who"]["duty"] == "LEAD") == leads] for leads in (True, False))
    yield "LEAD /transcript/parties", len(lead) != 1
    yield "HOUSE /transcript/parties", not any(p["who"]["duty"] == "WITNESS" or p["who"]["house"] != lead[0]["who"]["house"] for p in others)
    yield "FIRST /transcript/parties", min(p["revealed_at"] or "9" for p in others) < (lead[0]["revealed_at"] or "8")
    yield "TIMES /transcript", t["frozen_at"] > t["conditions"]["reveal_from"]
    yield "TIMES /transcript/outcome", not max(p["revealed_at"] or "" for p in parties) <= drawn <= matched
    for name in ("commitment", "secret"):
        yield f"REPEATED /transcript/parties/{name}", max(Counter(p[name] for p in parties if p[name]).values(), default=1) > 1
    message = "\n".join(["mingjian-draw/3 receipt", t["task"], str(t["epoch"]), t["draw"], t["terms"], t["frozen_at"], ""]).encode()
    keys = {p["party"]: p["who"]["key"] for p in parties if p["secret"]}
    signatures = [(t["receipt"]["key"], t["receipt"]["signature"])] + [(keys[s["party"]], s["signature"]) for s in t["receipt"]["signatures"]]
    yield "SIGNATURE /transcript/receipt", not all(signed(key, message, signature) for key, signature in signatures)
    for p in parties:
        yield "TIMES /transcript/parties", not (p["committed_at"] <= t["frozen_at"] and reveal_from <= (p["revealed_at"] or "9"))
        yield "MISSING /transcript/parties", (p["secret"] is None) != (p["revealed_at"] is None) or (t["outcome"] and not p["secret"])
        yield "WEAK /transcript/parties", p["secret"] and weak(p["secret"])

def differences(document, key=None, terms=None):
    try:
        found, t = leaves(document), document["transcript"]
        yield from (line for line, broken in asked(t, found, document["openings"], document["officer_openings"]) if broken)
        should = leaves(rerun(document))
        yield from (f"DIFFERS {at}" for at in found | should if found.get(at) != should.get(at))
        yield from (f"NOT_PUBLISHED {at}" for at, given, known in (
            ("/transcript/receipt/key", t["receipt"]["key"], key), ("/transcript/terms", t["terms"], terms)) if known and given != known)
    except Exception:  # whatever cannot be read as the page says
        yield "NOT_RUNNABLE /transcript"

if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--key"), arguments.add_argument("--terms"), arguments.add_argument("files", nargs="+")
    options, wrong = arguments.parse_args(), []
    for file in options.files:
        try:
            wrong += (lines := [*differences(read(pathlib.Path(file).read_bytes()), options.key, options.terms)])
        except (OSError, RecursionError, ValueError) as error:
            wrong += (lines := [f"UNREADABLE {error}"])
        print("\n".join(f"{file}: {ascii(line)[1:-1]}" for line in lines) or f"valid: {file}")
    sys.exit(bool(wrong))
