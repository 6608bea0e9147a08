"""Runs draws again from their records, as docs/verifiable-draw.md defines them (mingjian-draw/2): "valid: FILE", or
"FILE: CODE /pointer" for each difference.    python3 verify_draw.py transcript.json [...]"""
import hashlib, hmac, json, pathlib, re, sys  # noqa: E401
from collections import Counter

# JSON texts by member: fixed lengths, so that hashed bytes split in one way only; one spelling, so that texts compare.
FORMS = {name: re.compile(form, re.ASCII) for form, names in {
    '"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"': "department draw leader object officer officers party task",
    '"[0-9a-f]{64}"': "commitment digest pool_root recusal_root ref roster_root secret seed terms ticket",
    r'"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"': "committed_at drawn_at frozen_at matched_at revealed_at",
    r"\d{1,9}": "epoch exclude_months excluded_by_frequency excluded_recently officers_per_object", r"\d{1,4}|10000": "rate_bp",
    r"\d{1,16}": "count minimum population", '"[0-9a-f]{32}"': "salt", r'(?!.*\\u0000)".*"':
    "algorithm industry_prefixes object_types reason region_codes stratum tags township_codes",
}.items() for name in names.split()}
# What is fixed at the freeze beside the commitments; the members of every object; the keys of lists that ascend.
TERMS = "algorithm draw eligibility epoch frozen_at officers_per_object pool_root previous recusal_root roster_root strata task"
SHAPES = {frozenset(names.split()) for names in (
    TERMS + " matching outcome parties pool recusals roster terms", "commitment committed_at party revealed_at secret",
    "digest openings transcript", "object ref salt", "ref stratum", "ref stratum ticket", "department officer", "officer ref",
    "officer reason", "draw epoch pool_root reason", "count minimum population rate_bp stratum", "drawn_at seed selected",
    "matched_at teams unavailable", "department leader officers ref", "industry_prefixes object_types region_codes tags"
    " township_codes", "exclude_months excluded_by_frequency excluded_recently filter")}
TEXTS = "industry_prefixes object_types officers region_codes tags township_codes".split()
ORDERS = {"pool": "ref", "roster": "department officer", "recusals": "officer ref", "parties": "party"}

def members(pairs):
    if len(pairs) == len(found := dict(pairs)) and frozenset(found) in SHAPES:
        return found
    raise ValueError(f"an object with the members {[name for name, _ in pairs]}")

def read(text): return json.loads(text.decode(), object_pairs_hook=members, parse_int=lambda n: n if n[0] == "-" else int(n))
def canonical(value): return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
def raw(*words): return bytes.fromhex("".join(words).replace("-", ""))
def h(*parts): return hashlib.sha256(b"".join(parts)).digest()
def mac(seed, *parts): return hmac.digest(seed, b"".join(parts), "sha256").hex()
def ascending(rows, *names): return [r for _, r in sorted({tuple(r[n] for n in names): r for r in rows}.items())]
def packed(rows, *names): return b"".join(raw(*(row[name] for name in names)) for row in ascending(rows, *names))

def merkle(nodes):
    split = 1 << (len(nodes) - 1).bit_length() >> 1
    return h(b"\1", merkle(nodes[:split]), merkle(nodes[split:])) if len(nodes) > 1 else nodes[0] if nodes else h()

def leaves(value, at=""):  # all that is neither object nor array, as {JSON pointer: JSON text}
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else None
    return {at: canonical(value)} if items is None else {p: t for k, i in items for p, t in leaves(i, f"{at}/{k}").items()}

def match(t, seed):
    away = {entry["officer"] for entry in t["matching"]["unavailable"]}
    apart, size = {(pair["officer"], pair["ref"]) for pair in t["recusals"]}, t["officers_per_object"]
    for d in sorted({pair["department"] for pair in t["roster"]}):
        staff, visits, leads = {p["officer"] for p in t["roster"] if p["department"] == d} - away, Counter(), Counter()
        for ref in (entry["ref"] for entry in t["outcome"]["selected"]):
            lot = {o: mac(seed, b"match", raw(d, ref, o)) for o in staff if (o, ref) not in apart}
            team = sorted(lot, key=lambda o: (visits[o], lot[o], o))[:size]
            if len(team) < max(1, size):
                return (yield {"ref": "the match fails"})  # equal to nothing that may be recorded
            leader = min(team, key=lambda o: (leads[o], lot[o]))
            visits.update(team)
            leads[leader] += 1
            yield {"department": d, "leader": leader, "officers": sorted(team), "ref": ref}

def rerun(record):  # the record as it should be, from those members that do not follow from others
    t = {**record["transcript"], "algorithm": "mingjian-draw/2"}
    t |= {name: ascending(t[name], *keys.split()) for name, keys in ORDERS.items()}
    t |= {"pool_root": merkle([h(b"\0", raw(leaf["ref"]), leaf["stratum"].encode()) for leaf in t["pool"]]).hex(),
          "roster_root": h(b"mingjian-draw/2 roster\n", packed(t["roster"], "department", "officer")).hex(),
          "recusal_root": h(b"mingjian-draw/2 recusals\n", packed(t["recusals"], "officer", "ref")).hex()}
    labels, task = Counter(leaf["stratum"] for leaf in t["pool"]), raw(t["task"]) + t["epoch"].to_bytes(4, "big")
    t["strata"] = [{**s, "population": (n := labels[s["stratum"]]),
                    "count": min(n, max(s["minimum"], -(-n * s["rate_bp"] // 10000)))} for s in t["strata"]]
    t["parties"] = [p if p["secret"] is None else {**p, "commitment": h(
        b"mingjian-draw/2 commit\n", task, raw(p["party"], p["secret"])).hex()} for p in t["parties"]]
    fixed = {n: t[n] for n in TERMS.split()}
    fixed["parties"] = [{n: p[n] for n in ("commitment", "committed_at", "party")} for p in t["parties"]]
    t["terms"] = (terms := h(b"mingjian-draw/2 terms\n", canonical(fixed).encode())).hex()
    if t["outcome"] and all(p["secret"] for p in t["parties"]):  # without every secret nothing can be run again
        seed = h(b"mingjian-draw/2 seed\n", terms, packed(t["parties"], "party", "secret"))
        lots = ascending([{**p, "ticket": mac(seed, raw(t["task"]), p["stratum"].encode(), b"\0", raw(p["ref"]))}
                          for p in t["pool"]], "ticket", "ref")
        t["outcome"] = {**t["outcome"], "seed": seed.hex(), "selected": [
            lot for s in t["strata"] for lot in [lot for lot in lots if lot["stratum"] == s["stratum"]][:s["count"]]]}
        t["matching"] = t["matching"] and {**t["matching"], "teams": list(match(t, seed))}
    openings = [{**o, "ref": h(b"mingjian-draw/2 object\n", raw(o["object"], o["salt"])).hex()} for o in record["openings"]]
    return {"digest": h(canonical(record["transcript"]).encode()).hex(), "openings": openings, "transcript": t}

def differences(document):
    try:
        found, t, openings = leaves(document), document["transcript"], document["openings"]
        drawn, matched = (t["outcome"] or {"drawn_at": "9"})["drawn_at"], (t["matching"] or {"matched_at": "9"})["matched_at"]
        away = (t["matching"] or {"unavailable": []})["unavailable"]
        refs, labels = {leaf["ref"] for leaf in t["pool"]}, {s["stratum"] for s in t["strata"]}
        lists = [(t[name], *keys.split()) for name, keys in ORDERS.items()] + [(away, "officer"), (openings, "ref")]
        bad = [(f"MALFORMED {at}", not FORMS[name].fullmatch(v) or at[-1].isdigit() != (name in TEXTS)) for at, v in found.items()
               if (name := re.findall("[a-z_]+", at)[-1]) not in "matching outcome revealed_at secret" or v != "null"]
        bad += [("ORDER /", rows != ascending(rows, *keys)) for rows, *keys in lists]
        bad += [("PARTIES /transcript/parties", len(t["parties"]) < 2), ("TEAM /transcript", t["officers_per_object"] < 2),
                ("EPOCHS /transcript/previous", [p["epoch"] for p in t["previous"]] != [*range(1, t["epoch"])]),
                ("STRATA /transcript/strata", len(labels) < len(t["strata"])), ("MISSING /", t["matching"] and not t["outcome"]),
                ("TIMES /transcript/outcome", not max(p["revealed_at"] or "" for p in t["parties"]) <= drawn <= matched),
                ("UNKNOWN /transcript/matching", {a["officer"] for a in away} - {o["officer"] for o in t["roster"]})]
        for p in t["parties"]:
            bad += [("TIMES /transcript/parties", not p["committed_at"] <= t["frozen_at"] <= (p["revealed_at"] or "9")),
                    ("MISSING /transcript/parties", None in p.values() and (t["outcome"] or p["secret"] != p["revealed_at"]))]
        bad += [("UNDECLARED /transcript/pool", {p["stratum"] for p in t["pool"]} - labels),
                ("UNKNOWN /openings", {o["ref"] for o in openings} - refs)]
        yield from (line for line, broken in bad if broken)
        should = leaves(rerun(document))
        yield from (f"DIFFERS {at}" for at in found | should if found.get(at) != should.get(at))
    except Exception:  # whatever cannot be read as the page says
        yield "NOT_RUNNABLE /transcript"

if __name__ == "__main__":
    wrong = []
    for file in sys.argv[1:] or sys.exit(__doc__):
        try:
            wrong += (lines := [*differences(read(pathlib.Path(file).read_bytes()))])
        except (OSError, RecursionError, ValueError) as error:
            wrong += (lines := [f"UNREADABLE {error}"])
        print("\n".join(f"{file}: {ascii(line)[1:-1]}" for line in lines) or f"valid: {file}")
    sys.exit(bool(wrong))
