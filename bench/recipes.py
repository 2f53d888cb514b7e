#!/usr/bin/env python3
"""Runs what docs/recipes, action.yml, ci/gitlab.yml and .pre-commit-hooks.yaml tell people to run, without the services.

Each engine is imitated as far as its contract with a command goes: how it starts it, in what folder, what it takes for a failure
and for a change. Commands are taken out of the documents, so that what is run is what stands there. What is not installed is left
out, and said. Nothing here reaches out: remotes are folders.
"""
import argparse
import json
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

from checks import equal, holds

ROOT = pathlib.Path(__file__).resolve().parent.parent
RECIPES = ROOT / "docs/recipes"
TO = "istio@1.27"
try:
    import yaml
except ImportError:
    yaml = None


class LeftOut(Exception):
    """Why a check cannot be made here."""


def tool(name):
    found = shutil.which(name)
    if not found:
        raise LeftOut(f"{name} is not installed")
    return found


def parsed(text):
    if not yaml:
        raise LeftOut("python has no yaml")
    return yaml.safe_load(text)


def blocks(name, kind):
    return re.findall(rf"^```{kind}\n(.*?)^```", (RECIPES / name).read_text(), re.M | re.S)


class Place:
    """A folder that goes away, with a repository in it and a `yamlift` on its path."""

    def __init__(self, folder, binary):
        self.at = pathlib.Path(folder)
        self.binary = binary
        self.bin = self.at / "bin"
        self.bin.mkdir()
        self.said = self.at / "said"
        # `pr` pushes and opens nothing: which forge is asked is the business of other tests. What was asked for is kept.
        self.script("yamlift", f"""
            echo "$@" >>"{self.said}"
            if [ "$1" = pr ]; then shift; exec "{binary}" pr --forge none "$@"; fi
            exec "{binary}" "$@"
        """)
        self.env = {
            "PATH": f"{self.bin}:{os.environ['PATH']}",
            "HOME": str(self.at),
            "LC_ALL": "C.UTF-8",
            # A file of its own: a program that writes global settings puts another file in the place of the one that it is given,
            # and that must not be a device.
            "GIT_CONFIG_GLOBAL": str(self.at / "gitconfig"),
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_AUTHOR_NAME": "Recipes",
            "GIT_AUTHOR_EMAIL": "recipes@localhost",
            "GIT_COMMITTER_NAME": "Recipes",
            "GIT_COMMITTER_EMAIL": "recipes@localhost",
        }

    def script(self, name, text):
        path = self.bin / name
        lines = "\n".join(line.strip() for line in text.strip().splitlines())
        path.write_text(f"#!/bin/sh\n{lines}\n")
        path.chmod(0o755)

    def run(self, argv, cwd=None, code=0, **env):
        done = subprocess.run([str(word) for word in argv], cwd=cwd or self.at, env={**self.env, **env}, text=True, capture_output=True)
        if code is not None and done.returncode != code:
            raise AssertionError(f"{shlex.join(map(str, argv))}: {done.returncode}, not {code}\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
        return done

    def sh(self, text, cwd=None, code=0, **env):
        return self.run(["sh", "-ec", text], cwd, code, **env)

    def remote(self, name="server/OWNER/gitops"):
        """A bare repository with the tour in it."""
        bare = self.at / name
        work = self.at / "seed"
        shutil.rmtree(work, ignore_errors=True)
        shutil.copytree(ROOT / "golden/tour", work)
        self.run(["git", "init", "-q", "-b", "main"], work)
        self.run(["git", "add", "-A"], work)
        self.run(["git", "commit", "-qm", "The repository"], work)
        self.run(["git", "clone", "-q", "--bare", work, bare])
        return bare

    def clone(self, bare, name="clone"):
        """Shallow, as engines do it; `file://`, since git makes no shallow clone of a path."""
        shutil.rmtree(self.at / name, ignore_errors=True)
        self.run(["git", "clone", "-q", "--depth", "1", f"file://{bare}", name])
        return self.at / name

    def changed(self, clone):
        return sorted(line[3:] for line in self.run(["git", "status", "-s"], clone).stdout.splitlines())

    def branches(self, bare):
        return self.run(["git", "for-each-ref", "--format=%(refname:short)", "refs/heads"], bare).stdout.split()


# What -w changes in the tour, and so what each engine has to see.
EDITED = sorted(
    re.findall(r"^\+\+\+ b/golden/tour/(.*)$", (ROOT / "golden/tour.diff").read_text(), re.M)
)


def texts_parse(place):
    """Every YAML and JSON that is to be copied."""
    files = ["action.yml", ".pre-commit-hooks.yaml", "ci/gitlab.yml", ".github/workflows/ci.yml", ".github/workflows/release.yml"]
    for file in files:
        parsed((ROOT / file).read_text())
    for recipe in sorted(RECIPES.glob("*.md")):
        for text in blocks(recipe.name, "yaml"):
            parsed(text)
        for text in blocks(recipe.name, "json"):
            json.loads(text)


def flags_exist(place):
    """Every command line of yamlift that stands in a recipe is one that this binary understands."""
    seen = 0
    for path in [*sorted(RECIPES.glob("*.md")), ROOT / "ci/gitlab.yml", ROOT / ".github/action/run.sh", ROOT / ".pre-commit-hooks.yaml"]:
        text = path.read_text().replace("\\\n", " ").replace("{{{currentVersion}}}", "1.26.4").replace("{{{newVersion}}}", "1.27.1")
        for line in re.findall(r"yamlift (?:migrate|pr|plan)(?: +(?:\"\$[^\"]*\"|[^\s`\"'|>&)\]+])+)*", text):
            words = [word for word in shlex.split(line)[1:] if not word.startswith("${")]
            # Help comes only when all before it was understood.
            done = place.run([place.binary, *words, "--help"], code=None)
            equal(f"{path.name}: {line}\n{done.stderr}", done.returncode, 0)
            seen += 1
    if seen < 15:
        raise AssertionError(f"only {seen} command lines found: the pattern is out of date")


def scripts_are_sound(place):
    place.run([tool("shellcheck"), *sorted(ROOT.glob(".github/*/*.sh"))])


def workflows(place, recipes):
    """The workflows of the recipes, as files; ours are pinned as we tell people to."""
    folder = place.at / ".github/workflows"
    folder.mkdir(parents=True)
    for recipe in recipes:
        for text in blocks(recipe, "yaml"):
            if name := re.match(r"# \.\w+/workflows/(\S+)\n", text):
                pinned = text.replace("OWNER/yamlift@v0.1.0", "OWNER/yamlift@" + "0" * 40 + " # v0.1.0")
                (folder / f"{recipe.removesuffix('.md')}-{name[1]}").write_text(pinned)
    return [*folder.iterdir(), *(ROOT / ".github/workflows").iterdir()]


def actionlint(place):
    # It does not take action.yml. Runners of Forgejo have labels of their own, and what stands in single quotes is for git's shell.
    fine = ["-ignore", 'label "docker" is unknown', "-ignore", "SC2016"]
    place.run([tool("actionlint"), *fine, *workflows(place, ["github-actions.md", "reviewdog.md", "forgejo.md"])])


def zizmor(place):
    place.run([tool("zizmor"), "--offline", "--no-progress", ROOT / "action.yml", *workflows(place, ["github-actions.md", "reviewdog.md"])])


def runner(place, cwd, **more):
    """The environment of a step, and its files."""
    temp = place.at / "temp"
    temp.mkdir(exist_ok=True)
    files = {name: str(place.at / name.lower()) for name in ["GITHUB_OUTPUT", "GITHUB_PATH", "GITHUB_STEP_SUMMARY"]}
    for file in files.values():
        pathlib.Path(file).write_text("")
    return {
        **files,
        "GITHUB_ACTIONS": "true",
        "GITHUB_SERVER_URL": f"file://{place.at}/server",
        "GITHUB_REPOSITORY": "OWNER/gitops",
        "GITHUB_WORKSPACE": str(cwd),
        "RUNNER_TEMP": str(temp),
        "RUNNER_OS": "Linux",
        "RUNNER_ARCH": "X64",
        **more,
    }


def outputs(place):
    """`name=value`, or `name<<WORD`, lines, and WORD."""
    said, lines = {}, iter((place.at / "github_output").read_text().splitlines())
    for line in lines:
        name, how, rest = re.fullmatch(r"([\w-]+)(=|<<)(.*)", line).groups()
        said[name] = rest if how == "=" else "\n".join(iter(lambda: next(lines), rest))
    return said


def step(name):
    """The environment that action.yml gives to a step, by the name of the step, with what the inputs are."""
    action = parsed((ROOT / "action.yml").read_text())
    found = next(step for step in action["runs"]["steps"] if step["name"] == name)
    script = re.search(r'bash "\$GITHUB_ACTION_PATH/(.*?)"(.*)$', found["run"])
    return found["env"], [str(ROOT / script[1]), *script[2].split()]


def acted(place, cwd, name, inputs, code=0):
    """A step of the action, with its inputs where action.yml puts them."""
    env, argv = step(name)
    given = {}
    for key, value in env.items():
        found = re.fullmatch(r"\$\{\{ inputs\.(\S+) \}\}", value)
        given[key] = inputs.get(found[1], "") if found else ""
    return place.run(["bash", *argv], cwd, code, **runner(place, cwd, **given))


def action_installs(place):
    """From a release, from a release that is named, from sources, and not at all."""
    version = place.run([place.binary, "--version"]).stdout.split()[1]
    home = place.at / "server/OWNER/yamlift"
    work = place.at / "sources"
    work.mkdir()
    self_ = ["git", "-C", work]
    place.run([*self_, "init", "-q", "-b", "main"])
    place.run([*self_, "commit", "-q", "--allow-empty", "-m", "Released"])
    place.run([*self_, "tag", "-a", "-m", "", f"v{version}"])
    released = place.run([*self_, "rev-parse", "HEAD"]).stdout.strip()
    place.run([*self_, "commit", "-q", "--allow-empty", "-m", "Later"])
    place.run(["git", "clone", "-q", "--bare", work, home])

    def release(number, binary, spoilt=False):
        name = f"yamlift-v{number}-x86_64-unknown-linux-musl"
        files = home / "releases/download" / f"v{number}"
        (files / name).mkdir(parents=True)
        shutil.copy(binary, files / name / "yamlift")
        place.sh(f"tar -czf {name}.tar.gz {name}; sha256sum *.tar.gz >SHA256SUMS; rm -r {name}", files)
        if spoilt:
            (files / f"{name}.tar.gz").write_bytes(b"other")

    # Small, and says what it is.
    place.script("released", f"echo yamlift {version}, released")
    release(version, place.bin / "released")
    release("9.9.9", place.bin / "released", spoilt=True)
    place.script("built", f"echo yamlift {version}, built")
    place.script("cargo", f"""
        while [ "$1" != --root ]; do shift; done
        cp {place.bin}/built "$2/bin/yamlift"
    """)

    def install(code=0, **env):
        shutil.rmtree(place.at / "temp", ignore_errors=True)
        script = ROOT / ".github/action/install.sh"
        given = {"INPUT_VERSION": "", "ACTION_REF": "", "ACTION_REPOSITORY": "OWNER/yamlift", **env}
        return place.run(["bash", script], code=code, **runner(place, place.at, **given)).stdout

    holds("by tag", install(ACTION_REF=f"v{version}"), "released")
    equal("path", (place.at / "github_path").read_text().strip(), f"{place.at}/temp/yamlift/bin")
    holds("by the commit of the tag", install(ACTION_REF=released), "released")
    holds("by a commit after it", install(ACTION_REF="main"), "built")
    holds("from the repository itself", install(ACTION_REPOSITORY=""), "built")
    holds("by version", install(INPUT_VERSION=f"v{version}", ACTION_REF="main"), "released")
    holds("no such release", install(1, INPUT_VERSION="8.8.8"), "::error")
    holds("not what was released", install(1, INPUT_VERSION="9.9.9"), "::error")
    holds("a system without binaries", install(ACTION_REF=f"v{version}", RUNNER_ARCH="S390X"), "built")


def action_runs(place):
    """check, diff and write, as action.yml starts them."""
    clone = place.clone(place.remote())
    # A line of the diff that the runner would obey, if it were not kept from it: blanks before it are nothing to the runner.
    hostile = "metadata:\n  name: hostile\n  annotations:\n    note: |\n      ::error::obeyed\n"
    (clone / "hostile.yaml").write_text(hostile + "apiVersion: networking.istio.io/v1beta1\nkind: DestinationRule\nspec: {host: a.b}\n")
    place.run(["git", "add", "-A"], clone)
    place.run(["git", "commit", "-qm", "Hostile"], clone)
    inputs = {"mode": "check", "to": TO}
    look = acted(place, clone, "Look", inputs, 1)
    holds("annotations", look.stdout, "\n::error ")
    said = outputs(place)
    equal("changed", said["changed"], "true")
    equal("findings are a number", said["findings"].isdigit() and int(said["findings"]) > 0, True)
    place.run(["git", "apply", "--check", said["patch"]], clone)
    equal("SARIF", json.loads(pathlib.Path(said["sarif"]).read_text())["version"], "2.1.0")
    holds("the text", pathlib.Path(said["pr-body"]).read_text(), "istio")
    holds("the summary", (place.at / "github_step_summary").read_text(), "istio")
    equal("nothing is written", place.changed(clone), [])

    log = acted(place, clone, "Look", {**inputs, "mode": "diff"}).stdout
    holds("the diff", log, "       ::error::obeyed\n-apiVersion")
    equal("outside of what is not obeyed", "obeyed" in re.sub(r"(?ms)^::stop-commands::(\w{32})$.*?^::\1::$", "", log), False)
    holds("a wrong mode", acted(place, clone, "Look", {**inputs, "mode": "$(touch pwned)"}, 2).stdout, "::error")
    acted(place, clone, "Look", {"mode": "diff", "to": "nothing@1"}, 2)
    equal("outputs of a run that was none", outputs(place).get("sarif"), None)

    # Inputs are words, whatever is in them; paths may have blanks.
    (clone / "a b").mkdir()
    place.run(["git", "mv", "clusters/prod/operator-patch.yaml", "a b/"], clone)
    place.run(["git", "commit", "-qm", "Moved"], clone)
    odd = {**inputs, "path": "a b\r\n", "args": "--safety review\n  --exclude $(touch${IFS}pwned) --exclude *"}
    acted(place, clone, "Look", odd, None)
    holds("arguments", place.said.read_text(), "--exclude $(touch${IFS}pwned) --exclude * -- a b")

    acted(place, clone, "Write", {"to": TO})
    edited = sorted(name.replace("clusters/prod/", "a b/") if name.endswith("operator-patch.yaml") else name for name in EDITED)
    equal("written", [name.strip('"') for name in place.changed(clone)], sorted([*edited, "hostile.yaml"]))
    equal("pwned", list(clone.rglob("pwned*")), [])
    acted(place, clone, "Look", {**inputs, "args": "--fail-on never"})
    equal("changed, after", outputs(place)["changed"], "false")


def action_opens(place):
    """Mode pr: the branch is pushed, the token is nowhere."""
    bare = place.remote()
    clone = place.clone(bare)
    inputs = {"mode": "pr", "to": TO, "pr-args": "--commit each", "token": "s3cr3t"}
    done = acted(place, clone, "Pull request", inputs)
    equal("one branch more", len(place.branches(bare)), 2)
    equal("the token is said", "s3cr3t" in done.stdout + done.stderr + place.said.read_text() + str(outputs(place)), False)
    holds("operation", str(outputs(place)), "operation")
    equal("the checkout is left alone", place.changed(clone), [])
    before = place.run(["git", "show-ref"], bare).stdout
    acted(place, clone, "Pull request", inputs)
    equal("a second run", place.run(["git", "show-ref"], bare).stdout, before)

    # What is about findings alone is left out; what cannot be is said by the step that comes first.
    args = "--fail-on never --show=error --exit-zero --baseline known.json --safety review"
    acted(place, clone, "Pull request", {**inputs, "args": args, "path": "clusters/prod"})
    holds("arguments", place.said.read_text(), f"YAMLIFT_TOKEN --to={TO} --safety review --commit each -- clusters/prod")
    acted(place, clone, "Look", {**inputs, "args": "--fail-on never --exit-zero --safety review", "path": "clusters/prod"})
    for wrong, said in [
        ({"args": "--since main"}, "--since"),
        ({"pr-args": "--labels x"}, "--labels"),
        ({"path": "clusters\nREADME.md"}, "`path` is one folder"),
        ({"path": "README.md"}, "`path` is a folder"),
    ]:
        look = acted(place, clone, "Look", {**inputs, **wrong}, 2).stdout
        holds("refused", "\n" + look, "\n::error title=yamlift::with mode pr")
        holds("why", look, said)

    # Of names of files, and of what is said of them, nothing is a command.
    work = place.at / "seed"
    (work / "x\n::error::obeyed.yaml").write_text("apiVersion: networking.istio.io/v1beta1\nkind: DestinationRule\nspec: {}\nspec: {}\n")
    place.run(["git", "add", "-A"], work)
    place.run(["git", "commit", "-qm", "Broken"], work)
    place.run(["git", "push", "-q", bare, "main"], work)
    log = acted(place, clone, "Pull request", {**inputs, "pr-args": "-v"}, 2)
    holds("the file", log.stdout, "obeyed")
    equal("outside of what is not obeyed", "obeyed" in re.sub(r"(?ms)^::stop-commands::(\w{32})$.*?^::\1::$", "", log.stdout + log.stderr), False)


def action_fleet(place):
    """The matrix: chunks are small enough, and one repository that fails does not stop the others."""
    jobs = parsed(blocks("github-actions.md", "yaml")[-1])["jobs"]
    tool("jq")
    listing = next(step["run"] for step in jobs["list"]["steps"] if step.get("id") == "list")
    for many in [0, 1, 7, 256, 5000]:
        names = [{"name": f"r{nth}"} for nth in range(many)]
        (place.at / "repositories.json").write_text(json.dumps(names))
        place.script("gh", f"cat {place.at}/repositories.json")
        env = runner(place, place.at, GITHUB_REPOSITORY_OWNER="OWNER")
        place.run(["bash", "-e", "-o", "pipefail", "-c", listing], **env)
        chunks = json.loads(outputs(place)["chunks"])
        equal("jobs", len(chunks) <= 256, True)
        equal("all of them", sorted(name for chunk in chunks for name in chunk), sorted(name["name"] for name in names))

    bare = place.remote()
    place.script("gh", "exit 0")
    place.script("sleep", "exit 0")
    loop = jobs["pull-requests"]["steps"][-1]["run"]
    repositories = json.dumps(["missing", "gitops"])
    env = runner(place, place.at, REPOSITORIES=repositories, TO=TO, GITHUB_REPOSITORY_OWNER="OWNER", TMPDIR=str(place.at), GH_TOKEN="s3cr3t", GIT_TERMINAL_PROMPT="0")
    done = place.run(["bash", "-e", "-o", "pipefail", "-c", loop], code=1, **env)
    holds("the one that is missing", done.stdout, "::error title=missing")
    equal("the other one", len(place.branches(bare)), 2)


def multi_gitter(place):
    """A shallow clone, a command by its absolute path and without a shell, `git status`, `git add .`."""
    for text in blocks("multi-gitter.md", "sh"):
        line = re.search(r'"/usr/local/bin/(yamlift .*?)"', text)[1]
        clone = place.clone(place.remote(f"server/{len(line)}"))
        argv = shlex.split(line)
        env = {"REPOSITORY": "OWNER/gitops", "DRY_RUN": "true"}
        done = place.run([place.bin / argv[0], *argv[1:]], clone, **env)
        if "print" in text:
            equal("print changes nothing", place.changed(clone), [])
            holds("print", done.stdout, "+++ b/")
            continue
        equal("what it commits", place.changed(clone), EDITED)
        place.run(["git", "add", "."], clone)
        place.run(["git", "commit", "-qm", "Migrate"], clone)
        place.run([place.bin / argv[0], *argv[1:]], clone, **env)
        equal("a second run", place.changed(clone), [])


def renovate(place):
    """Templates filled in, the list of what is allowed, no shell; the version has been raised in the work tree before."""
    admin, repository = (json.loads(text) for text in blocks("renovate.md", "json"))
    rule = repository["packageRules"][0]
    clone = place.clone(place.remote())
    chart = clone / "infra/istiod/Chart.yaml"
    chart.write_text(chart.read_text().replace("1.26.2", "1.27.1"))
    for line in rule["postUpgradeTasks"]["commands"]:
        line = line.replace("{{{currentVersion}}}", "1.26.2").replace("{{{newVersion}}}", "1.27.1")
        equal(f"allowed: {line}", any(re.search(allowed, line) for allowed in admin["allowedCommands"]), True)
        for nasty in [line + "; touch pwned", line + "\ntouch pwned", line.replace("1.27.1", "$(touch pwned)")]:
            # JavaScript's `$` is the end, Python's is before a last line end as well.
            equal(f"allowed: {nasty}", any(re.search(allowed.replace("$", r"\Z"), nasty) for allowed in admin["allowedCommands"]), False)
        data = place.at / "data.json"
        data.write_text("[]")
        argv = shlex.split(line)
        place.run([place.bin / argv[0], *argv[1:]], clone, RENOVATE_POST_UPGRADE_COMMAND_DATA_FILE=str(data))
    equal("what it commits", place.changed(clone), sorted([*EDITED, "infra/istiod/Chart.yaml"]))


def pre_commit_argv(place):
    """What the hooks run, on what is staged and not committed."""
    hooks = {hook["id"]: hook for hook in parsed((ROOT / ".pre-commit-hooks.yaml").read_text())}
    clone = place.clone(place.remote())
    file = clone / "apps/ratings/destination-rule.yaml"
    file.write_text(file.read_text() + "# staged\n")
    place.run(["git", "add", "-A"], clone)
    check = place.run([*shlex.split(hooks["yamlift-check"]["entry"]), "--to", TO], clone, 1)
    equal("names", sorted(check.stdout.split()), EDITED)
    place.run([*shlex.split(hooks["yamlift"]["entry"]), "--to", TO, "--fail-on", "never"], clone)
    equal("written", place.changed(clone), EDITED)


def pre_commit_itself(place):
    """The program, with a clone of this work tree as the repository of hooks, and `language: system` so that nothing is built."""
    program = tool("pre-commit")
    hooks = place.at / "hooks"
    hooks.mkdir()
    shutil.copy(ROOT / ".pre-commit-hooks.yaml", hooks)
    self_ = ["git", "-C", hooks]
    place.run([*self_, "init", "-q", "-b", "main"])
    place.run([*self_, "add", "-A"])
    place.run([*self_, "commit", "-qm", "Hooks"])
    place.run([*self_, "tag", "v0.1.0"])
    place.run([program, "validate-manifest", hooks / ".pre-commit-hooks.yaml"])
    clone = place.clone(place.remote())
    configs = [parsed(text) for text in blocks("pre-commit.md", "yaml")]
    for config in configs:
        config["repos"][0]["repo"] = str(hooks)
        config["repos"][0]["hooks"][0]["language"] = "system"
    write, check = configs

    def run(config, code):
        (clone / ".pre-commit-config.yaml").write_text(yaml.safe_dump(config))
        place.run(["git", "add", ".pre-commit-config.yaml"], clone)
        return place.run([program, "run", "--all-files", "--color", "never"], clone, code).stdout

    holds("check", run(check, 1), "infra/mesh/operator.yaml")
    equal("check changes nothing", [name for name in place.changed(clone) if name in EDITED], [])
    holds("write", run(write, 1), "files were modified by this hook")
    equal("written", [name for name in place.changed(clone) if name in EDITED], EDITED)
    place.run(["git", "add", "-A"], clone)
    # What is left is for people: an error, which holds the commit up until it is told not to.
    holds("left", run(write, 1), "cacerts")
    write["repos"][0]["hooks"][0]["args"] += ["--fail-on", "never"]
    holds("done", run(write, 0), "Passed")
    (clone / "README.md").write_text("No YAML.\n")
    place.run(["git", "commit", "-qam", "All"], clone)
    (clone / "README.md").write_text("No YAML at all.\n")
    place.run(["git", "add", "-A"], clone)
    holds("no YAML", place.run([program, "run", "--color", "never"], clone).stdout, "Skipped")


def gitlab(place):
    """The scripts of the template, in a clone whose remote has the job's own login in it."""
    jobs = parsed((ROOT / "ci/gitlab.yml").read_text())
    given = parsed(blocks("gitlab.md", "yaml")[0])["variables"]
    bare = place.remote("server/group/gitops.git")
    clone = place.clone(bare)
    env = {**given, "CI": "true", "GITLAB_CI": "true", "CI_PROJECT_URL": f"file://{place.at}/server/group/gitops", "CI_DEFAULT_BRANCH": "main"}
    check = jobs["yamlift:check"]
    place.sh("\n".join(check["script"]), clone, 1, **env)
    issues = json.loads((clone / check["artifacts"]["reports"]["codequality"]).read_text())
    equal("issues", {"description", "check_name", "fingerprint", "severity", "location"} <= set(issues[0]), True)
    (clone / check["artifacts"]["reports"]["codequality"]).unlink()

    place.run(["git", "checkout", "-q", "--detach"], clone)
    done = place.sh("\n".join(jobs["yamlift:merge-request"]["script"]), clone, GITLAB_TOKEN="s3cr3t", **env)
    equal("one branch more", len(place.branches(bare)), 2)
    equal("the token is said", "s3cr3t" in done.stdout + done.stderr, False)


def argo(place):
    """The script of the container, with its environment; and a step whose standard output is read as JSON."""
    template = parsed(blocks("argo-workflows.md", "yaml")[0])
    parameters = {each["name"]: each["value"] for each in template["spec"]["arguments"]["parameters"]}
    equal("a list", isinstance(json.loads(parameters["repositories"]), list), True)
    bare = place.remote()
    clone = place.clone(bare)
    done = place.run(["yamlift", "migrate", "--to", TO, "--format", "json", "--exit-zero"], clone)
    equal("the output", json.loads(done.stdout)["summary"]["changed"], len(EDITED))

    container = template["spec"]["templates"][1]["container"]
    env = {each["name"]: each.get("value", "s3cr3t") for each in container["env"]}
    env = {name: value.replace("{{workflow.parameters.to}}", parameters["to"]) for name, value in env.items()}
    env |= {"SERVER": f"file://{place.at}/server", "REPOSITORY": "OWNER/gitops", "TMPDIR": str(place.at)}
    equal("nothing is put into the script", "{{" in container["args"][0], False)
    place.run([*container["command"], *container["args"]], **env)
    equal("one branch more", len(place.branches(bare)), 2)


def forgejo(place):
    """The two jobs; a pull request is a ref."""
    jobs = parsed(blocks("forgejo.md", "yaml")[0])["jobs"]
    bare = place.remote()
    place.run(["git", "update-ref", "refs/pull/7/head", "main"], bare)
    for name, code in [("check", 1), ("pull-request", 0)]:
        run = jobs[name]["steps"][0]["run"].replace(" --forge forgejo", "")
        folder = place.at / name
        folder.mkdir()
        place.sh(run, folder, code, **runner(place, folder, TOKEN="s3cr3t", NUMBER="7"))
    equal("one branch more", len(place.branches(bare)), 2)


def reviewdog(place):
    line = re.search(r"- run: (.*)", blocks("reviewdog.md", "yaml")[0])[1]
    clone = place.clone(place.remote())
    temp = {"RUNNER_TEMP": str(place.at)}
    place.sh(line, clone, **temp)
    report = json.loads((place.at / "yamlift.json").read_text())
    equal("diagnostics", len(report["diagnostics"]) > 0, True)
    if not shutil.which("reviewdog"):
        return

    def seen(words):
        """What it would comment on, and whether with a suggestion."""
        said = place.sh(f'reviewdog -name=yamlift -reporter=rdjson {words}', clone, **temp).stdout
        return sorted((one["location"]["path"], "suggestions" in one) for one in json.loads(said)["diagnostics"])

    from_file = '-f=rdjson <"$RUNNER_TEMP/yamlift.json"'
    all_of_it = sorted((one["location"]["path"], "suggestions" in one) for one in report["diagnostics"])
    equal("all of it", seen(f"-filter-mode=nofilter {from_file}"), all_of_it)
    # Of what a pull request touches, the lines that it touches.
    rule = clone / "apps/ratings/destination-rule.yaml"
    rule.write_text(rule.read_text().replace("v1beta1", "v1alpha3"))
    place.sh(line, clone, **temp)
    equal("what is touched", seen(f"-diff='git diff' {from_file}"), [("apps/ratings/destination-rule.yaml", True)])
    for format in ["sarif", "diff"]:
        place.sh(f'yamlift migrate --to {TO} --format {format} --exit-zero >"$RUNNER_TEMP/yamlift.{format}"', clone, **temp)
        told = seen(f'-diff="git diff" -filter-mode=file -f={format} <"$RUNNER_TEMP/yamlift.{format}"')
        equal(f"{format}: what is touched", told, [("apps/ratings/destination-rule.yaml", True)])


def release_is_packed(place):
    """The archive of a release, and that the action finds in it what it looks for."""
    version = place.run([place.binary, "--version"]).stdout.split()[1]
    # A debug binary with its symbols takes seconds to pack.
    small = place.at / "yamlift"
    place.sh(f'strip -o "{small}" "{place.binary}" 2>/dev/null || cp "{place.binary}" "{small}"')
    place.run(["bash", ROOT / ".github/release/package.sh", "some-target", small, place.at / "dist"])
    name = f"yamlift-v{version}-some-target"
    files = place.sh(f"tar -tzf dist/{name}.tar.gz").stdout
    for file in ["yamlift", "README.md", "LICENSE-MIT", "completions/_yamlift", "man/yamlift.1", "man/yamlift-migrate.1"]:
        holds("the archive", files, f"{name}/{file}\n")
    notes = place.run(["bash", ROOT / ".github/release/notes.sh", "Unreleased"], code=None)
    equal("notes", (notes.returncode, "## [" in notes.stdout), (0, False))
    place.run(["bash", ROOT / ".github/release/notes.sh", "0.0.0"], code=1)


CHECKS = [
    texts_parse, flags_exist, scripts_are_sound, actionlint, zizmor, action_installs, action_runs, action_opens, action_fleet, multi_gitter,
    renovate, pre_commit_argv, pre_commit_itself, gitlab, argo, forgejo, reviewdog, release_is_packed,
]


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--binary", default=ROOT / "target/debug/yamlift", type=pathlib.Path)
    options.add_argument("only", nargs="*", help="checks, by name")
    args = options.parse_args()
    passed = failed = skipped = 0
    for check in CHECKS:
        if args.only and check.__name__ not in args.only:
            continue
        with tempfile.TemporaryDirectory() as folder:
            try:
                check(Place(folder, args.binary.resolve()))
                passed += 1
                print(f"ok        {check.__name__}", flush=True)
            except LeftOut as why:
                skipped += 1
                print(f"left out  {check.__name__}: {why}", flush=True)
            except (AssertionError, OSError, KeyError, ValueError, StopIteration, subprocess.CalledProcessError) as why:
                failed += 1
                print(f"FAILED    {check.__name__}: {type(why).__name__}: {why}", flush=True)
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
