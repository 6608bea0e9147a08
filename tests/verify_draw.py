"""Runs draws again from their records, as docs/verifiable-draw.md defines them (mingjian-draw/3): "valid: FILE", or
"FILE: CODE /pointer" for each difference. --key: the service's published key; --terms: those of a receipt that you kept."""
import argparse, datetime, functools, hashlib, hmac, json, pathlib, re, sys  # noqa: E401
from collections import Counter
CAUSES = "PARTY_REFUSED|PARTY_UNREACHABLE|SECRET_LOST|POOL_WRONG|ROSTER_WRONG|RECORD_CHANGED|TASK_WITHDRAWN|SYSTEM_FAULT"
TIMES = "at committed_at drawn_at frozen_at matched_at reveal_from revealed_at since"
FORMS = {name: re.compile(form, re.ASCII) for form, names in {  # of each member: fixed lengths, and one spelling
    '"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"': "department draw house object party person task", '"[0-9a-f]{128}"': "signature",
    '"[0-9a-f]{192}"': "beacon", '(?=.{3,202}$)"[0-9a-f]+( [0-9a-f]+)*"': "value", '(?=.{3,202}$)"d+( d+)*"': "form",
    '"[0-9a-f]{64}"': "commitment digest key leader officer officers pool_root recusal_root ref roster_root secret seed terms ticket",
    r'"2\d{3}-\d\d-\d\dT\d\d:\d\d:[0-5]\d\.\d{3}Z"': TIMES, '"[0-9a-f]{32}"': "salt", r"\d{1,4}|10000": "rate_bp",
    r"\d{1,9}": "classes_moved edition entered epoch exclude_months excluded_by_frequency excluded_recently left members officers_entered"
    " officers_left officers_per_object recusals_declared objects revealed round", r"\d{1,16}": "count minimum population",
    '"(LEAD|COOPERATING|WITNESS)"': "duty", f'"({CAUSES})"': "cause", '"(FROZEN|DRAWN|MATCHED)"': "stage",
    '"(OBJECTS|OFFICERS)"': "kind", '"[0-9A-Z]{1,40}"': "code", r'(?!.*\\u0000)".+"': "name",
    r'(?!.*\\u0000)".*"': "algorithm industry_prefixes lone_object_reason object_types reason region_codes stratum tags township_codes",
}.items() for name in names.split()}
TERMS = "algorithm conditions draw eligibility epoch frozen_at officers_per_object pool_root previous recusal_root roster_root strata task"
SHAPES = {frozenset(names.split()) for names in (
    TERMS + " matching outcome parties pool receipt recusals roster terms", "industry_prefixes object_types region_codes tags township_codes", "officer ref",
    "classes_moved entered left officers_entered officers_left recusals_declared since", "exclude_months excluded_by_frequency excluded_recently filter",
    *(f"changes lone_object_reason reveal_from {a} {b} {c}" for a in ("", "chance") for b in ("", "left_out") for c in ("", "libraries")),
    "commitment committed_at party revealed_at secret who", "code digest edition kind members name", "digest officer_openings openings transcript",
    "count minimum population rate_bp stratum", "draw ended epoch pool_root reason", "department leader officers ref", "chance drawn_at seed selected",
    "key signature signatures", "drawn_at seed selected", "cause revealed stage", "at beacon form name round", "duty house key name", "ref stratum ticket",
    "department officer", "matched_at teams", "object ref salt", "person ref salt", "party signature", "signature value", "objects reason", "ref stratum")}
TEXTS, NULL = (words.split() for words in ("industry_prefixes object_types officers region_codes tags township_codes",
                                           "beacon cause form key lone_object_reason matching outcome revealed_at round secret"))
ORDERS = {"pool": "ref", "roster": "department officer", "recusals": "officer ref", "parties": "party"}
def members(pairs):
    if len(pairs) == len(found := dict(pairs)) and frozenset(found) in SHAPES: return found  # noqa: E701
    raise ValueError(f"an object with the members {[name for name, _ in pairs]}")
def read(text): return json.loads(text.decode(), object_pairs_hook=members, parse_int=lambda n: n if n[0] == "-" else int(n))
def canonical(value): return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
def raw(*words): return bytes.fromhex("".join(words).replace("-", ""))
def h(*parts): return hashlib.sha256(b"".join(parts)).digest()
def tagged(purpose, *parts): return h(f"mingjian-draw/3 {purpose}\n".encode(), *parts)
def mac(seed, *parts): return hmac.digest(seed, b"".join(parts), "sha256").hex()
def ascending(rows, *names): return [r for _, r in sorted({tuple(r[n] for n in names): r for r in rows}.items())]
def packed(rows, *names): return b"".join(raw(*(row[name] for name in names)) for row in ascending(rows, *names))
P, L = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493  # Ed25519 (RFC 8032): points as x, y, z, t
D = -121665 * pow(121666, -1, P) % P
def same(p, q): return (p[0] * q[2] - q[0] * p[2]) % P == 0 == (p[1] * q[2] - q[1] * p[2]) % P
def point(code):
    sign, y = (n := int.from_bytes(code, "little")) >> 255, n & (1 << 255) - 1
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    x = x if (x * x - square) % P == 0 else x * pow(2, (P - 1) // 4, P) % P
    if y >= P or (x * x - square) % P or (x == 0 and sign): raise ValueError("no point")  # noqa: E701
    return (x := x if x & 1 == sign else P - x), y, 1, x * y % P
def add(p, q):
    a, b, c, d = (p[1] - p[0]) * (q[1] - q[0]), (p[1] + p[0]) * (q[1] + q[0]), 2 * D * p[3] * q[3], 2 * p[2] * q[2]
    return (b - a) * (d - c) % P, (d + c) * (b + a) % P, (d - c) * (d + c) % P, (b - a) * (b + a) % P
def times(n, p): return functools.reduce(lambda t, bit: add(add(t, t), p) if bit == "1" else add(t, t), f"{n:b}", (0, 1, 1, 0))
@functools.cache
def signed(key, message, signature):  # neither key nor signature of small order
    a, r, s = point(raw(key)), point(raw(signature)[:32]), int.from_bytes(raw(signature)[32:], "little")
    k = int.from_bytes(hashlib.sha512(raw(signature)[:32] + raw(key) + message).digest(), "little") % L
    base = point((4 * pow(5, -1, P) % P).to_bytes(32, "little"))
    return s < L and not any(same(times(8, p), (0, 1, 1, 0)) for p in (a, r)) and same(times(s, base), add(r, times(k, a)))
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
            visits.update(team := sorted(lot, key=lambda o: (visits[o], lot[o], o))[:size])
            leads[leader := min(team, key=lambda o: (leads[o], lot[o]))] += 1
            yield {"department": d, "leader": leader, "officers": sorted(team), "ref": ref}
def opened(rows, purpose, name): return [{**o, "ref": tagged(purpose, raw(o[name], o["salt"])).hex()} for o in rows]
def rerun(record):  # the record as it should be, from those members that do not follow from others
    t = {**(t := record["transcript"]), "algorithm": "mingjian-draw/3", **{n: ascending(t[n], *k.split()) for n, k in ORDERS.items()}}
    t["pool_root"] = merkle([h(b"\0", raw(leaf["ref"]), leaf["stratum"].encode()) for leaf in t["pool"]]).hex()
    t |= {f"{name[:7]}_root": tagged(name, packed(t[name], *ORDERS[name].split())).hex() for name in ("roster", "recusals")}
    labels, task = Counter(leaf["stratum"] for leaf in t["pool"]), raw(t["task"]) + t["epoch"].to_bytes(4, "big")
    t["strata"] = [{**s, "stratum": f"S{at}", "population": (n := labels[s["stratum"]]),
                    "count": min(n, max(s["minimum"], -(-n * s["rate_bp"] // 10000)))} for at, s in enumerate(t["strata"], 1)]
    t["parties"] = [{**p, "commitment": (s := p["secret"]) and tagged("commit", task, raw(p["party"], s)).hex() or p["commitment"]} for p in t["parties"]]
    t["conditions"] = {**(c := t["conditions"]), "changes": {**c["changes"], "since": min(p["committed_at"] for p in t["parties"])}}
    committed = [{n: p[n] for n in ("commitment", "committed_at", "party", "who")} for p in t["parties"]]
    t["terms"] = (terms := tagged("terms", canonical({**{n: t[n] for n in TERMS.split()}, "parties": committed}).encode())).hex()
    if t["outcome"] and all(p["secret"] for p in t["parties"]):  # without every secret nothing can be run again
        said = [tagged("chance", c["value"].encode()) for c in [t["outcome"].get("chance")] if c]  # where the terms name a public value
        seed = tagged("seed", terms, packed(t["parties"], "party", "secret"), *said)
        lots = ascending([{**p, "ticket": mac(seed, raw(t["task"]), p["stratum"].encode(), b"\0", raw(p["ref"]))}
                          for p in t["pool"]], "ticket", "ref")
        t["outcome"] = {**t["outcome"], "seed": seed.hex(), "selected": [
            lot for s in t["strata"] for lot in [lot for lot in lots if lot["stratum"] == s["stratum"]][:s["count"]]]}
        t["matching"] = t["matching"] and {**t["matching"], "teams": list(match(t, seed))}
    opening = {"openings": opened(record["openings"], "object", "object"), "officer_openings": opened(record["officer_openings"], "officer", "person")}
    return {"digest": h(canonical(record["transcript"]).encode()).hex(), "transcript": t, **opening}
def weak(secret):
    return len({*(s := raw(secret))}) < 16 or len({(b - a) % 256 for a, b in zip(s, s[1:])}) == 1 or all(32 <= byte <= 126 for byte in s)
def asked(t, found, openings, people):  # every rule that is not a value to be computed, with whether it is broken
    parties, conditions, size, receipt = t["parties"], t["conditions"], t["officers_per_object"], t["receipt"]
    refs, home = {leaf["ref"] for leaf in t["pool"]}, {entry["officer"]: entry["department"] for entry in t["roster"]}
    for at, text in found.items():
        name = re.findall("[a-z_]+", at)[-1]
        yield f"MALFORMED {at}", not (name in NULL and text == "null" or FORMS[name].fullmatch(text)) or at[-1].isdigit() != (name in TEXTS)
        yield f"TIME {at}", name in TIMES.split() and text != "null" and not datetime.datetime.fromisoformat(text[1:-1])  # or it raises
    lists = [*((t[name], keys) for name, keys in ORDERS.items()), (openings, "ref"), (people, "ref"), (receipt["signatures"], "party"), (conditions.get("libraries", []), "code")]
    yield "ORDER /", any(rows != ascending(rows, *keys.split()) for rows, keys in lists)
    shelf = [library["members"] for library in conditions.get("libraries", []) if library["kind"] == "OBJECTS"]
    yield "LIBRARIES /transcript/conditions", conditions.get("libraries") == [] or len(shelf) > 1 or min(shelf, default=10**9) < len(refs)
    yield "EPOCHS /transcript/previous", [p["epoch"] for p in t["previous"]] != [*range(1, t["epoch"])]
    yield "UNDECLARED /transcript/pool", {p["stratum"] for p in t["pool"]} - {s["stratum"] for s in t["strata"]}
    yield "STRANGERS /", not ({r["officer"] for r in t["recusals"]} | {o["ref"] for o in people} <= {*home} and {r["ref"] for r in t["recusals"] + openings} <= refs)
    yield "LONE /transcript/strata", not conditions["lone_object_reason"] and any(s["population"] == s["count"] == 1 for s in t["strata"])
    staff, apart = Counter(home.values()), Counter((home.get(r["officer"]), r["ref"]) for r in t["recusals"])
    yield "TOO_FEW /transcript/roster", size < 2 or min([*staff.values(), *(staff[d] - n for (d, _), n in apart.items())], default=9) < size
    lead, others = ([p for p in parties if (p["who"]["duty"] == "LEAD") == leads] for leads in (True, False))
    outside = any(p["who"]["duty"] == "WITNESS" or p["who"]["house"] != lead[0]["who"]["house"] for p in others)
    yield "LEAD /transcript/parties", len(lead) != 1 or not outside or min(p["revealed_at"] or "9" for p in others) < (lead[0]["revealed_at"] or "8")
    drawn, matched = (t["outcome"] or {"drawn_at": "9"})["drawn_at"], (t["matching"] or {"matched_at": "9"})["matched_at"]
    last = max(p["revealed_at"] or "" for p in parties)
    yield "TIMES /transcript/outcome", not last <= drawn <= matched or (drawn == "9") != (matched == "9")
    yield "REPEATED /transcript/parties", any(n > 1 for name in ("commitment", "secret") for n in Counter(p[name] for p in parties if p[name]).values())
    def message(of, end): return "\n".join([f"mingjian-draw/3 {of}", t["task"], str(t["epoch"]), t["draw"], t["terms"], end, ""]).encode()
    keys = {p["party"]: p["who"]["key"] for p in parties if p["secret"]}
    c, said = conditions.get("chance"), (t["outcome"] or {}).get("chance")  # a beacon's own signature: `mingjian verify-draw`
    broken = c and (not max(conditions["reveal_from"], last) < c["at"] <= drawn or len({c["beacon"] is None, c["round"] is None, c["form"] is not None}) > 1)
    yield "CHANCE /transcript", broken or t["outcome"] and (not c) != (not said) or c and said and c["form"] not in (None, re.sub("[0-9]", "d", said["value"]))
    signatures = [(receipt, receipt["key"], "receipt", t["frozen_at"]), *((s, keys[s["party"]], "receipt", t["frozen_at"]) for s in receipt["signatures"])]
    signatures += [(said, receipt["key"], "chance", said["value"])] if said else []
    yield "SIGNATURE /transcript", not all(signed(key, message(of, end), by["signature"]) for by, key, of, end in signatures)
    for p in parties:
        yield "TIMES /transcript/parties", not p["committed_at"] <= t["frozen_at"] <= conditions["reveal_from"] <= (p["revealed_at"] or "9")
        yield "SECRET /transcript/parties", weak(p["secret"]) or not p["revealed_at"] if p["secret"] else t["outcome"] or p["revealed_at"]
def differences(document, key=None, terms=None):
    try:
        found, t = leaves(document), document["transcript"]
        yield from (line for line, broken in asked(t, found, document["openings"], document["officer_openings"]) if broken)
        should = leaves(rerun(document))
        yield from (f"DIFFERS {at}" for at in found | should if found.get(at) != should.get(at))
        kept = {"/transcript/receipt/key": key, "/transcript/terms": terms}
        yield from (f"NOT_PUBLISHED {at}" for at, known in kept.items() if known and found[at] != f'"{known}"')
    except Exception:  # whatever cannot be read as the page says
        yield "NOT_RUNNABLE /transcript"
if __name__ == "__main__":
    arguments, wrong = argparse.ArgumentParser(description=__doc__), []
    [arguments.add_argument(name) for name in ("--key", "--terms")], arguments.add_argument("files", nargs="+")
    for file in (options := arguments.parse_args()).files:
        try:
            wrong += (lines := [*differences(read(pathlib.Path(file).read_bytes()), options.key, options.terms)])
        except (OSError, RecursionError, ValueError) as error: wrong += (lines := [f"UNREADABLE {error}"])  # noqa: E701
        print("\n".join(f"{file}: {ascii(line)[1:-1]}" for line in lines) or f"valid: {file}")
    sys.exit(bool(wrong))
