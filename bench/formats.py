#!/usr/bin/env python3
"""Holds the formats for machines against the published schemas and the programs that read them.

    bench/formats.py [--binary PATH] [--sarif-schema FILE] [--rdjson-schema FILE] [--multitool PATH] [--reviewdog PATH]
                     [FOLDER PACK@VERSION]...

Each folder (left out: golden/tour to istio@1.27, and one with every kind of odd text) is copied into a git checkout of its own,
and a run in each format is read by:

* json: the schema that `yamlift schema report` prints
* sarif: the OASIS schema (that of the crate serde-sarif, `src/schema.json`), `sarif-multitool validate` (npm
  @microsoft/sarif-multitool), reviewdog
* rdjson: reviewdog's schema (`proto/rdf/jsonschema/DiagnosticResult.json` of its repository), reviewdog
  (its parsers: `--reviewdog` is what bench/reviewdog is built to)
* gitlab: the members that GitLab's manual names
* github: the grammar of workflow commands

What is not given is left out, and said. Ends with 1 if a reader complains. Wants Python's jsonschema.
"""
import argparse
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import jsonschema

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from corpus import HERE, find_binary  # noqa: E402

ODD = {
    "deploy/ü b/a,b%.yaml": "\ufeff# 😀 e\u0301 日本\t\r\napiVersion: install.istio.io/v1alpha1\r\nkind: IstioOperator\r\n"
    "spec:\r\n  meshConfig:\r\n    extensionProviders:\r\n    - name: '😀: 日本, 100%'\t# e\u0301\r\n      lightstep:\r\n"
    "        service: ls\r\n        port: 80\r\n        accessToken: \"x%y:z\"\r\n",
    "deploy/broken: x.yaml": "apiVersion: install.istio.io/v1alpha1\nkind: IstioOperator\nspec: {meshConfig: [}\n",
    "deploy/latin.yaml": b"kind: IstioOperator # \xe9\nmeshConfig: 1\n",
}

GITLAB = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "properties": {
            "description": {"type": "string", "minLength": 1},
            "check_name": {"type": "string", "minLength": 1},
            "fingerprint": {"type": "string", "minLength": 1},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "properties": {
                    "path": {"type": "string", "pattern": r"^(?!\./|/)"},
                    "lines": {"type": "object", "required": ["begin"], "properties": {"begin": {"type": "integer", "minimum": 1}}},
                },
            },
        },
    },
}

COMMAND = re.compile(r"::(error|warning|notice)( [a-zA-Z]+=[^:,\r\n]*(,[a-zA-Z]+=[^:,\r\n]*)*)?::([^%\r\n]|%25|%0D|%0A)*")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary")
    parser.add_argument("--sarif-schema")
    parser.add_argument("--rdjson-schema")
    parser.add_argument("--multitool")
    parser.add_argument("--reviewdog")
    parser.add_argument("runs", nargs="*", metavar="FOLDER PACK@VERSION")
    args = parser.parse_args()
    args.binary = find_binary(args.binary)
    for name in ("sarif_schema", "rdjson_schema", "multitool", "reviewdog"):
        if not getattr(args, name):
            print(f"left out: --{name.replace('_', '-')}")
    runs = list(zip(args.runs[::2], args.runs[1::2]))
    complaints = 0
    with tempfile.TemporaryDirectory() as scratch:
        scratch = pathlib.Path(scratch)
        if not runs:
            for path, text in ODD.items():
                path = scratch / "odd" / path
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(text if isinstance(text, bytes) else text.encode())
            runs = [(HERE / "golden" / "tour", "istio@1.27"), (scratch / "odd", "istio@1.27")]
        for number, (folder, to) in enumerate(runs):
            checkout = scratch / str(number) / "checkout"
            shutil.copytree(folder, checkout)
            for command in (["init", "-q"], ["add", "-A"], ["-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "a"]):
                subprocess.run(["git", *command], cwd=checkout, check=True)
            said = list(check(args, checkout, to, scratch / str(number)))
            print(f"{folder} {to}: {'; '.join(said) or 'nothing to complain of'}")
            complaints += len(said)
    sys.exit(1 if complaints else 0)


def check(args, checkout, to, out):
    names = ("json", "sarif", "github", "gitlab", "rdjson")
    reports = [f"--report={name}={out / name}" for name in names]
    command = [args.binary, "migrate", "-q", "--to", to, "--format", "diff", *reports]
    code = subprocess.run(command, cwd=checkout, capture_output=True).returncode
    if not (out / "rdjson").exists():
        yield f"the run ended with {code}"
        return
    schema = json.loads(subprocess.run([args.binary, "schema", "report"], capture_output=True, check=True).stdout)
    yield from against(schema, "json", out)
    yield from against(GITLAB, "gitlab", out)
    for name in ("sarif", "rdjson"):
        given = getattr(args, f"{name}_schema")
        if given:
            yield from against(json.loads(pathlib.Path(given).read_text()), name, out)
    for line in (out / "github").read_text().splitlines():
        if not COMMAND.fullmatch(line):
            yield f"github: {line}"
    prints = [one["fingerprint"] for one in json.loads((out / "gitlab").read_text())]
    if len(prints) != len(set(prints)):
        yield "gitlab: two of one fingerprint"
    if args.multitool:
        yield from multitool(args.multitool, checkout, out)
    if args.reviewdog:
        for name in ("rdjson", "sarif"):
            yield from reviewdog(args.reviewdog, name, out / name)


def against(schema, name, out):
    validator = jsonschema.validators.validator_for(schema)
    validator.check_schema(schema)
    for error in list(validator(schema).iter_errors(json.loads((out / name).read_text(encoding="utf-8"))))[:5]:
        yield f"{name}: {error.json_path}: {error.message[:200]}"


def multitool(binary, checkout, out):
    log, verdict = out / "log.sarif", out / "verdict.sarif"
    shutil.copy(out / "sarif", log)
    rules = ["--rule-kind", "Sarif;Ghas", "--level", "Error;Warning", "--kind", "Fail"]
    done = subprocess.run([binary, "validate", log, "--output", verdict, *rules], cwd=checkout, capture_output=True, text=True)
    if not verdict.exists():
        yield f"multitool: {done.stdout[-500:]}{done.stderr[-500:]}"
        return
    for one in json.loads(verdict.read_text(encoding="utf-8-sig"))["runs"][0].get("results", []):
        # Asks for the address of the project, which is in the log once Cargo.toml has a `repository`.
        if one["ruleId"] == "SARIF2005":
            continue
        place = one["locations"][0]["physicalLocation"].get("region", {}).get("startLine")
        yield f"multitool: {one['ruleId']} {one.get('level', 'warning')} line {place}: {one['message'].get('arguments') or one['message']}"


def reviewdog(reader, name, file):
    with file.open("rb") as report:
        done = subprocess.run([reader, name], stdin=report, capture_output=True, text=True)
    document = json.loads(file.read_text(encoding="utf-8"))
    told = document["diagnostics"] if name == "rdjson" else document["runs"][0]["results"]
    fixed = [one for one in told if "suggestions" in one or "fixes" in one]
    if done.stdout.split() != [str(len(told)), str(len(fixed))]:
        yield f"reviewdog: {name}: reads {done.stdout.strip() or done.stderr.strip()}, not {len(told)} and {len(fixed)}"


if __name__ == "__main__":
    main()
