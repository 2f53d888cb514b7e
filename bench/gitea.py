#!/usr/bin/env python3
"""Runs `yamlift pr` against a Gitea of its own, which is gone afterwards.

    bench/gitea.py GITEA [--binary YAMLIFT] [CHECK]...

GITEA is a binary of Gitea. One that was built from sources without its files (no `bindata`) looks for `templates`, `options` and
`public` beside itself, or where --files says. Needs git; nothing reaches out, and nothing outside of a temporary folder is written.
Tried with Gitea 1.26.
"""
import argparse
import base64
import html
import json
import os
import pathlib
import re
import shlex
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request

from checks import equal, holds, lacks

ROOT = pathlib.Path(__file__).resolve().parent.parent
TO = "istio@1.27"
BRANCH = "yamlift/istio-1.26-to-1.27"
TITLE = "Migrate configuration to Istio 1.27"
ORG = "shop"
# Fewer than what is asked for at once: administrators may say so.
PAGE = 5

SETTINGS = """
RUN_MODE = prod
WORK_PATH = {at}
{root}
[server]
HTTP_ADDR = 127.0.0.1
HTTP_PORT = {port}
ROOT_URL = {url}/
LOCAL_ROOT_URL = {url}/
USE_SUB_URL_PATH = {below}
{files}
DISABLE_SSH = true
OFFLINE_MODE = true
[database]
DB_TYPE = sqlite3
[security]
INSTALL_LOCK = true
[api]
MAX_RESPONSE_ITEMS = {page}
[indexer]
ISSUE_INDEXER_TYPE = db
[actions]
ENABLED = false
[log]
LEVEL = Warn
MODE = console
logger.access.MODE = requests
[log.requests]
MODE = file
FILE_NAME = requests.log
LOG_ROTATE = false
"""


class LeftOut(Exception):
    """Why a check cannot be made here."""


def soon(what, look, should):
    """What Gitea does behind an answer, after a push for example."""
    for _ in range(40):
        if look() == should:
            return
        time.sleep(0.25)
    equal(what, look(), should)


class Server:
    """A Gitea with an organisation, a bot and a person in it."""

    def __init__(self, folder, gitea, files, yamlift):
        self.at, self.gitea, self.files, self.yamlift = pathlib.Path(folder), gitea, files, yamlift
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.process = None
        self.tokens = {}
        # Gitea writes git's global settings, in a home of its own: no variable may lead it to another file, least of all a device.
        self.env = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.at),
            "LC_ALL": "C.UTF-8",
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_TERMINAL_PROMPT": "0",
            "NO_PROXY": "127.0.0.1",
        }

    def start(self, below=""):
        """`below`: a path that all of it lives under."""
        self.url = f"http://127.0.0.1:{self.port}{below}"
        settings = SETTINGS.format(
            at=self.at,
            # It runs as root where it is told to.
            root="I_AM_BEING_UNSAFE_RUNNING_AS_ROOT = true" if os.getuid() == 0 else "",
            port=self.port,
            url=self.url,
            below=str(bool(below)).lower(),
            files=f"STATIC_ROOT_PATH = {self.files}" if self.files else "",
            page=PAGE,
        )
        (self.at / "app.ini").write_text(settings)
        if not self.tokens:
            self.say("migrate")
        with (self.at / "gitea.log").open("a") as log:
            self.process = subprocess.Popen(self.argv("web"), env=self.env, stdout=log, stderr=subprocess.STDOUT)
        for _ in range(240):
            if self.process.poll() is not None:
                break
            try:
                with urllib.request.urlopen(f"{self.url}/api/v1/version", timeout=5) as answer:
                    return json.load(answer)["version"]
            except OSError:
                time.sleep(0.25)
        self.stop()
        sys.exit("Gitea does not start:\n" + (self.at / "gitea.log").read_text()[-3000:])

    def stop(self):
        if self.process:
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
            self.process = None

    def argv(self, *args):
        return [str(self.gitea), "--config", str(self.at / "app.ini"), *args]

    def say(self, *args):
        done = subprocess.run(self.argv(*args), env=self.env, text=True, capture_output=True)
        if done.returncode:
            sys.exit(f"gitea {' '.join(args)}: {done.stdout[-2000:]}{done.stderr[-2000:]}")
        return done.stdout.strip()

    def user(self, name, *more):
        words = ["--username", name, "--email", f"{name}@{ORG}.example", "--random-password", "--must-change-password=false"]
        self.say("admin", "user", "create", *words, *more)

    def token(self, user, scopes):
        """A token, made once."""
        if (user, scopes) not in self.tokens:
            words = ["--username", user, "--token-name", scopes.replace(":", "-"), "--scopes", scopes, "--raw"]
            self.tokens[user, scopes] = self.say("admin", "user", "generate-access-token", *words).splitlines()[-1]
        return self.tokens[user, scopes]

    def people(self):
        self.user("root", "--admin")
        for name in ["bot", "ann"]:
            self.user(name)
        self.call("POST", "/orgs", {"username": ORG, "visibility": "private"}, code=201)
        team = {"name": "bots", "permission": "write", "units": ["repo.code", "repo.issues", "repo.pulls"], "includes_all_repositories": True}
        for name, member in [("bots", "bot"), ("platform", "ann")]:
            made = self.call("POST", f"/orgs/{ORG}/teams", {**team, "name": name}, code=201)
            self.call("PUT", f"/teams/{made['id']}/members/{member}", code=204)

    def call(self, method, path, body=None, user="root", code=None):
        """The answer of the API; any status below 400 will do where none is named."""
        headers = {"Authorization": f"token {self.token(user, 'all')}", "Content-Type": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}/api/v1{path}", data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                status, text = answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            status, text = error.code, error.read().decode()
        if status != code if code else status >= 400:
            raise AssertionError(f"{method} {path}: {status} {text[:1000]}")
        try:
            return json.loads(text) if text else None
        except ValueError:
            return text

    def writes(self, since=0):
        """What was asked for that is more than reading, of the API and of git. Behind it: where to go on from."""
        time.sleep(0.2)
        lines = (self.at / "log/requests.log").read_text().splitlines()
        asked = [match[1] for line in lines[since:] if (match := re.search(r'"((?:POST|PUT|PATCH|DELETE) \S+)', line))]
        return [one for one in asked if not one.endswith("git-upload-pack")], len(lines)


class Place:
    """A repository with the tour in it, and a clone of it that the bot works in."""

    def __init__(self, server, name, files=None, org=ORG):
        self.server, self.name = server, name
        self.folder = server.at / "work" / name
        self.path = f"/repos/{org}/{name}"
        self.address = f"{server.url}/{org}/{name}.git"
        server.call("POST", f"/orgs/{org}/repos", {"name": name, "private": True, "default_branch": "main"}, code=201)
        shutil.copytree(ROOT / "golden/tour", self.folder)
        for path, text in (files or {}).items():
            (self.folder / path).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / path).write_text(text)
        self.git("init", "-q", "-b", "main")
        self.git("remote", "add", "origin", self.address)
        self.git("add", "-A")
        self.git("commit", "-qm", "The repository")
        self.git("push", "-q", "origin", "main", user="root")
        soon("a repository with something in it", lambda: self.call("GET", "")["empty"], False)

    def git(self, *args, user=None):
        env = dict(self.server.env)
        for who in ["AUTHOR", "COMMITTER"]:
            env |= {f"GIT_{who}_NAME": "Ann", f"GIT_{who}_EMAIL": f"ann@{ORG}.example"}
        if user:
            login = base64.b64encode(f"{user}:{self.server.token(user, 'all')}".encode()).decode()
            env |= {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "http.extraheader", "GIT_CONFIG_VALUE_0": f"Authorization: Basic {login}"}
        done = subprocess.run(["git", *args], cwd=self.folder, env=env, text=True, capture_output=True)
        if done.returncode:
            raise AssertionError(f"git {' '.join(args)}: {done.stderr}")
        return done.stdout.strip()

    def pr(self, *args, code=0, scopes="write:repository,write:issue", forge=("--forge", "gitea"), cwd=None, **env):
        """One run; what it printed, and said. The token is told nowhere."""
        token = self.server.token("bot", scopes)
        given = {"GITEA_TOKEN": token, **env}
        given = {name: token if value is True else value for name, value in given.items() if value is not None}
        argv = [str(self.server.yamlift), "pr", *([] if "--to" in args else ["--to", TO]), *forge, *args]
        done = subprocess.run(argv, cwd=cwd or self.folder, env={**self.server.env, **given}, text=True, capture_output=True)
        lacks("the token is told", done.stdout + done.stderr, token)
        if done.returncode != code:
            raise AssertionError(f"{' '.join(argv[1:])}: {done.returncode}, not {code}\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
        return done

    def did(self, operation, number, *args, **more):
        done = self.pr(*args, **more)
        equal(f"what was done ({done.stderr.strip()})", done.stdout, f"{operation} {self.server.url}/{ORG}/{self.name}/pulls/{number}\n")
        return done

    def quiet(self, run):
        """A run that writes nothing."""
        since = self.server.writes()[1]
        run()
        equal("requests that write", self.server.writes(since)[0], [])

    def call(self, method, below, body=None, user="root", code=None):
        return self.server.call(method, self.path + below, body, user, code)

    def pull(self, number):
        return self.call("GET", f"/pulls/{number}")

    def commit(self, path, text, branch="main", user="ann"):
        """A person commits a file, as in the browser; None: deletes it."""
        there = None
        try:
            there = self.call("GET", f"/contents/{path}?ref={urllib.parse.quote(branch)}")["sha"]
        except AssertionError:
            pass
        body = {"branch": branch, "message": "By hand", "sha": there}
        if text is None:
            return self.call("DELETE", f"/contents/{path}", body, user)
        body["content"] = base64.b64encode(text.encode()).decode()
        return self.call("PUT" if there else "POST", f"/contents/{path}", body, user)

    def branches(self):
        names, page = [], 1
        while more := self.call("GET", f"/branches?page={page}"):
            names += [branch["name"] for branch in more]
            page += 1
        return sorted(names)

    def commits(self, branch=BRANCH):
        return self.git("ls-remote", "origin", f"refs/heads/{branch}", user="root").split("\t")[0]

    def rendered(self, text):
        return self.server.call("POST", "/markdown", {"Text": text, "Mode": "comment", "Context": f"{ORG}/{self.name}", "Wiki": False})


def lived(place):
    """Created, unchanged, updated, merged by nobody, closed; and anew where there is something to do again."""
    place.did("created", 1)
    pull = place.pull(1)
    equal("title", pull["title"], TITLE)
    equal("branches", (pull["head"]["ref"], pull["base"]["ref"], pull["user"]["login"]), (BRANCH, "main", "bot"))
    soon("it can be merged", lambda: place.pull(1)["mergeable"], True)
    equal("a commit each", pull["commits"] if "commits" in pull else len(place.call("GET", "/pulls/1/commits")), 4)
    place.quiet(lambda: place.did("unchanged", 1))
    equal("the checkout", place.git("status", "--porcelain"), "")
    ours = place.git("for-each-ref", "--format=%(refname)", "refs/heads", "refs/yamlift").splitlines()
    equal("branches of the checkout", ours, ["refs/heads/main"])

    before = place.commits()
    place.commit("NOTES.md", "The base moves.\n")
    place.did("updated", 1)
    equal("the branch is made anew", place.commits() != before, True)
    soon("on the base", lambda: place.pull(1)["merge_base"], place.commits("main"))
    more = (ROOT / "golden/tour/apps/ratings/destination-rule.yaml").read_text()
    place.commit("apps/ratings/other-rule.yaml", more.replace("name: ratings", "name: other"))
    place.did("updated", 1)
    holds("the text", place.pull(1)["body"], "13 edits in 9 of 29 files")
    place.quiet(lambda: place.did("unchanged", 1))

    # Somebody does by hand what was to be done.
    place.git("fetch", "-q", "origin", BRANCH, user="root")
    place.git("push", "-q", "origin", "FETCH_HEAD:main", user="root")
    closed(place)


def closed(place):
    """The base has all of it by now, and Gitea may have taken the pull request for merged."""
    state = place.pull(1)
    done = place.pr()
    if state["merged"]:
        equal("nothing to do", done.stdout, f"unchanged {BRANCH}\n")
    else:
        equal("closed", done.stdout, f"closed {place.server.url}/{ORG}/{place.name}/pulls/1\n")


def done_by_hand(place):
    """Nothing is left: closed with a comment, the branch deleted. What comes up later is a new one."""
    place.did("created", 1)
    for path, text in edited(place).items():
        place.commit(path, text)
    place.did("closed", 1)
    pull = place.pull(1)
    equal("state", (pull["state"], pull["merged"]), ("closed", False))
    equal("title", pull["title"], f"{TITLE} (closed: nothing is left to do)")
    equal("comments", [(one["user"]["login"], one["body"]) for one in place.call("GET", "/issues/1/comments")], [("bot", "Nothing is left to do on `main`: yamlift closes this.")])
    comes_up_again(place)


def comes_up_again(place):
    """Nothing is left of the first one; where there is something to do again, there is a second one."""
    equal("branches", place.branches(), ["main"])
    place.quiet(lambda: equal("nothing to do", place.pr().stdout, f"unchanged {BRANCH}\n"))
    rule = "apps/ratings/destination-rule.yaml"
    place.commit(rule, (ROOT / "golden/tour" / rule).read_text())
    place.did("created", 2)


def edited(place):
    """What is on the branch, by path."""
    place.git("fetch", "-q", "origin", BRANCH, user="root")
    names = place.git("diff", "--name-only", "origin/main", "FETCH_HEAD").splitlines()
    return {name: place.git("show", f"FETCH_HEAD:{name}") + "\n" for name in names}


def pushed_by_people(place):
    """A commit of somebody else holds the bot off, whatever the base does; the button that updates a branch is one, too."""
    place.did("created", 1)
    place.commit("apps/notes.md", "By a person.\n", BRANCH)
    before = place.commits()
    place.quiet(lambda: holds("who", place.did("skipped", 1).stderr, f"ann@{ORG}.example committed to {BRANCH}"))
    place.commit("NOTES.md", "The base moves.\n")
    place.quiet(lambda: place.did("skipped", 1))
    equal("the branch", place.commits(), before)


def updated_by_button(place):
    place.did("created", 1)
    place.commit("NOTES.md", "The base moves.\n")
    place.call("POST", "/pulls/1/update", user="ann")
    before = place.commits()
    place.quiet(lambda: place.did("skipped", 1))
    equal("the branch", place.commits(), before)


def closed_by_people(place):
    """Stays closed, with its branch and without."""
    place.did("created", 1)
    place.call("PATCH", "/pulls/1", {"state": "closed"}, "ann")
    place.quiet(lambda: holds("why", place.did("skipped", 1).stderr, "somebody closed this pull request"))
    place.commit("NOTES.md", "The base moves.\n")
    place.quiet(lambda: place.did("skipped", 1))
    place.call("PATCH", "/pulls/1", {"state": "open"}, "ann")
    place.did("updated", 1)


def closed_and_branch_deleted(place):
    """The page has a button for that, beside a pull request that is closed."""
    place.did("created", 1)
    place.call("PATCH", "/pulls/1", {"state": "closed"}, "ann")
    place.call("DELETE", f"/branches/{urllib.parse.quote(BRANCH, safe='')}", user="ann")
    place.quiet(lambda: place.did("skipped", 1))


def merged(place):
    """Merged, and the branch deleted with it: nothing is left. A new one where there is something to do again."""
    place.did("created", 1)
    soon("it can be merged", lambda: place.pull(1)["mergeable"], True)
    place.call("POST", "/pulls/1/merge", {"Do": "squash", "delete_branch_after_merge": True}, "ann")
    comes_up_again(place)


def edited_by_people(place):
    """Title, text and labels that people change stay, until there is something new to say."""
    place.did("created", 1, "--label", "mesh")
    body = place.pull(1)["body"]
    place.call("PATCH", "/pulls/1", {"title": "Better", "body": "Read this first.\n\n" + body}, "ann")
    label = place.pull(1)["labels"][0]["id"]
    place.call("DELETE", f"/issues/1/labels/{label}", user="ann")
    place.quiet(lambda: place.did("unchanged", 1, "--label", "mesh"))
    place.commit("NOTES.md", "The base moves, and there is nothing to say.\n")
    place.did("updated", 1, "--label", "mesh")
    equal("title", place.pull(1)["title"], "Better")


def labels(place):
    """Those that are there are taken, others are made; those of people stay."""
    # More than come at once.
    for nth in range(PAGE + 2):
        place.call("POST", "/labels", {"name": f"label {nth}", "color": "#123456"})
    names = [f"label {PAGE + 1}", "mesh: istio", "yamlift"]
    words = [word for name in names for word in ["--label", name]]
    done = place.did("created", 1, *words)
    equal("warnings", done.stderr, "")
    equal("labels", sorted(label["name"] for label in place.pull(1)["labels"]), names)
    by_name = {label["name"]: label["color"] for label in place.pull(1)["labels"]}
    equal("one that was there", by_name[names[0]], "123456")
    place.quiet(lambda: place.did("unchanged", 1, *words))
    made = place.call("POST", "/labels", {"name": "people's", "color": "#654321"})
    place.call("POST", "/issues/1/labels", {"labels": [made["id"]]})
    place.did("updated", 1, *words, "--label", "late")
    equal("labels", sorted(label["name"] for label in place.pull(1)["labels"]), sorted([*names, "people's", "late"]))


def reviewers(place):
    """A person and a team; one that cannot be asked is a warning, and the others are asked all the same."""
    place.did("created", 1, "--reviewer", "ann", "--reviewer", f"{ORG}/platform")
    pull = place.pull(1)
    equal("people", [one["login"] for one in pull["requested_reviewers"]], ["ann"])
    equal("teams", [one["name"] for one in pull["requested_reviewers_teams"] or []], ["platform"])
    place.quiet(lambda: place.did("unchanged", 1, "--reviewer", "ann", "--reviewer", f"{ORG}/platform"))


def reviewer_unknown(place):
    done = place.did("created", 1, "--reviewer", "nobody")
    holds("a warning", done.stderr, "warning: Gitea would not ask nobody for a review")


def draft(place):
    """Known by its title. Once a person takes it out of that state, it stays out."""
    place.did("created", 1, "--draft")
    pull = place.pull(1)
    equal("draft", (pull["draft"], pull["title"]), (True, f"WIP: {TITLE}"))
    place.quiet(lambda: place.did("unchanged", 1, "--draft"))
    place.did("updated", 1, "--draft", "--title", "Other words")
    equal("draft", (place.pull(1)["draft"], place.pull(1)["title"]), (True, "WIP: Other words"))
    place.call("PATCH", "/pulls/1", {"title": "Other words"}, "ann")
    place.did("updated", 1, "--draft", "--title", "Again others")
    equal("no draft", (place.pull(1)["draft"], place.pull(1)["title"]), (False, "Again others"))


def dry_run(place):
    """Prints it and writes nothing: before there is one, and after."""
    def shown():
        said = place.pr("--dry-run").stdout
        holds("the title", said, f"would be created: {BRANCH}\nbranch {BRANCH} from main\n\n{TITLE}\n")

    place.quiet(shown)
    equal("branches", place.branches(), ["main"])
    place.did("created", 1)
    url = f"{place.server.url}/{ORG}/{place.name}/pulls/1\n"
    place.quiet(lambda: equal("as it should be", place.pr(DRY_RUN="true").stdout, f"would be unchanged: {url}"))
    place.quiet(lambda: holds("other words", place.pr("--dry-run", "--title", "Other").stdout, f"would be updated: {url}"))


def folder(place):
    """A folder has a pull request of its own, beside the one of the whole."""
    place.did("created", 1)
    place.did("created", 2, "infra/mesh")
    pull = place.pull(2)
    equal("branch", pull["head"]["ref"], f"{BRANCH}-in-infra-mesh-a3ed09")
    equal("files", sorted(one["filename"] for page in [1, 2] for one in place.call("GET", f"/pulls/2/files?page={page}")), ["infra/mesh/mesh-config.yaml", "infra/mesh/operator.yaml"])
    links(place, pull)
    place.quiet(lambda: place.did("unchanged", 2, cwd=place.folder / "infra/mesh"))
    place.quiet(lambda: place.did("unchanged", 1))


def phases(place):
    """One for each part, and both can be merged, one after the other."""
    url = f"{place.server.url}/{ORG}/{place.name}/pulls/"
    both = ["--phase", "before", "--phase", "after"]
    equal("both", place.pr(*both).stdout, f"created {url}1\ncreated {url}2\n")
    equal("titles", [place.pull(nth)["title"] for nth in [1, 2]], [f"{TITLE}, before the upgrade", f"{TITLE}, after the upgrade"])
    place.quiet(lambda: equal("again", place.pr(*both).stdout, f"unchanged {url}1\nunchanged {url}2\n"))
    soon("it can be merged", lambda: place.pull(1)["mergeable"], True)
    place.call("POST", "/pulls/1/merge", {"Do": "merge", "delete_branch_after_merge": True}, "ann")
    done = place.pr(*both).stdout
    equal("the rest", done, f"unchanged {BRANCH}-before\nupdated {url}2\n")
    soon("it can be merged", lambda: place.pull(2)["mergeable"], True)
    place.call("POST", "/pulls/2/merge", {"Do": "merge", "delete_branch_after_merge": True}, "ann")
    place.quiet(lambda: place.pr(*both))
    equal("nothing is left", place.pr().stdout, f"unchanged {BRANCH}\n")


def links(place, pull):
    """Every file that the text links to is there, with that many lines; how many there were."""
    page = html.unescape(place.rendered(pull["body"]))
    ours = set(re.findall(rf'href="{re.escape(place.server.url)}(/{ORG}/[^"]*)"', page))
    for link in ours:
        path, _, line = link.partition("#L")
        kind, _, rest = path.removeprefix(f"/{ORG}/{place.name}/src/").partition("/")
        equal(f"kind of {link}", kind, "branch")
        branch = pull["head"]["ref"]
        file = rest.removeprefix(f"{branch}/")
        equal(f"branch of {link}", rest.startswith(f"{branch}/"), True)
        text = place.call("GET", f"/raw/{file}?ref={urllib.parse.quote(branch)}")
        if line and int(line.split("-")[0]) > len(str(text).splitlines()):
            raise AssertionError(f"{link}: only {len(str(text).splitlines())} lines")
    return len(ours)


HOSTILE = """apiVersion: v1
kind: Service
metadata:
  name: hostile
  namespace: "@ann #1 </details><script>alert(1)</script> ![x](http://example.invalid/x.png) | a | `b`"
  annotations:
    networking.istio.io/traffic-distribution: PreferClose
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: istio
  namespace: istio-system
data:
  mesh: |
    extensionProviders:
    - name: "@ann closes #1 <img src=x onerror=alert(1)> [x](javascript:alert(1)) | `c`"
      lightstep:
        service: a
        port: 80
        accessToken: "@ann" # @ann, closes #1, <b>bold</b> ``` | x
    - name: "c` @ann closes #1 <img src=x onerror=alert(1)> [x](javascript:alert(1)) <!-- </details> @shop/platform `d"
      lightstep:
        service: a
        port: 80
        accessToken: "@ann"
"""


def text(place):
    """How Gitea shows the description: tables, lists and folds, links that lead somewhere, and nothing that files smuggle in."""
    place.call("POST", "/issues", {"title": "An issue"})
    place.did("created", 2)
    pull = place.pull(2)
    page = place.rendered(pull["body"])
    for part in ["<table>", "<details>", "<blockquote>", "<h2", "Lightstep tracing providers become OpenTelemetry providers"]:
        holds("the page", page, part)
    for part in ["yamlift:{", "&lt;!--", "&lt;details", "&lt;br"]:
        lacks("the page", page, part)
    found = links(place, pull)
    if found < 10:
        raise AssertionError(f"only {found} links to files")
    lacks("mentions", page, 'class="mention"')
    lacks("issues", page, 'ref-issue"')
    equal("folds are closed", page.count("<details>"), page.count("</details>"))
    for commit in place.call("GET", "/pulls/2/commits"):
        equal("who commits", commit["commit"]["author"]["name"], "yamlift")


def values_smuggle_nothing(place):
    place.call("POST", "/issues", {"title": "An issue"})
    place.commit("hostile.yaml", HOSTILE)
    place.did("created", 2)
    page = place.rendered(place.pull(2)["body"])
    holds("it is told of", page, "closes #1")
    for part in ["<script", "<img", "onerror=alert(1)>", 'href="javascript', 'class="mention"', "ref-issue"]:
        lacks("the page", page, part)
    equal("folds are closed", page.count("<details>"), page.count("</details>"))
    timeline = place.call("GET", "/issues/1/timeline")
    equal("what refers to the issue", [one["type"] for one in timeline or [] if "ref" in one["type"]], [])


def long(place):
    """A description that would be too long loses rows, and counts them."""
    one = (ROOT / "golden/tour/infra/mesh/mesh-config.yaml").read_text()
    for nth in range(400):
        file = place.folder / f"many/mesh-{nth}.yaml"
        file.parent.mkdir(exist_ok=True)
        file.write_text(one.replace("lightstep-canary", f"lightstep-canary-{nth}-" + "x" * 60))
    place.git("add", "-A")
    place.git("commit", "-qm", "Many")
    place.git("push", "-q", "origin", "main", user="root")
    place.did("created", 1)
    body = place.pull(1)["body"]
    equal("within what forges take", 30_000 < len(body) < 65_536, True)
    holds("what is left out", body, "… and ")
    page = place.rendered(body)
    equal("folds are closed", page.count("<details>"), page.count("</details>"))
    place.quiet(lambda: place.did("unchanged", 1))


def many_pull_requests(place):
    """The one of this branch is found among more than come at once, open or closed."""
    place.did("created", 1)
    for nth in range(2 * PAGE):
        place.commit(f"other-{nth}.md", "x\n", "main")
        branch = f"other-{nth}"
        place.call("POST", "/branches", {"new_branch_name": branch, "old_branch_name": "main"})
        place.commit("README.md", f"{nth}\n", branch)
        place.call("POST", "/pulls", {"title": branch, "head": branch, "base": "main"}, "ann")
    place.did("updated", 1)
    place.quiet(lambda: place.did("unchanged", 1))
    place.call("PATCH", "/pulls/1", {"state": "closed"}, "ann")
    for nth in range(2 * PAGE):
        place.call("PATCH", f"/pulls/{nth + 2}", {"state": "closed"}, "ann")
    place.quiet(lambda: place.did("skipped", 1))


def tokens(place):
    """What is told of a token that may too little, is none, or is of another variable; nothing is left half done."""
    def refused(said, **more):
        place.quiet(lambda: holds("refused", place.pr(code=2, **more).stderr, said))
        equal("branches", place.branches(), ["main"])

    refused("set GITEA_TOKEN or FORGEJO_TOKEN", GITEA_TOKEN=None)
    refused("does not know the token of GITEA_TOKEN", GITEA_TOKEN="0" * 40)
    refused("`write:repository` and `write:issue`", scopes="write:issue")
    done = place.pr(code=2, scopes="read:repository,read:issue")
    holds("reading alone", done.stderr, "write")
    equal("branches", place.branches(), ["main"])


def token_without_issues(place):
    """Labels are of issues, and so are comments: warnings, and the rest is done."""
    words = {"scopes": "write:repository"}
    done = place.did("created", 1, "--label", "mesh", **words)
    if done.stderr:
        holds("labels", done.stderr, "`write:repository` and `write:issue`")
    for path, content in edited(place).items():
        place.commit(path, content)
    done = place.did("closed", 1, **words)
    if done.stderr:
        holds("the comment", done.stderr, "`write:repository` and `write:issue`")
    equal("branches", place.branches(), ["main"])


def other_variables(place):
    """FORGEJO_TOKEN, a variable of one's own, and the job of a runner, where nobody says which forge it is."""
    place.did("created", 1, GITEA_TOKEN=None, FORGEJO_TOKEN=True)
    place.quiet(lambda: place.did("unchanged", 1, "--token-env", "MINE", GITEA_TOKEN=None, MINE=True))
    place.quiet(lambda: place.did("unchanged", 1, forge=("--forge", "forgejo")))
    outputs = place.server.at / "outputs"
    outputs.write_text("")
    runner = {
        "GITHUB_ACTIONS": "true",
        "GITEA_ACTIONS": "true",
        "GITHUB_SERVER_URL": place.server.url,
        "GITHUB_API_URL": f"{place.server.url}/api/v1",
        "GITHUB_OUTPUT": str(outputs),
    }
    place.quiet(lambda: place.did("unchanged", 1, forge=(), **runner))
    holds("outputs", outputs.read_text(), "operation=unchanged\n")
    place.quiet(lambda: holds("nobody says", place.pr(forge=(), code=2).stderr, "which forge is at 127.0.0.1"))


def renamed(place):
    """The clone has the old name still."""
    place.did("created", 1)
    place.call("PATCH", "", {"name": "new-name"})
    place.name, place.path = "new-name", f"/repos/{ORG}/new-name"
    place.quiet(lambda: place.did("unchanged", 1))
    place.did("updated", 1, "--title", "Other words")
    place.commit("NOTES.md", "The base moves.\n")
    place.did("updated", 1, "--title", "Other words")


def archived(place):
    place.call("PATCH", "", {"archived": True})
    place.quiet(lambda: equal("skipped", place.pr().stdout, f"skipped {place.server.url}/{ORG}/{place.name}\n"))


def protected(place):
    """A rule that keeps the bot from the branch is told, with what to do."""
    rule = {"rule_name": "yamlift/**", "enable_push": False}
    place.call("POST", "/branch_protections", rule)
    holds("help", place.pr(code=2).stderr, "--branch-prefix")
    place.did("created", 1, "--branch-prefix", "bot/")


def multi_gitter(place):
    """What docs/recipes/multi-gitter.md says, over a repository with something to do, one without, and one that cannot be read."""
    program = shutil.which("multi-gitter")
    if not program:
        raise LeftOut("multi-gitter is not installed")
    server, org = place.server, "fleet"
    server.call("POST", "/orgs", {"username": org, "visibility": "private"}, code=201)
    place.pr()
    todo = Place(server, "to-do", org=org)
    done = Place(server, "done", edited(place), org=org)
    unread = Place(server, "unread", {"broken.yaml": "apiVersion: networking.istio.io/v1\nkind: Sidecar\nspec: [\n"}, org=org)
    todo.call("POST", "/labels", {"name": "yamlift", "color": "#123456"})
    recipe = (ROOT / "docs/recipes/multi-gitter.md").read_text()
    look, run = [shlex.split(text.replace("\\\n", " ")) for text in re.findall(r"^```sh\n(.*?)^```", recipe, re.M | re.S)]

    def ran(argv):
        words = [word.replace("/usr/local/bin/yamlift", str(server.yamlift)).replace("OWNER", org) for word in argv[1:]]
        env = {**server.env, "GITEA_TOKEN": server.token("root", "all")}
        argv = [program, *words, "--platform", "gitea", "--base-url", server.url]
        ended = subprocess.run(argv, cwd=server.at, env=env, text=True, capture_output=True)
        equal(f"multi-gitter {words[0]}: {ended.stderr[-1000:]}", ended.returncode, 0)
        return ended.stdout

    def pulls(of):
        return [(one["head"]["ref"], one["title"], [label["name"] for label in one["labels"]]) for one in of.call("GET", "/pulls")]

    place.quiet(lambda: holds("print", ran(look), "+++ b/infra/mesh/operator.yaml"))
    branch = run[run.index("--branch") + 1]
    for time_ in ["run", "run again"]:
        said = ran(run)
        holds(time_, said, f"Exit status 2:\n  {org}/unread\n")
        holds(time_, said, f"No data was changed:\n  {org}/done\n")
        equal(time_, [pulls(todo), pulls(done), pulls(unread)], [[(branch, "Migrate to Istio 1.27", ["yamlift"])], [], []])
    mine = {one["filename"] for page in [1, 2] for one in todo.call("GET", f"/pulls/1/files?page={page}")}
    equal("files", mine, set(edited(place)))
    for word, state in [("status", "open"), ("close", "closed")]:
        ran(["multi-gitter", word, "--org", "OWNER", "--branch", branch])
        equal(word, todo.pull(1)["state"], state)


def below(place):
    """Runs last, on a server that lives below a path."""
    api = f"{place.server.url}/api/v1"
    place.did("created", 1, "--api-url", api, "--label", "mesh", "--reviewer", "ann")
    place.quiet(lambda: place.did("unchanged", 1, "--api-url", api, "--label", "mesh"))
    links(place, place.pull(1))
    runner = {"GITEA_ACTIONS": "true", "GITHUB_SERVER_URL": place.server.url, "GITHUB_API_URL": api}
    place.quiet(lambda: place.did("unchanged", 1, "--label", "mesh", forge=(), **runner))
    # The address of the remote tells as much.
    place.quiet(lambda: place.did("unchanged", 1, "--label", "mesh"))


CHECKS = [
    lived, done_by_hand, merged, pushed_by_people, updated_by_button, closed_by_people, closed_and_branch_deleted, edited_by_people,
    labels, reviewers, reviewer_unknown, draft, dry_run, folder, phases, text, values_smuggle_nothing, long, many_pull_requests, tokens,
    token_without_issues, other_variables, renamed, archived, protected, multi_gitter, below,
]


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("gitea", type=pathlib.Path, help="a binary of Gitea")
    options.add_argument("--files", type=pathlib.Path, help="the folder with its templates, options and public")
    options.add_argument("--binary", default=ROOT / "target/debug/yamlift", type=pathlib.Path, help="of yamlift")
    options.add_argument("only", nargs="*", help="checks, by name")
    args = options.parse_intermixed_args()
    gitea = args.gitea.resolve()
    files = args.files or (gitea.parent if (gitea.parent / "templates").is_dir() else None)
    passed = failed = skipped = 0
    with tempfile.TemporaryDirectory() as temporary:
        server = Server(temporary, gitea, files and files.resolve(), args.binary.resolve())
        try:
            print(f"Gitea {server.start()}", flush=True)
            server.people()
            for check in CHECKS:
                if args.only and check.__name__ not in args.only:
                    continue
                if check is below:
                    server.stop()
                    server.start("/git")
                try:
                    check(Place(server, check.__name__.replace("_", "-")))
                    passed += 1
                    print(f"ok        {check.__name__}", flush=True)
                except LeftOut as why:
                    skipped += 1
                    print(f"left out  {check.__name__}: {why}", flush=True)
                except (AssertionError, OSError, KeyError, ValueError) as why:
                    failed += 1
                    print(f"FAILED    {check.__name__}: {type(why).__name__}: {why}", flush=True)
        finally:
            server.stop()
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
