#!/usr/bin/env python3
"""Renders charts before and after a migration, and shows what became different.

    bench/helm.py [--binary PATH] [--helm PATH] [--to PACK@VERSION] [--arg=ARG...] TREE...

For each chart of the trees with a changed file: `helm template` of the old and of the new files, with the chart's own
values. A chart that renders before and not after is a violation; the differences are printed, for a person to judge.
"""
import argparse
import difflib
import pathlib
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from corpus import find_binary, version_before  # noqa: E402


def arguments(doc, renderer):
    """What every comparison of what a renderer makes of a tree takes."""
    parser = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("trees", nargs="+", type=pathlib.Path)
    parser.add_argument("--binary")
    parser.add_argument(f"--{renderer}", default=renderer)
    parser.add_argument("--to", default="istio@1.27")
    parser.add_argument("--arg", action="append", default=[])
    return parser


def main():
    args = arguments(__doc__, "helm").parse_args()
    binary, rendered, skipped, violations = find_binary(args.binary), 0, 0, 0
    for tree in args.trees:
        with tempfile.TemporaryDirectory() as folder:
            old, new = copied(tree, pathlib.Path(folder, "old")), copied(tree, pathlib.Path(folder, "new"))
            subprocess.run([binary, "migrate", "-q", "--to", args.to, *version_before(args.to, args.arg), *args.arg, "-w", "."], cwd=new, capture_output=True)
            for chart in sorted(p.parent.relative_to(old) for p in old.rglob("Chart.yaml")):
                if not changed(old / chart, new / chart):
                    continue
                before, after = (render(args.helm, root / chart) for root in (old, new))
                if before is None:
                    skipped += 1
                    continue
                rendered += 1
                if after is None:
                    violations += 1
                    print(f"VIOLATION {tree.name}/{chart}: no longer renders")
                    continue
                lines = list(difflib.unified_diff(before.splitlines(), after.splitlines(), "before", "after", lineterm="", n=2))
                print(f"== {tree.name}/{chart}: {len(lines)} lines of difference")
                print("\n".join(lines))
    print(f"{rendered} charts rendered, {skipped} do not render as they are, {violations} violations")
    sys.exit(1 if violations else 0)


def copied(tree, to):
    """A copy that can be written."""
    shutil.copytree(tree, to, symlinks=True)
    for file in to.rglob("*"):
        if not file.is_symlink():
            file.chmod(file.stat().st_mode | 0o200)
    return to


def changed(old, new):
    files = (f.relative_to(old) for f in old.rglob("*") if f.is_file())
    return any((old / f).read_bytes() != (new / f).read_bytes() for f in files)


def render(helm, chart):
    """What Helm makes of a chart with its own values; none where it does not."""
    done = subprocess.run([helm, "template", "release", str(chart), "--namespace", "here"], capture_output=True, text=True)
    return done.stdout if done.returncode == 0 else None


if __name__ == "__main__":
    main()
