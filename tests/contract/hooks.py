"""Schemathesis hooks of the contract tests.

SEEDS_FILE   JSON, {operationId: [{"path": {}, "query": {}, "headers": {}, "body": any, "content_type": str}]}:
             requests that must succeed; they run before all generated ones, each once.
TOKEN        bearer token. Where the first seed of an operation brings its own Authorization,
             the generated requests to that operation use it too.
STATUS_FILE  optional; receives {operationId: {status: number of answers}}.
"""

import base64
import hmac
import json
import os
import struct
import time
from collections import Counter, defaultdict
from pathlib import Path

import schemathesis
from schemathesis.auths import set_on_case

SEEDS = json.loads(Path(os.environ["SEEDS_FILE"]).read_text())
TOKEN = os.environ["TOKEN"]
RAW = (
    "text/csv",
    "application/x-ndjson",
    "application/offset+octet-stream",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
)

operations = set()
seeded = {}


def id_of(operation):
    return operation.definition.raw["operationId"]


schemathesis.serializer.alias(list(RAW), "application/octet-stream")


@schemathesis.hook
def filter_case(context, case):
    """These bodies are plain bytes, so an object or a number in their place is no invalid request."""
    return case.media_type not in RAW or not isinstance(case.body, (dict, list, int, float, type(None)))


@schemathesis.auth(refresh_interval=None)
class Bearer:
    def get(self, case, context):
        operation = context.operation
        if not operation.definition.raw.get("security", operation.schema.raw_schema.get("security")):
            return None
        first = next(iter(SEEDS.get(id_of(operation), ())), {})
        return first.get("headers", {}).get("Authorization", f"Bearer {TOKEN}")

    def set(self, case, data, context):
        case.headers["Authorization"] = data


@schemathesis.hook
def after_load_schema(context, schema):
    for path in schema.raw_schema["paths"].values():
        operations.update(item["operationId"] for item in path.values() if "responses" in item)
    if unknown := SEEDS.keys() - operations:
        raise ValueError(f"seeds for unknown operations: {sorted(unknown)}")


def body_of(seed):
    """The body; a one-time code is made when it is needed (RFC 6238)."""
    if "totp_secret" not in seed:
        return seed["body"]
    key = base64.b32decode(seed["totp_secret"])
    mac = hmac.digest(key, struct.pack(">Q", int(time.time()) // 30), "sha1")
    start = mac[-1] & 15
    number = struct.unpack(">I", mac[start:start + 4])[0] & 0x7FFFFFFF
    return {**seed["body"], "code": f"{number % 1_000_000:06d}"}


@schemathesis.hook
def before_add_examples(context, examples):
    """Add the seeds. The first goes to the end of the list, because schemathesis starts there."""
    operation = context.operation
    for number, seed in reversed(list(enumerate(SEEDS.get(id_of(operation), ())))):
        case = operation.Case(
            path_parameters=seed.get("path"),
            query=seed.get("query"),
            media_type=seed.get("content_type"),
            **({"body": body_of(seed)} if "body" in seed else {}),
        )
        set_on_case(case, schemathesis.AuthContext(operation=operation, app=None), None)
        case.headers.update(seed.get("headers", {}))
        seeded[case.id] = f"{id_of(operation)}[{number}]"
        examples.append(case)


@schemathesis.check
class every_operation_succeeds:
    """Every operation and every seed is answered with 2xx, and TOKEN is good to the end."""

    def __init__(self):
        self.statuses = defaultdict(Counter)
        self.faults = set()

    def after_response(self, ctx, response, case):
        name, status = id_of(case.operation), response.status_code
        if response.request.method != case.operation.method.upper():
            return
        self.statuses[name][status] += 1
        if case.id in seeded and not 200 <= status < 300:
            self.faults.add(f"{seeded[case.id]}: the seed was answered with {status}")
        if status == 401 and response.request.headers.get("Authorization") == f"Bearer {TOKEN}":
            self.faults.add(f"{name}: TOKEN was answered with 401")

    def after_run(self, ctx):
        table = {name: dict(sorted(self.statuses[name].items())) for name in sorted(operations)}
        if path := os.environ.get("STATUS_FILE"):
            Path(path).write_text(json.dumps(table, indent=1) + "\n")
        for name, statuses in table.items():
            if not any(200 <= status < 300 for status in statuses):
                self.faults.add(f"{name}: never answered with 2xx")
        if self.faults:
            raise AssertionError("\n".join(sorted(self.faults)))
