"""Proves that tests/verify_draw.py can say no, and that it says of ten thousand forgeries what the Rust verifier says: bends the
test vectors in every place and in the ways of refused.json, and reads the forgeries that the Rust tests wrote.
    python3 check_verifier.py forgeries.jsonl vector.json...
"""
import copy, functools, json, operator, pathlib, sys  # noqa: E401

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE.parent))
from verify_draw import canonical, differences, h, leaves, read  # noqa: E402


def at(document, pointer):
    """The holder and the last step of a JSON pointer."""
    *way, last = [int(step) if step.isdigit() else step for step in pointer.split("/")[1:]]
    return functools.reduce(operator.getitem, way, document), last


def sealed(document):
    document["digest"] = h(canonical(document["transcript"]).encode()).hex()
    return canonical(document)


def bent(document, pointer):
    forged = copy.deepcopy(document)
    holder, last = at(forged, pointer)
    old = holder[last]
    if old is None:
        holder[last] = "bent"
    else:
        holder[last] = old + 1 if isinstance(old, int) else old[:-1] + "01"[old[-1:] == "0"]
    return forged


def stages(document):
    """The record before the draw, and before any secret was public."""
    frozen = copy.deepcopy(document)
    frozen["transcript"] |= {"outcome": None, "matching": None}
    yield frozen
    for party in frozen["transcript"]["parties"]:
        party |= {"secret": None, "revealed_at": None}
    frozen["transcript"]["receipt"]["signatures"] = []
    yield frozen


def refused(document, case):
    if "from" in case:
        assert case["from"] in canonical(document), case
        return canonical(document).replace(case["from"], case["to"], 1)
    forged = copy.deepcopy(document)
    holder, last = at(forged, case["at"])
    if case.get("repeat"):
        holder[last].insert(0, copy.deepcopy(holder[last][0]))
    elif case.get("reverse"):
        holder[last].reverse()
    elif case.get("remove"):
        holder[last].pop(0)
    else:
        holder[last] = case["value"]
    return sealed(forged)


def found(text):
    try:
        return [*differences(read(text.encode()))]
    except (RecursionError, ValueError):
        return ["UNREADABLE"]


forgeries, *vectors = sys.argv[1:]
tries = {}
for name in vectors:
    vector = read(pathlib.Path(name).read_bytes())
    assert not found(canonical(vector)), found(canonical(vector))
    for stage in stages(vector):
        assert not found(sealed(stage)), found(sealed(stage))
    tries |= {f"{name} {pointer} bent": canonical(bent(vector, pointer)) for pointer in leaves(vector)}
    # These hang on the digest alone, as docs/verifiable-draw.md §10 says.
    tries |= {f"{name} {pointer} bent, with its digest": sealed(bent(vector, pointer)) for pointer in leaves(vector)
              if not pointer.endswith(("/revealed_at", "/digest"))}
    tries |= {f"{name} {case['name']}": refused(vector, case) for case in json.loads((HERE / "refused.json").read_bytes())}
unnoticed = [f"UNNOTICED {name}" for name, text in tries.items() if not found(text)]

with open(forgeries, encoding="utf-8") as lines:
    forgeries = [json.loads(line) for line in lines]
assert len(forgeries) == 10_000, len(forgeries)
unnoticed += [f"DISAGREES {at}: {forged['text']}" for at, forged in enumerate(forgeries)
              if forged["accepted"] != (not found(forged["text"]))]
print("\n".join(unnoticed[:20]) or f"{len(tries)} forgeries found; of one mind about {len(forgeries)} more")
sys.exit(bool(unnoticed))
