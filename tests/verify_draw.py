"""Runs draws again from their records, as docs/verifiable-draw.md defines them (mingjian-draw/1).
    python3 verify_draw.py transcript.json [...]    "valid: FILE", or "FILE: CODE /pointer" for each difference
    python3 verify_draw.py --self-test FILE         also tampers with the record; every tampering must be found
"""
import copy, functools, hashlib, hmac, json, operator, pathlib, re, sys  # noqa: E401
from collections import Counter

# JSON texts by member: fixed lengths, so that hashed bytes split in one way only; one spelling, so that texts compare.
FORMS = {name: re.compile(form, re.ASCII) for form, names in {
    '"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"': "department draw leader object officer officers party task",
    '"[0-9a-f]{64}"': "commitment digest pool_root recusal_root ref roster_root secret seed ticket",
    r'"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"': "committed_at drawn_at frozen_at matched_at revealed_at",
    r"\d{1,10}": "count epoch minimum officers_per_object population rate_bp", '"[0-9a-f]{32}"': "salt",
}.items() for name in names.split()}

def canonical(value): return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
def raw(*words): return bytes.fromhex("".join(words).replace("-", ""))
def h(*parts): return hashlib.sha256(b"".join(parts)).digest()
def mac(seed, *parts): return hmac.digest(seed, b"".join(parts), "sha256").hex()
# Each row once: what is entered twice would have two chances.
def ascending(rows, *names): return [r for _, r in sorted({tuple(r[n] for n in names): r for r in rows}.items())]
def packed(rows, *names): return b"".join(raw(*(row[name] for name in names)) for row in ascending(rows, *names))

def merkle(nodes):
    split = 1 << (len(nodes) - 1).bit_length() >> 1
    return h(b"\1", merkle(nodes[:split]), merkle(nodes[split:])) if len(nodes) > 1 else nodes[0] if nodes else h()

def leaves(value, at=""):  # all that is neither object nor array, as {JSON pointer: JSON text}
    if not isinstance(value, (dict, list)):
        return {at: canonical(value)}
    items = value.items() if isinstance(value, dict) else enumerate(value)
    return {pointer: text for key, item in items for pointer, text in leaves(item, f"{at}/{key}").items()}

def match(t, seed):
    away = {entry["officer"] for entry in t["matching"]["unavailable"]}
    apart, size = {(pair["officer"], pair["ref"]) for pair in t["recusals"]}, t["officers_per_object"]
    for d in sorted({pair["department"] for pair in t["roster"]}):
        staff, visits, leads = {p["officer"] for p in t["roster"] if p["department"] == d} - away, Counter(), Counter()
        for ref in (entry["ref"] for entry in t["outcome"]["selected"]):
            lot = {o: mac(seed, b"match", raw(d, ref, o)) for o in staff if (o, ref) not in apart}
            team = sorted(lot, key=lambda o: (visits[o], lot[o], o))[:size]
            if len(team) < max(1, size):
                yield {"ref": "the match fails"}  # equal to nothing that may be recorded
                return
            leader = min(team, key=lambda o: (leads[o], lot[o]))
            visits.update(team)
            leads[leader] += 1
            yield {"department": d, "leader": leader, "officers": sorted(team), "ref": ref}

def rerun(record):  # the record as it should be, from those members that do not follow from others
    t = {**record["transcript"], "algorithm": "mingjian-draw/1"}
    t |= {"pool": ascending(t["pool"], "ref"), "roster": ascending(t["roster"], "department", "officer")}
    roots = {"pool_root": merkle([h(b"\0", raw(leaf["ref"]), leaf["stratum"].encode()) for leaf in t["pool"]]),
             "roster_root": h(b"mingjian-draw/1 roster\n", packed(t["roster"], "department", "officer")),
             "recusal_root": h(b"mingjian-draw/1 recusals\n", packed(t["recusals"], "officer", "ref"))}
    labels, task = Counter(leaf["stratum"] for leaf in t["pool"]), raw(t["task"]) + t["epoch"].to_bytes(4, "big")
    t["strata"] = [{**s, "population": (n := labels[s["stratum"]]),
                    "count": min(n, max(s["minimum"], -(-n * s["rate_bp"] // 10000)))} for s in t["strata"]]
    t["parties"] = [p if p["secret"] is None else {**p, "commitment": h(
        b"mingjian-draw/1 commit\n", task, raw(p["party"], p["secret"])).hex()} for p in t["parties"]]
    if t["outcome"] and all(p["secret"] for p in t["parties"]):  # without every secret nothing can be run again
        seed = h(b"mingjian-draw/1 seed\n", task, *roots.values(), packed(t["parties"], "party", "secret"))
        lots = ascending([{**p, "ticket": mac(seed, raw(t["task"]), p["stratum"].encode(), b"\0", raw(p["ref"]))}
                          for p in t["pool"]], "ticket", "ref")
        t["outcome"] = {**t["outcome"], "seed": seed.hex(), "selected": [
            lot for s in t["strata"] for lot in [lot for lot in lots if lot["stratum"] == s["stratum"]][:s["count"]]]}
        t["matching"] = t["matching"] and {**t["matching"], "teams": list(match(t, seed))}
    return {"digest": h(canonical(record["transcript"]).encode()).hex(), "openings": [
        {**o, "ref": h(b"mingjian-draw/1 object\n", raw(o["object"], o["salt"])).hex()} for o in record["openings"]],
        "transcript": t | {name: root.hex() for name, root in roots.items()}}

def differences(document):
    try:
        record = {"openings": document.get("openings") or [], **{n: document[n] for n in ("digest", "transcript")}}
        found, t = leaves(record), record["transcript"]
        refs, labels = {leaf["ref"] for leaf in t["pool"]}, {s["stratum"] for s in t["strata"]}
        bad = [(f"MALFORMED {at}", not form.fullmatch(text)) for at, text in found.items()
               if text != "null" and (form := FORMS.get(re.findall("[a-z_]+", at)[-1]))]
        bad += [("PARTIES /transcript/parties", len({p["party"] for p in t["parties"]}) < 2),
                ("MISSING /transcript/outcome", t["matching"] and not t["outcome"])]
        for at, p in ((f"/transcript/parties/{i}", p) for i, p in enumerate(t["parties"])):
            bad += [(f"LATE {at}/committed_at", p["committed_at"] > t["frozen_at"]),
                    (f"EARLY {at}/revealed_at", p["revealed_at"] and p["revealed_at"] < t["frozen_at"]),
                    (f"MISSING {at}/secret", None in p.values() and (t["outcome"] or p["secret"] != p["revealed_at"]))]
        bad += [(f"UNDECLARED /transcript/pool/{i}", p["stratum"] not in labels) for i, p in enumerate(t["pool"])]
        bad += [(f"UNKNOWN /openings/{i}/ref", o["ref"] not in refs) for i, o in enumerate(record["openings"])]
        yield from (line for line, broken in bad if broken)
        should = leaves(rerun(record))
        yield from (f"DIFFERS {at}" for at in found | should if found.get(at) != should.get(at))
    except Exception:  # whatever cannot be read as the page says
        yield "NOT_RUNNABLE /transcript"

def unnoticed(document):  # changes with the digest made anew, then every value once with the digest left
    t, team = document["transcript"], document["transcript"]["matching"]["teams"][0]
    other = {"outcome/selected/0/ref": [p["ref"] for p in t["pool"] if p["ref"] not in canonical(t["outcome"])][0],
             "matching/teams/0/leader": [officer for officer in team["officers"] if officer != team["leader"]][0]}
    sealed = [*other, "strata/0/count", "outcome/selected", "parties/0/secret", "parties/0/commitment", "epoch",
              "matching/teams/0/officers/0", "roster/0/officer", "pool/0/ref"]
    for at in sealed + list(leaves(document)):  # the latter begin with a slash
        forged = copy.deepcopy(document)
        *way, last = [int(step) if step.isdigit() else step for step in at.split("/")]
        holder = functools.reduce(operator.getitem, way[1:] if at[0] == "/" else ["transcript", *way], forged)
        old = holder[last] or ""
        flipped = old[:-1] + "01"[old[-1:] == "0"] if isinstance(old, str) else None
        holder[last] = other.get(at) or flipped or (old[::-1] if isinstance(old, list) else old + 1)
        forged["digest"] = forged["digest"] if at[0] == "/" else h(canonical(forged["transcript"]).encode()).hex()
        if forged == document or not any(differences(forged)):
            yield f"UNNOTICED {at}"

if __name__ == "__main__":
    wrong, testing = [], sys.argv[1:2] == ["--self-test"]
    for file in sys.argv[1 + testing:] or sys.exit(__doc__):
        try:
            document = json.loads(pathlib.Path(file).read_bytes())
            lines = [*differences(document), *(unnoticed(document) if testing else ())]
        except (ArithmeticError, LookupError, OSError, RecursionError, TypeError, ValueError):
            lines = ["NOT_TESTABLE" if testing else "UNREADABLE"]
        print("\n".join(f"{file}: {ascii(line)[1:-1]}" for line in lines) or f"valid: {file}")
        wrong += lines
    sys.exit(bool(wrong))
