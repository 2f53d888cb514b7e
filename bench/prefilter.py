#!/usr/bin/env python3
"""Times a run over files that hold nothing for it, beside a plain search for one word.

    bench/prefilter.py [--binary PATH] [--to PACK@VERSION] [--files N]

Most files of a repository are such files, so this is what a run costs where there is nothing to do. The files are made
up: Deployments, Services and ConfigMaps of some kilobytes in a few hundred folders. Each command runs once to warm the
page cache, then five times; the best time counts, and the ratio to the search is what to watch.
"""
import argparse
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent.parent


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", default=str(HERE / "target/release/yamlift"), help="default: target/release/yamlift")
    parser.add_argument("--to", default="istio@1.27", metavar="PACK@VERSION")
    parser.add_argument("--files", type=int, default=10_000, metavar="N")
    args = parser.parse_args()
    if not pathlib.Path(args.binary).is_file():
        sys.exit(f"no binary at {args.binary}: run `cargo build --release` first")
    with tempfile.TemporaryDirectory(prefix="yamlift-bench-") as scratch:
        size = generate(pathlib.Path(scratch), args.files)
        print(f"{args.files} files, {size / 1e6:.0f} MB")
        search = best(["grep", "-rl", "--include=*.yaml", "noSuchWordAnywhere", "."], scratch)
        print(f"grep -rl             {search * 1000:7.0f} ms")
        for name, more in (("yamlift migrate", []), ("yamlift migrate -j 1", ["-j", "1"])):
            took = best([os.path.abspath(args.binary), "migrate", ".", "--to", args.to, *more], scratch)
            print(f"{name:20} {took * 1000:7.0f} ms   {took / search:.2f} × grep")


def generate(root, count):
    """Writes the files; gives their size in bytes."""
    random.seed(1)
    size = 0
    for number in range(count):
        folder = root / f"team-{number % 40}" / f"app-{number % 400}"
        folder.mkdir(parents=True, exist_ok=True)
        text = random.choice((deployment, service, config_map))(f"app-{number}")
        (folder / f"file-{number}.yaml").write_text(text)
        size += len(text)
    return size


def deployment(name):
    env = "".join(f"        - name: SETTING_{n}\n          value: \"{random.random()}\"  # from the wiki\n" for n in range(30))
    return f"""apiVersion: apps/v1
kind: Deployment
metadata:
  name: {name}
  labels: {{ app: {name}, tier: backend }}
spec:
  replicas: 3
  selector: {{ matchLabels: {{ app: {name} }} }}
  template:
    metadata:
      labels: {{ app: {name} }}
    spec:
      containers:
      - name: app
        image: registry.example.com/{name}:1.2.{random.randrange(100)}
        env:
{env}"""


def service(name):
    return f"apiVersion: v1\nkind: Service\nmetadata:\n  name: {name}\nspec:\n  ports:\n  - {{ name: http, port: 80, targetPort: 8080 }}\n  selector: {{ app: {name} }}\n"


def config_map(name):
    lines = "".join(f"    key.{n}={random.random()}\n" for n in range(100))
    return f"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {name}\ndata:\n  app.properties: |\n{lines}"


def best(command, folder):
    times = []
    for _ in range(6):
        started = time.monotonic()
        run = subprocess.run(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        times.append(time.monotonic() - started)
        if command[0] != "grep" and run.returncode != 0:
            sys.exit(f"{' '.join(command)} ended with {run.returncode}:\n{run.stderr.decode()}")
    return min(times[1:])


if __name__ == "__main__":
    main()
