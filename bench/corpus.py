#!/usr/bin/env python3
"""Runs a migration over real repositories and checks what yamlift promises.

    bench/corpus.py [--binary PATH] [--to PACK@VERSION] [--from VERSION [--steps]] [TREE...]

Each tree is copied, so that the original is never touched, and must hold this:

* the report, the printed diff and the written files agree: the diff, applied by `git apply`, gives the written files, and
  a file without a reported step keeps its bytes;
* a second run changes nothing;
* no run ends in an internal error;
* with --steps: going from version to version gives the same files as going all the way at once.

One line per tree, then its findings by level and id, then what was not read and why. Ends with 1 on any violation.
"""
import argparse
import collections
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent.parent


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("trees", nargs="*", metavar="TREE", help="folders (default: ../shared/corpus/trees/*)")
    parser.add_argument("--binary", default=os.environ.get("YAMLIFT_BINARY"), help="default: $YAMLIFT_BINARY, or the newest build in target/")
    parser.add_argument("--to", default="istio@1.27", metavar="PACK@VERSION")
    parser.add_argument("--from", dest="start", metavar="VERSION", help="what runs (default: the version before --to)")
    parser.add_argument("--steps", action="store_true", help="compare with a run for each version on the way")
    parser.add_argument("--arg", action="append", default=[], metavar="ARG", help="one more argument for every run, e.g. --arg=--safety=review")
    parser.add_argument("-q", "--quiet", action="store_true", help="the table and violations alone")
    args = parser.parse_args()
    if args.steps and not args.start:
        parser.error("--steps needs --from")
    binary = find_binary(args.binary)
    trees = [pathlib.Path(t) for t in args.trees] or sorted((HERE.parent / "shared/corpus/trees").iterdir())
    trees = [tree for tree in trees if tree.is_dir()]
    if not trees:
        sys.exit("no trees")

    width = max(len(tree.name) for tree in trees)
    print(f"{'tree':{width}}  {'files':>6} {'parsed':>6} {'changed':>7} {'errors':>6} {'warnings':>8} {'notes':>6} {'unread':>6} {'seconds':>7}")
    violations = []
    for tree in trees:
        run = Run(binary, tree, args)
        run.check()
        print(f"{tree.name:{width}}  {run.line()}", flush=True)
        if not args.quiet:
            run.details()
        for violation in run.violations:
            print(f"    VIOLATION {violation}", flush=True)
            violations.append(f"{tree.name}: {violation}")
    print(f"\n{len(trees)} trees, {len(violations)} violations")
    sys.exit(1 if violations else 0)


def find_binary(given):
    if given:
        candidates = [pathlib.Path(given)]
    else:
        candidates = [HERE / "target" / profile / "yamlift" for profile in ("release", "debug")]
    for candidate in candidates:
        if candidate.is_file():
            return str(candidate.resolve())
    sys.exit(f"no binary at {' or '.join(map(str, candidates))}: run `cargo build` first")


def version_before(to, more):
    """The version before `to`, unless `more` gives one: trees are to be migrated, whatever version they say they run."""
    if any(arg.startswith("--from") for arg in more):
        return []
    major, minor = to.split("@")[1].split(".")
    return ["--from", f"{major}.{int(minor) - 1}"]


class Run:
    """One tree, taken through every run."""

    def __init__(self, binary, tree, args):
        self.tree = tree
        self.binary, self.args = binary, args
        self.command = self.way(args.start, args.to)
        self.violations = []
        self.files = []
        self.findings = collections.Counter()
        self.changed = 0
        self.seconds = 0.0

    def way(self, start, to):
        start = ["--from", start] if start else version_before(to, self.args.arg)
        return [self.binary, "migrate", ".", "--to", to, *start, *self.args.arg]

    def check(self):
        with tempfile.TemporaryDirectory(prefix="yamlift-corpus-") as scratch:
            self.dir = pathlib.Path(scratch) / "tree"
            shutil.copytree(self.tree, self.dir, symlinks=True)
            subprocess.run(["chmod", "-R", "u+w", self.dir], check=True)
            self.git("init", "-q")
            self.git("add", "-A", "-f")
            self.git("commit", "-q", "-m", "as found")
            before = self.snapshot()

            started = time.monotonic()
            printed = self.yamlift("--format", "json")
            self.seconds = time.monotonic() - started
            self.read_report(printed)
            diff = self.yamlift()
            if self.snapshot() != before:
                self.violations.append("a run without --write changed files")

            self.yamlift("-w", "--allow-dirty")
            written = self.snapshot()
            touched = {path for path in before.keys() | written.keys() if before.get(path) != written.get(path)}
            self.changed = len(touched)
            reported = {file["path"] for file in self.files if file.get("steps")}
            self.violations += [f"{path}: changed, but no step is reported" for path in sorted(touched - reported)]
            self.violations += [f"{path}: a step is reported, but nothing changed" for path in sorted(reported - touched)]

            self.yamlift("-w", "--allow-dirty")
            again = self.snapshot()
            self.violations += [f"{path}: a second run changes it" for path in differing(written, again)]

            self.restore(before, before.keys() | again.keys())
            self.apply(diff)
            applied = self.snapshot()
            self.violations += [f"{path}: the diff gives another file than --write" for path in differing(written, applied)]

            if self.args.steps:
                self.restore(before, before.keys() | applied.keys())
                self.step_by_step()
                steps = self.snapshot()
                self.violations += [f"{path}: steps give another file than the whole way" for path in differing(written, steps)]

    def step_by_step(self):
        pack, last = self.args.to.split("@")
        said = subprocess.run([self.binary, "list", pack], capture_output=True, check=True, text=True).stdout
        chain = said.splitlines()[0].split(": ")[1].split()
        chain = chain[chain.index(self.args.start):chain.index(last) + 1]
        for start, to in zip(chain, chain[1:]):
            self.command = self.way(start, f"{pack}@{to}")
            self.yamlift("-w", "--allow-dirty")

    def yamlift(self, *more):
        """The standard output of a run."""
        run = subprocess.run([*self.command, *more], cwd=self.dir, capture_output=True, env={**os.environ, "NO_COLOR": "1"})
        said = run.stderr.decode("utf-8", "replace")
        words = " ".join(more) or "(diff)"
        if run.returncode not in (0, 1, 2):
            self.violations.append(f"{words}: ended with {run.returncode}: {last_line(said)}")
        for line in said.splitlines():
            if "internal error" in line or "panicked at" in line:
                self.violations.append(f"{words}: {line}")
        return run.stdout

    def read_report(self, printed):
        try:
            report = json.loads(printed)
        except ValueError as error:
            self.violations.append(f"--format json: {error}")
            return
        self.files = report.get("files", [])
        self.seen = report.get("summary", {}).get("files", len(self.files))
        self.parsed = report.get("summary", {}).get("parsed", 0)
        for finding in report.get("findings", []) + [f for file in self.files for f in file.get("findings", [])]:
            self.findings[finding["level"], finding["id"]] += 1

    def unread(self):
        """Path and reason of the files that were not read, or whose proof failed."""
        for file in self.files:
            outcome = file.get("outcome", {})
            state, why = (outcome.get("state"), outcome.get("why")) if isinstance(outcome, dict) else (outcome, file.get("why"))
            if state in ("failed", "skipped"):
                yield file["path"], state, why

    def line(self):
        level = collections.Counter()
        for (name, _), count in self.findings.items():
            level[name] += count
        numbers = (getattr(self, "seen", 0), getattr(self, "parsed", 0), self.changed, level["error"], level["warning"], level["note"])
        widths = (6, 6, 7, 6, 8, 6)
        unread = sum(1 for _ in self.unread())
        return " ".join(f"{n:>{w}}" for n, w in zip(numbers, widths)) + f" {unread:>6} {self.seconds:>7.1f}"

    def details(self):
        for (level, name), count in sorted(self.findings.items()):
            print(f"    {count:>5} {level:7} {name}")
        for path, state, why in self.unread():
            print(f"    {state}: {path}: {why}")

    def snapshot(self):
        """Every file's bytes; of a link, where it leads."""
        files = {}
        for folder, folders, names in os.walk(self.dir):
            if ".git" in folders and pathlib.Path(folder) == self.dir:
                folders.remove(".git")
            for name in names:
                path = pathlib.Path(folder, name)
                content = os.readlink(path).encode() if path.is_symlink() else path.read_bytes()
                files[path.relative_to(self.dir).as_posix()] = content
        return files

    def restore(self, files, paths):
        now = self.snapshot()
        for path in paths:
            if path not in files:
                (self.dir / path).unlink()
            elif now.get(path) != files[path]:
                (self.dir / path).write_bytes(files[path])

    def apply(self, diff):
        if not diff:
            return
        patch = self.dir.parent / "patch"
        patch.write_bytes(diff)
        try:
            self.git("apply", "--whitespace=nowarn", str(patch))
        except subprocess.CalledProcessError as error:
            self.violations.append(f"git apply: {error.stderr.decode('utf-8', 'replace').strip()}")

    def git(self, *args):
        settings = {"user.name": "corpus", "user.email": "corpus@example.com", "core.autocrlf": "false", "commit.gpgsign": "false"}
        settings["core.hooksPath"] = os.devnull
        options = [option for key, value in settings.items() for option in ("-c", f"{key}={value}")]
        subprocess.run(["git", *options, *args], cwd=self.dir, check=True, capture_output=True)


def differing(wanted, got):
    return sorted(path for path in wanted.keys() | got.keys() if wanted.get(path) != got.get(path))


def last_line(text):
    return text.strip().splitlines()[-1] if text.strip() else "nothing said"


if __name__ == "__main__":
    main()
