#!/usr/bin/env python3
"""Compares a bump of apiVersions with the one that a project did by hand in its own tree.

    bench/upstream.py [--binary PATH] [--packs DIR] [--only ID]... [--to PACK@VERSION] [--from VERSION] [-v] GIT OLD NEW

OLD and NEW are two revisions of the repository GIT, best a commit that did nothing else and its parent. The tree of OLD is
migrated, and each file must then have the bytes of NEW, where versions of APIs (`GROUP/VERSION`) are all that its authors
changed in it. Of files that they changed in other ways as well, the lines count that differ in a version alone. What is not as
they wrote it is told line by line:

* missed: they changed the version, the run did not;
* extra: the run changed it, they did not, be it in a file that they left alone;
* other: both did, and wrote something else.

Ends with 1 if anything differs; whether it may, a reader has to say.
"""
import argparse
import collections
import difflib
import io
import os
import pathlib
import re
import subprocess
import sys
import tarfile
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from corpus import find_binary, last_line  # noqa: E402

API = re.compile(rb"([a-z0-9-]+(?:\.[a-z0-9-]+)+)/v[0-9]+(?:(?:alpha|beta)[0-9]+)?\b")
SUFFIXES = (".yaml", ".yml", ".json", ".tpl")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("git", metavar="GIT", help="a repository, with or without a work tree")
    parser.add_argument("old", metavar="OLD")
    parser.add_argument("new", metavar="NEW")
    parser.add_argument("--binary", default=os.environ.get("YAMLIFT_BINARY"), help="default: $YAMLIFT_BINARY, or the newest build in target/")
    parser.add_argument("--packs", metavar="DIR")
    parser.add_argument("--only", action="append", metavar="ID", help="default: apis-v1")
    parser.add_argument("--to", default="istio@1.24", metavar="PACK@VERSION")
    parser.add_argument("--from", dest="since", default="1.23", metavar="VERSION")
    parser.add_argument("--also", action="append", default=[], metavar="SUFFIX", help="take files that end so for YAML as well, e.g. .tmpl")
    parser.add_argument("-v", "--verbose", action="store_true", help="name the files that agree as well, and those not looked at")
    args = parser.parse_args()

    before, theirs = tree(args.git, args.old), tree(args.git, args.new)
    ours = migrated(args, before)
    judge = Judge(args)
    for path in sorted(before.keys() & theirs.keys() & ours.keys()):
        judge.file(path, before[path], theirs[path], ours[path])
    judge.sum_up()
    sys.exit(1 if judge.lines else 0)


def tree(repository, revision):
    """Every regular file of a revision."""
    run = subprocess.run(["git", "-C", repository, "archive", "--format=tar", revision], capture_output=True)
    if run.returncode:
        sys.exit(f"{repository} at {revision}: {last_line(run.stderr.decode('utf-8', 'replace'))}")
    with tarfile.open(fileobj=io.BytesIO(run.stdout)) as archive:
        return {item.name: archive.extractfile(item).read() for item in archive if item.isfile()}


def migrated(args, files):
    """The files after a run over a copy of them."""
    command = [find_binary(args.binary), "migrate", ".", "-w", "--allow-dirty", "--to", args.to, "--from", args.since]
    command += [word for name in args.only or ["apis-v1"] for word in ("--only", name)]
    command += ["--packs", str(pathlib.Path(args.packs).resolve())] if args.packs else []
    with tempfile.TemporaryDirectory(prefix="yamlift-upstream-") as scratch:
        paths = {name: pathlib.Path(scratch, name + ".yaml" * name.endswith(tuple(args.also))) for name in files}
        for name, path in paths.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(files[name])
        subprocess.run(["git", "init", "-q"], cwd=scratch, check=True)
        run = subprocess.run(command, cwd=scratch, capture_output=True, env={**os.environ, "NO_COLOR": "1"})
        said = run.stderr.decode("utf-8", "replace")
        if run.returncode not in (0, 1, 2) or "panicked at" in said:
            sys.exit(f"{' '.join(command)}: ended with {run.returncode}: {last_line(said)}")
        return {name: path.read_bytes() for name, path in paths.items()}


class Judge:
    """Counts files by what was found in them, and keeps the lines that differ."""

    def __init__(self, args):
        self.verbose = args.verbose
        self.suffixes = SUFFIXES + tuple(args.also)
        self.files = collections.Counter()
        self.lines = []
        self.bumps = collections.Counter()

    def file(self, path, before, theirs, ours):
        if before == theirs == ours:
            return
        if not path.endswith(self.suffixes) and before == ours:
            self.count("theirs, not taken for YAML", path)
            return
        only_versions = without_versions(before) == without_versions(theirs)
        if ours == theirs:
            self.bumps["done by both"] += changed(before, ours)
            self.count("the same bytes", path)
        elif only_versions:
            self.count("theirs is versions alone, and differs" if before != theirs else "left alone by them, changed by us", path)
            self.compare(path, before.split(b"\n"), theirs.split(b"\n"), ours.split(b"\n"))
        else:
            # What else they changed is not judged.
            old, new, own = aligned(before, theirs, ours)
            same = new == own
            if before == ours and same:
                self.count("other changes, no version of ours", path)
                return
            self.count("other changes as well, versions the same" if same else "other changes as well, versions differ", path)
            self.compare(path, old, new, own)

    def compare(self, path, before, theirs, ours):
        for number, (old, new, own) in enumerate(zip(before, theirs, ours), 1):
            if new == own:
                self.bumps["done by both"] += old != own
                continue
            kind = "missed" if own == old else "extra" if new == old else "other"
            self.bumps[kind] += 1
            self.lines.append((kind, path, number, old, new, own))

    def count(self, what, path):
        self.files[what] += 1
        if self.verbose:
            print(f"{what}: {path}")

    def sum_up(self):
        for kind, path, number, old, new, own in sorted(self.lines):
            text = [part.decode("utf-8", "replace").strip() for part in (old, new, own)]
            print(f"{kind:6} {path}:{number}: {text[0]}" + (f"; theirs {text[1]}" if kind != "extra" else "") + (f"; ours {text[2]}" if kind != "missed" else ""))
        print()
        for what, count in sorted(self.files.items()):
            print(f"{count:>6} files: {what}")
        for what, count in sorted(self.bumps.items()):
            print(f"{count:>6} lines: {what}")


def without_versions(text):
    return API.sub(rb"\1", text)


def changed(before, after):
    return sum(old != new for old, new in zip(before.split(b"\n"), after.split(b"\n")))


def aligned(before, theirs, ours):
    """Of a file with other changes: the lines that they kept but for versions, in three editions."""
    old, new, own = before.split(b"\n"), theirs.split(b"\n"), ours.split(b"\n")
    if len(own) != len(old):
        return old, old, own
    matcher = difflib.SequenceMatcher(None, list(map(without_versions, old)), list(map(without_versions, new)), autojunk=False)
    kept = [(i + n, j + n) for i, j, size in matcher.get_matching_blocks() for n in range(size)]
    return [old[i] for i, _ in kept], [new[j] for _, j in kept], [own[i] for i, _ in kept]


if __name__ == "__main__":
    main()
