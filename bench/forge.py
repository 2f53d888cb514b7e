#!/usr/bin/env python3
"""Holds what `yamlift pr` sends, and what the tests' forge answers, against the APIs as GitHub and Forgejo describe them.

Prism stands between the two as a proxy that refuses what is not described, so that the end-to-end tests fail there. Needs
node, npm, curl and a network; nothing of it is a part of `cargo test`.

    bench/forge.py [github|gitea]...
"""
import json
import os
import pathlib
import socket
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
WORK = pathlib.Path(os.environ.get("FORGE_BENCH", ROOT / "target" / "forge-bench"))
FAKE, PROXY = 9171, 9172
FORGEJO = "0.12.0"
VENDOR = WORK / "vendor"
PACKAGES = ["@stoplight/prism-cli@5.16.0", "@octokit/openapi@23.0.2"]

REPO = "/repos/{owner}/{repo}"
PATHS = {
    "github": {
        REPO: ["get"],
        REPO + "/pulls": ["get", "post"],
        REPO + "/pulls/{pull_number}": ["patch"],
        REPO + "/pulls/{pull_number}/requested_reviewers": ["post"],
        REPO + "/issues/{issue_number}/labels": ["post"],
        REPO + "/issues/{issue_number}/comments": ["post"],
    },
    "gitea": {
        REPO: ["get"],
        REPO + "/pulls": ["get", "post"],
        REPO + "/pulls/{index}": ["patch"],
        REPO + "/pulls/{index}/requested_reviewers": ["post"],
        REPO + "/labels": ["get", "post"],
        "/orgs/{org}/labels": ["get"],
        REPO + "/issues/{index}/labels": ["post"],
        REPO + "/issues/{index}/comments": ["post"],
    },
}


def tools():
    WORK.mkdir(parents=True, exist_ok=True)
    if not (WORK / "node_modules/.bin/prism").exists():
        (WORK / "package.json").write_text("{}")
        subprocess.run(["npm", "install", "--no-audit", "--no-fund", *PACKAGES], cwd=WORK, check=True)
    if not VENDOR.exists():
        project = WORK / "vendor-of"
        (project / "src").mkdir(parents=True, exist_ok=True)
        (project / "src/lib.rs").write_text("")
        wanted = f'[package]\nname = "x"\nversion = "0.0.0"\nedition = "2021"\n[workspace]\n[dependencies]\nforgejo-api = "={FORGEJO}"\n'
        (project / "Cargo.toml").write_text(wanted)
        subprocess.run(["cargo", "vendor", "--quiet", str(VENDOR)], cwd=project, check=True, stdout=subprocess.DEVNULL)


def described(forge):
    """The description, cut to the calls that are made, and whole answers for the tests' forge to fill in."""
    folder = WORK / forge
    folder.mkdir(exist_ok=True)
    if forge == "github":
        whole = json.loads((WORK / "node_modules/@octokit/openapi/generated/api.github.com.deref.json").read_text())
    else:
        whole = json.loads((VENDOR / "forgejo-api/swagger.v1.json").read_text())
    # Prism does not see the base path of a description that names no host.
    base = whole.pop("basePath", "")
    whole["paths"] = {base + path: {m: whole["paths"][path][m] for m in methods} for path, methods in PATHS[forge].items()}
    if forge == "github":
        whole.pop("components", None)
        whole.pop("x-webhooks", None)
        shapes(whole, folder)
    else:
        # What a forge without a user of its own does not send is still described as a whole.
        for name in ["repository", "pull", "label", "comment"]:
            (folder / f"{name}.json").write_text("{}")
    cut = folder / "api.json"
    cut.write_text(json.dumps(whole))
    return cut, folder


def shapes(api, folder):
    def example(path, method, status):
        return next(iter(api["paths"][path][method]["responses"][status]["content"]["application/json"]["examples"].values()))["value"]

    pulls = example(REPO + "/pulls", "get", "200")
    found = {
        "repository": example(REPO, "get", "200"),
        "pull": example(REPO + "/pulls", "post", "201"),
        "pull-simple": pulls[0],
        "label": example(REPO + "/issues/{issue_number}/labels", "post", "200")[0],
        "comment": example(REPO + "/issues/{issue_number}/comments", "post", "201"),
    }
    # Where the examples do not keep to the description themselves.
    found["repository"].setdefault("language", None)
    found["repository"].pop("source")
    for name in ["pull", "pull-simple"]:
        found[name]["requested_teams"] = []
    for name, value in found.items():
        (folder / f"{name}.json").write_text(json.dumps(value))


def wait_for(port):
    for _ in range(240):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.5)
    sys.exit("Prism does not start")


def run(forge):
    api, folder = described(forge)
    log = folder / "prism.log"
    prism = [WORK / "node_modules/.bin/prism", "proxy", api, f"http://127.0.0.1:{FAKE}", "--errors", "--port", str(PROXY)]
    with log.open("w") as out:
        proxy = subprocess.Popen(prism, stdout=out, stderr=subprocess.STDOUT)
    try:
        wait_for(PROXY)
        env = dict(os.environ, FORGE_PORT=str(FAKE), FORGE_URL=f"http://127.0.0.1:{PROXY}", FORGE_SHAPES=str(folder))
        tests = ["cargo", "test", "--test", "pr", "--", "--test-threads=1", f"{forge}_"]
        code = subprocess.run(tests, cwd=ROOT, env=env).returncode
    finally:
        proxy.terminate()
        proxy.wait()
    text = log.read_text()
    calls = text.count("Request received")
    violations = [line for line in text.splitlines() if "iolation" in line]
    print(f"{forge}: {calls} calls, {len(violations)} violations, tests {'passed' if code == 0 else 'FAILED'}")
    for line in violations[:20]:
        print("  " + line)
    return code


if __name__ == "__main__":
    tools()
    sys.exit(max(run(forge) for forge in sys.argv[1:] or ["github", "gitea"]))
