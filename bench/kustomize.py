#!/usr/bin/env python3
"""Migrates the sources of real kustomizations, and compares what kustomize builds from them.

    bench/kustomize.py [--binary PATH] [--kustomize PATH] [--to PACK@VERSION] [--arg=ARG...] [-v] TREE...

Each folder of a tree with a kustomization that builds without a network is built before and after a run over a copy of the
tree. Two things must hold:

* after the small migrations of bench/render.py, each object is exactly what the migration makes of it as data, or it is what
  it was, and then the run left its source alone and said so (or it has no source: it is generated);
* after the migrations of --to, an object that differs comes from a file, or has a patch, that the run edited.

Objects that kustomize puts together from more than documents are counted by what stood in the way, not judged: JSON patches
of the fields in question (those that are written into a kustomization must be named by the run), and the fields of a
kustomization that write into objects. Needs PyYAML.
"""
import collections
import copy
import difflib
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

import yaml

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from corpus import find_binary, version_before  # noqa: E402
from helm import arguments, copied  # noqa: E402
from render import MIGRATIONS, append, write_packs  # noqa: E402

NAMES = ("kustomization.yaml", "kustomization.yml", "Kustomization")
ORIGIN = "config.kubernetes.io/origin"
# Fields of a kustomization that write into objects, other than patches.
WRITERS = (
    "replicas", "replacements", "vars", "transformers", "commonAnnotations", "configurations", "helmCharts", "namePrefix", "nameSuffix"
)
# What a JSON patch speaks of if it stands in the way of a migration.
WORDS = {
    "rename": ["serviceAccountName"],
    "move": ["replicas"],
    "insert": ["annotations", "metadata"],
    "label": [],
    "remove": ["resources", "containers"],
    "append": ["env", "containers"],
    "pack": ["/"],
}
Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def main():
    parser = arguments(__doc__, "kustomize")
    parser.add_argument("-v", "--verbose", action="store_true", help="say what was counted and not judged")
    args = parser.parse_args()
    args.kustomize = shutil.which(args.kustomize) or sys.exit(f"no {args.kustomize}")
    bench = Bench(args)
    with tempfile.TemporaryDirectory() as folder:
        packs = pathlib.Path(folder, "packs")
        write_packs(packs)
        for tree in args.trees:
            bench.tree(tree, pathlib.Path(folder), packs)
    for name, count in bench.counts.items():
        print(f"{name:8} {dict(sorted(count.items()))}")
    print(f"{bench.violations} violations")
    sys.exit(1 if bench.violations else 0)


class Bench:
    def __init__(self, args):
        self.args = args
        self.binary = find_binary(args.binary)
        self.counts = {name: collections.Counter() for name in ("builds", *MIGRATIONS, "pack")}
        self.violations = 0

    def tree(self, tree, folder, packs):
        old = copied(tree, folder / "old")
        found = sorted(path.parent for name in NAMES for path in old.rglob(name) if path.is_file())
        before = {}
        for one in found:
            built = build(self.args.kustomize, one)
            self.counts["builds"]["built" if built is not None else "not built"] += 1
            if built is not None:
                before[one.relative_to(old)] = (built, Sources(old, one))
        for name, (_, _, change) in MIGRATIONS.items() if before else ():
            self.run(tree, folder, before, name, ["--packs", packs, "--to", f"{name}@2"], change)
        if before:
            start = version_before(self.args.to, self.args.arg)
            self.run(tree, folder, before, "pack", ["--to", self.args.to, *start, *self.args.arg], None)
        shutil.rmtree(old)
        print(f"{tree.name}: {len(before)} of {len(found)} kustomizations built", flush=True)

    def run(self, tree, folder, before, name, what, change):
        count, new = self.counts[name], copied(tree, folder / "new")
        command = [self.binary, "migrate", "-q", *what, "-w", "--allow-dirty", "--fail-on", "never", "--format", "json", "."]
        done = subprocess.run(command, cwd=new, capture_output=True, text=True)
        try:
            report = json.loads(done.stdout)
        except ValueError:
            sys.exit(done.stderr)
        edited = {file["path"] for file in report["files"] if file.get("steps")}
        refused = {file["path"] for file in report["files"] if any(f["level"] == "error" for f in file["findings"])}
        named = {file["path"] for file in report["files"] if any("JSON patch" in f["message"] for f in file["findings"])}
        for one, (old, sources) in before.items():
            if not edited & sources.files:
                count["kustomizations without an edit"] += 1
                continue
            count["kustomizations with an edit"] += 1
            after = build(self.args.kustomize, new / one)
            for why in self.compare(old, after, change, sources, edited, refused, count):
                excuse = sources.excuse(name, refused, named)
                if excuse:
                    count[f"not judged: {excuse}"] += 1
                    if self.args.verbose:
                        print(f"not judged, {excuse}: {tree.name}/{one}, {name}: {why}")
                    continue
                self.violations += 1
                print(f"VIOLATION {tree.name}/{one}, {name}: {why}", flush=True)
        shutil.rmtree(new)

    def compare(self, before, after, change, sources, edited, refused, count):
        """What is not as it has to be."""
        if after is None:
            yield "no longer builds"
            return
        if len(before) != len(after):
            yield f"{len(after)} objects instead of {len(before)}"
            return
        for (old, origin), (new, _) in zip(before, after):
            source = sources.path(origin)
            if change is None:
                if old == new:
                    count["objects as they were"] += 1
                elif source in edited or sources.patches & edited:
                    count["objects changed"] += 1
                else:
                    yield f"{title(old)} changed, but neither its source ({source}) nor a patch was edited"
                continue
            wanted = wanted_of(old, new, change)
            if new == wanted:
                count["objects as they were" if old == new else "objects changed"] += 1
            elif new != old:
                yield f"{title(old)} became something else:\n{differences(wanted, new)}"
            elif source is None:
                count["objects without a source"] += 1
            elif source in refused:
                count["objects refused"] += 1
            else:
                yield f"{title(old)} is as it was, and nothing was said of {source}"


def wanted_of(old, new, change):
    """What the migration makes of an object as data; itself, where it is none of its business."""
    wanted = copy.deepcopy(old)
    kinds = next(kinds for kinds, _, one in MIGRATIONS.values() if one is change)
    if old.get("kind") not in yaml.safe_load(kinds):
        return wanted
    try:
        change(wanted, new) if change is append else change(wanted)
    except (KeyError, TypeError):
        return copy.deepcopy(old)
    return wanted


def differences(wanted, new):
    lines = (yaml.safe_dump(one, sort_keys=True).splitlines() for one in (wanted, new))
    return "\n".join(list(difflib.unified_diff(*lines, "wanted", "built", lineterm="", n=2))[:30])


def title(document):
    return f"{document.get('kind')} {(document.get('metadata') or {}).get('name')}"


class Sources:
    """The files that a kustomization is made of, and how."""

    def __init__(self, root, folder):
        self.root, self.folder = root, folder
        self.files, self.patches, self.writers = set(), set(), set()
        # The file that it is written in, whether that is its own, and the paths of its operations.
        self.json_patches = []
        self.read(folder)

    def read(self, folder):
        file = next((folder / name for name in NAMES if (folder / name).is_file()), None)
        if file is None or not self.add(self.files, file):
            return
        kustomization = first(file)
        self.writers |= {field for field in WRITERS if kustomization.get(field)}
        for path in [p for field in ("resources", "bases", "components") for p in listed(kustomization, field)]:
            if isinstance(path, str) and (folder / path).is_dir():
                self.read((folder / path).resolve())
            elif isinstance(path, str):
                self.add(self.files, folder / path)
        for patch in listed(kustomization, "patchesStrategicMerge"):
            self.patch(folder, file, patch if isinstance(patch, str) else "")
        for patch in listed(kustomization, "patches") + listed(kustomization, "patchesJson6902"):
            self.patch(folder, file, patch.get("path") or patch.get("patch") or "")
        for field in ("generators", "transformers", "crds", "configurations"):
            for path in listed(kustomization, field):
                self.add(self.files, folder / str(path))
        for field in ("configMapGenerator", "secretGenerator"):
            for made in listed(kustomization, field):
                for path in made.get("files") or []:
                    if self.add(self.files, folder / path.split("=")[-1]):
                        self.writers.add("a generator's file")

    def patch(self, folder, kustomization, text):
        own = "\n" not in text and (folder / text).is_file()
        file = folder / text if own else kustomization
        self.add(self.patches, file)
        if own:
            self.add(self.files, file)
            text = file.read_text()
        try:
            lists = [doc for doc in yaml.load_all(text, Loader=Loader) if isinstance(doc, list)]
        except yaml.YAMLError:
            return
        for operations in lists:
            paths = [str(one.get("path")) for one in operations if isinstance(one, dict)]
            self.json_patches.append((file.resolve().relative_to(self.root.resolve()).as_posix(), own, paths))

    def add(self, files, path):
        """False: it was there, or is none of the tree."""
        path = path.resolve()
        if not path.is_file() or not path.is_relative_to(self.root.resolve()):
            return False
        name = path.relative_to(self.root.resolve()).as_posix()
        new = name not in files
        files.add(name)
        return new

    def path(self, origin):
        """The file of the tree that an object is from."""
        if not origin or origin.get("repo") or not origin.get("path"):
            return None
        path = (self.folder / origin["path"]).resolve()
        return path.relative_to(self.root.resolve()).as_posix() if path.is_relative_to(self.root.resolve()) else None

    def excuse(self, migration, refused, named):
        """What may make a difference that is not of the run's making; nothing where a JSON patch should have been named."""
        if self.files & refused:
            return "a file was refused"
        words = WORDS[migration]
        meant = [(file, own) for file, own, paths in self.json_patches if any(word in path for word in words for path in paths)]
        if any(not own and file not in named for file, own in meant):
            return None
        if meant:
            return "JSON patches in files of their own" if any(own for _, own in meant) else "JSON patches, named"
        return ", ".join(sorted(self.writers))


def first(file):
    try:
        document = next(iter(yaml.load_all(file.read_text(), Loader=Loader)), None)
    except yaml.YAMLError:
        return {}
    return document if isinstance(document, dict) else {}


def listed(kustomization, field):
    value = kustomization.get(field)
    return value if isinstance(value, list) else []


def build(kustomize, folder):
    """The objects that a folder builds, each with its origin; none where it does not."""
    file = next(folder / name for name in NAMES if (folder / name).is_file())
    own = file.read_bytes()
    if b"buildMetadata" in own:
        return None
    # No network, and no git to reach for it.
    environment = {"PATH": "", "HOME": "/nowhere", "HTTPS_PROXY": "http://127.0.0.1:9", "HTTP_PROXY": "http://127.0.0.1:9"}
    command = [kustomize, "build", "--load-restrictor", "LoadRestrictionsNone", str(folder)]
    try:
        file.write_bytes(own + b"\nbuildMetadata: [originAnnotations]\n")
        done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=60)
        if done.returncode != 0:
            return None
        return [apart(one) for one in yaml.load_all(done.stdout, Loader=Loader) if one]
    except (subprocess.TimeoutExpired, yaml.YAMLError):
        return None
    finally:
        file.write_bytes(own)


def apart(document):
    """An object without the annotation of its origin, and that."""
    metadata = document.get("metadata") or {}
    annotations = metadata.get("annotations") or {}
    origin = annotations.pop(ORIGIN, None)
    if "annotations" in metadata and not annotations:
        del metadata["annotations"]
    return document, yaml.safe_load(origin) if origin else None


if __name__ == "__main__":
    main()
