#!/usr/bin/env python3
"""Edits the templates of real charts by small migrations, and compares what Helm renders from them.

    bench/render.py [--binary PATH] [--helm PATH] TREE...

Each migration is tried alone on every chart: each rendered document must be what it was, or exactly what the migration
makes of it as data. Charts are rendered with their own values and without their dependencies. Needs PyYAML.
"""
import argparse
import collections
import copy
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import yaml

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from corpus import find_binary  # noqa: E402
from helm import copied, render  # noqa: E402

PODS = "[Deployment, DaemonSet, StatefulSet]"


def pod(document):
    return document["spec"]["template"]["spec"]


def rename(document):
    spec = pod(document)
    spec["serviceAccount"] = spec.pop("serviceAccountName")


def move(document):
    document["spec"]["scale"] = {"count": document["spec"].pop("replicas")}


def insert(document):
    metadata = document["spec"]["template"]["metadata"]
    metadata["annotations"] = {**(metadata.get("annotations") or {}), "x-y": "yes"}


def label(document):
    document["extra"] = {"a": 1}


def remove(document):
    for container in pod(document)["containers"]:
        container.pop("resources", None)


def append(document, new):
    # Each list may be refused by itself; the item goes above what stands in a branch at the end of the list.
    item = {"name": "X_Y", "value": "z"}
    for container, edited in zip(pod(document)["containers"], pod(new)["containers"]):
        if item in (edited.get("env") or []):
            container["env"] = list(container.get("env") or [])
            container["env"].insert(edited["env"].index(item), item)


MIGRATIONS = {
    "rename": (PODS, "- rename: { at: $.spec.template.spec.serviceAccountName, to: serviceAccount }", rename),
    "move": (PODS, "- move: { at: $.spec.replicas, to: $.spec.scale.count }", move),
    "insert": (PODS, "- insert: { in: $.spec.template.metadata.annotations, yaml: \"x-y: 'yes'\" }", insert),
    "label": ("[Service, ServiceAccount, ConfigMap, Role, ClusterRole]", "- insert: { in: $, yaml: 'extra: {a: 1}' }", label),
    "remove": (PODS, "- remove: '$.spec.template.spec.containers[*].resources'", remove),
    "append": (PODS, "- insert: { in: '$.spec.template.spec.containers[*].env', yaml: '- {name: X_Y, value: z}' }", append),
}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("trees", nargs="+", type=pathlib.Path)
    parser.add_argument("--binary")
    parser.add_argument("--helm", default="helm")
    args = parser.parse_args()
    binary, violations = find_binary(args.binary), []
    counts = {name: collections.Counter() for name in MIGRATIONS}
    with tempfile.TemporaryDirectory() as folder:
        packs = pathlib.Path(folder, "packs")
        write_packs(packs)
        for chart in sorted(p.parent for tree in args.trees for p in tree.rglob("Chart.yaml")):
            old = pathlib.Path(folder, "old")
            copy_chart(chart, old)
            before = documents(args.helm, old)
            if before is None or before != documents(args.helm, old):
                # Some give a random name or key at each run.
                counts["rename"]["charts that do not render, or not twice the same"] += 1
                shutil.rmtree(old)
                continue
            for name, (_, _, change) in MIGRATIONS.items():
                new = pathlib.Path(folder, "new")
                copy_chart(chart, new)
                done = subprocess.run(
                    [binary, "migrate", "-q", "--packs", packs, "--to", f"{name}@2", "-w", "--fail-on", "never", "."], cwd=new, capture_output=True, text=True
                )
                if str(packs) in done.stderr:
                    sys.exit(done.stderr)
                counts[name]["refused"] += done.stderr.count("Left as it is")
                after = documents(args.helm, new)
                why = "no longer renders" if after is None else compare(before, after, change, counts[name])
                if why:
                    violations.append(f"{chart.name}, {name}: {why}")
                    print(f"VIOLATION {violations[-1]}", flush=True)
                shutil.rmtree(new)
            shutil.rmtree(old)
    for name, count in counts.items():
        print(f"{name:8} {dict(count)}")
    print(f"{len(violations)} violations")
    sys.exit(1 if violations else 0)


def write_packs(packs):
    """A pack for each migration, of its name, with version 2."""
    for name, (kinds, verbs, _) in MIGRATIONS.items():
        pack = packs / "migrations" / name
        (pack / "2").mkdir(parents=True)
        (pack / "pack.yaml").write_text('title: T\nchain: ["1", "2"]\n')
        rule = f"title: T\nwhy: T\nsafety: safe\ntarget: {{ kind: {kinds} }}\ndo:\n{verbs}\n"
        (pack / "2" / "it.yaml").write_text(rule)


def copy_chart(chart, to):
    copied(chart, to)
    about = yaml.safe_load((to / "Chart.yaml").read_text())
    about.pop("dependencies", None)
    (to / "Chart.yaml").write_text(yaml.safe_dump(about))


def documents(helm, chart):
    rendered = render(helm, chart)
    if rendered is None:
        return None
    try:
        # The checksum of another file of the chart follows that file.
        text = re.sub(r"(checksum/[^:]*: ).*", r"\1x", rendered)
        return list(yaml.load_all(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)))
    except yaml.YAMLError:
        return None


def compare(before, after, change, count):
    if len(before) != len(after):
        return f"{len(after)} documents instead of {len(before)}"
    for old, new in zip(before, after):
        if old == new:
            count["as they were"] += 1
            continue
        wanted = copy.deepcopy(old)
        try:
            change(wanted, new) if change is append else change(wanted)
        except (KeyError, TypeError):
            return f"changed, though there was nothing to change: {str(new)[:300]}"
        if wanted != new:
            return f"became something else:\n{yaml.safe_dump(wanted)[:1500]}\n---\n{yaml.safe_dump(new)[:1500]}"
        count["changed"] += 1
    return None


if __name__ == "__main__":
    main()
