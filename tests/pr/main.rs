//! `yamlift pr` from end to end: a forge that keeps state, a bare repository as the remote, no network.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a panic is how a test says no")]
mod fake;
mod shop;

use fake::{Fake, Kind, Once};
use serde_json::{Value as Json, json};
use shop::{BOTH, BRANCH, NEW, OLD, Shop, TOKEN, put};
use std::fs;

#[test]
fn github_from_nothing_to_a_pull_request_and_back() {
    let mut shop = Shop::new(Kind::GitHub, &[("apps/a.yaml", OLD), ("README.md", "x\n")]);
    put(&shop.work.join("mine.txt"), b"not committed");
    let head = shop.git(&shop.work, &["rev-parse", "HEAD"]);

    shop.did(&[], "created", 1);
    let first = shop.at(BRANCH);
    assert_eq!(shop.git(&shop.bare(), &["show", &format!("{BRANCH}:apps/a.yaml")]), NEW.trim_end());
    assert_eq!(
        shop.git(&shop.bare(), &["log", "--format=%an <%ae> %s", &format!("main..{BRANCH}")]),
        "yamlift <bot@yamlift.invalid> oldName is called `newName`"
    );
    {
        let state = shop.fake.state();
        let pull = &state.pulls[0];
        assert_eq!(
            (pull.title.as_str(), pull.base.as_str(), pull.head.as_str()),
            ("Migrate configuration to Demo 1.1", "main", BRANCH)
        );
        assert!(
            pull.body.contains("**oldName is called `newName`**") && pull.body.contains("<!-- yamlift:{\"title\":"),
            "{}",
            pull.body
        );
        assert!(pull.body.contains("yamlift migrate --to demo@1.1"), "{}", pull.body);
        assert!(state.tokens.iter().all(|token| *token == format!("Bearer {TOKEN}")), "{:?}", state.tokens);
    }
    // The checkout is as it was.
    assert_eq!(shop.git(&shop.work, &["rev-parse", "HEAD"]), head);
    assert_eq!(shop.git(&shop.work, &["status", "--porcelain"]), "?? mine.txt");
    assert_eq!(shop.git(&shop.work, &["worktree", "list"]).lines().count(), 1);
    assert_eq!(shop.git(&shop.work, &["for-each-ref", "refs/yamlift"]), "");

    shop.fake.writes();
    shop.did(&[], "unchanged", 1);
    assert_eq!((shop.at(BRANCH), shop.fake.writes()), (first.clone(), Vec::new()));

    // What people wrote above it stays.
    let told = format!("Read this first.\n\n{}", shop.fake.state().pulls[0].body);
    shop.fake.state().pulls[0].body.clone_from(&told);
    shop.did(&[], "unchanged", 1);

    shop.to_base(&[("README.md", "y\n")]);
    shop.did(&[], "updated", 1);
    assert_eq!(shop.fake.writes(), Vec::<String>::new());
    let second = shop.at(BRANCH);
    assert_ne!(second, first);
    assert_eq!(shop.git(&shop.bare(), &["show", &format!("{BRANCH}:README.md")]), "y");

    // Another file: the words change as well.
    shop.to_base(&[("apps/b.yaml", OLD)]);
    shop.did(&["--label", "yaml"], "updated", 1);
    let state = shop.fake.state().pulls[0].clone();
    assert!(state.body.contains("2 edits in 2 of 2 files") && !state.body.contains("Read this first"), "{}", state.body);
    assert_eq!(state.labels, ["yaml"]);

    shop.to_base(&[("apps/a.yaml", NEW), ("apps/b.yaml", NEW)]);
    let outputs = shop.path("outputs");
    shop.env.push(("GITHUB_OUTPUT".into(), outputs.display().to_string()));
    shop.did(&[], "closed", 1);
    let closed = shop.fake.state().pulls[0].clone();
    assert_eq!((closed.state.as_str(), closed.comments.len(), shop.at(BRANCH)), ("closed", 1, String::new()));
    assert!(closed.title.ends_with("(closed: nothing is left to do)"), "{}", closed.title);
    let wanted = "changed=false\noperation=closed\npr-url=https://github.example/demo/shop/pull/1\npr-number=1\n";
    assert_eq!(fs::read_to_string(&outputs).unwrap(), wanted);

    // Nobody said no to it: it comes back when there is something to do.
    shop.to_base(&[("apps/a.yaml", OLD)]);
    shop.did(&[], "created", 2);
    assert!(
        fs::read_to_string(&outputs)
            .unwrap()
            .ends_with("changed=true\noperation=created\npr-url=https://github.example/demo/shop/pull/2\npr-number=2\n")
    );
}

#[test]
fn where_all_yaml_is_gone_nothing_is_left_to_do() {
    let shop = Shop::new(Kind::GitHub, &[("apps/a.yaml", OLD), ("README.md", "x\n")]);
    shop.did(&[], "created", 1);
    let other = shop.path("other");
    shop.git(&other, &["rm", "-q", "apps/a.yaml"]);
    shop.git(&other, &["commit", "-qm", "gone"]);
    shop.git(&other, &["push", "-q", "origin", "main"]);
    shop.did(&[], "closed", 1);
    assert_eq!(shop.pr(&[]).code, 0);
    let outputs = shop.pr(&["--dry-run"]);
    assert!(outputs.code == 0 && outputs.out.starts_with("would be unchanged"), "{}{}", outputs.out, outputs.err);
}

#[test]
fn github_leaves_what_people_did() {
    let shop = Shop::new(Kind::GitHub, &[("a.yaml", OLD)]);
    shop.did(&[], "created", 1);
    shop.to_branch(BRANCH, &[("a.yaml", "mine\n")]);
    let theirs = shop.at(BRANCH);
    shop.to_base(&[("b.yaml", OLD)]);
    let said = shop.did(&[], "skipped", 1);
    assert!(said.err.contains(&format!("ann@shop.example committed to {BRANCH}, so it is left alone")), "{}", said.err);
    assert_eq!(shop.at(BRANCH), theirs);
    // Even when nothing is left to do.
    shop.to_base(&[("a.yaml", NEW), ("b.yaml", NEW)]);
    shop.did(&[], "skipped", 1);
    assert_eq!((shop.at(BRANCH), shop.fake.state().pulls[0].state.as_str()), (theirs, "open"));
}

/// People closed the pull request, and there is more to do since; where its branch is.
fn closed_by_people() -> (Shop, String) {
    let shop = Shop::new(Kind::GitHub, &[("a.yaml", OLD)]);
    shop.did(&[], "created", 1);
    shop.fake.state().pulls[0].state = "closed".into();
    shop.to_base(&[("b.yaml", OLD)]);
    shop.fake.writes();
    let branch = shop.at(BRANCH);
    (shop, branch)
}

#[test]
fn github_stays_closed_where_people_closed_it() {
    let (shop, branch) = closed_by_people();
    let said = shop.did(&[], "skipped", 1);
    assert!(said.err.contains("somebody closed this pull request"), "{}", said.err);
    assert_eq!((shop.at(BRANCH), shop.fake.writes()), (branch, Vec::new()));
    // Merged is another thing: what is new gets a new one.
    shop.fake.state().pulls[0].state = "merged".into();
    shop.did(&[], "created", 2);
}

#[test]
fn github_overrules_people_where_it_is_asked_to() {
    let shop = Shop::new(Kind::GitHub, &[("a.yaml", OLD)]);
    shop.did(&[], "created", 1);
    let ours = shop.at(BRANCH);
    shop.to_branch(BRANCH, &[("a.yaml", "mine\n")]);
    shop.did(&["--force"], "updated", 1);
    assert_eq!(
        shop.git(&shop.bare(), &["rev-parse", &format!("{BRANCH}^{{tree}}")]),
        shop.git(&shop.bare(), &["rev-parse", &format!("{ours}^{{tree}}")])
    );
    shop.fake.state().pulls[0].state = "closed".into();
    shop.did(&["--force"], "created", 2);
}

#[test]
fn another_base_has_a_branch_of_its_own() {
    let shop = Shop::new(Kind::GitHub, &[("a.yaml", OLD)]);
    shop.git(&shop.work, &["push", "-q", "origin", "HEAD:refs/heads/staging"]);
    shop.to_branch("staging", &[("b.yaml", OLD)]);
    shop.did(&[], "created", 1);
    let main = shop.at(BRANCH);
    shop.did(&["--base", "staging"], "created", 2);
    assert_eq!((shop.at(BRANCH), shop.fake.state().pulls[1].base.as_str()), (main, "staging"));
    assert_ne!(shop.at(&format!("{BRANCH}-on-staging")), "");
    shop.did(&["--base", "main"], "unchanged", 1);
}

#[test]
fn a_sparse_checkout_hides_nothing() {
    let shop = Shop::new(Kind::GitHub, &[("apps/a.yaml", OLD), ("docs/b.yaml", "b: 1\n")]);
    shop.did(&[], "created", 1);
    let first = shop.at(BRANCH);
    shop.git(&shop.work, &["sparse-checkout", "set", "docs"]);
    assert!(!shop.work.join("apps").exists());
    shop.did(&[], "unchanged", 1);
    assert_eq!(shop.at(BRANCH), first);
    assert!(!shop.work.join("apps").exists());
}

#[test]
fn an_answer_that_says_nothing_is_no_answer() {
    let (shop, branch) = closed_by_people();
    for (end, what) in [("/pulls", "pull requests"), ("/shop", "the repository")] {
        shop.fake.state().once.push(once("GET", end, 200, "", json!({ "message": "hello" })));
        let said = shop.pr(&[]);
        assert!(said.code == 2 && said.err.contains(&format!("answer about {what} is not")), "{}", said.err);
    }
    assert_eq!((shop.at(BRANCH), shop.fake.writes()), (branch, Vec::new()));
}

#[test]
fn what_is_pushed_while_it_closes_opens_it_again() {
    let mut shop = Shop::new(Kind::GitHub, &[("a.yaml", OLD)]);
    shop.did(&[], "created", 1);
    shop.to_base(&[("a.yaml", NEW)]);
    // Git is slow, and somebody pushes before the branch is deleted.
    let (bare, other) = (shop.bare(), shop.path("ann"));
    shop.git(&shop.path(""), &["clone", "-q", "-b", BRANCH, &bare.display().to_string(), "ann"]);
    put(&other.join("mine.yaml"), b"mine: 1\n");
    shop.git(&other, &["add", "-A"]);
    shop.git(&other, &["-c", "user.name=Ann", "-c", "user.email=ann@shop.example", "commit", "-q", "-m", "mine"]);
    let push = format!("case \"$*\" in *' :refs/heads/'*) real -C {} push -q origin HEAD;; esac", other.display());
    shop.shim(&push);
    let said = shop.pr(&[]);
    assert!(said.code == 2 && said.err.contains("somebody pushed to"), "{}", said.err);
    let pull = shop.fake.state().pulls[0].clone();
    assert_eq!((pull.state.as_str(), pull.title.as_str()), ("open", "Migrate configuration to Demo 1.1"));
    assert_ne!(shop.at(BRANCH), "");
}

#[test]
fn labels_are_tried_again() {
    let shop = Shop::new(Kind::GitHub, &[("a.yaml", OLD)]);
    shop.fake.state().once.push(once("POST", "/labels", 403, "", json!({ "message": "no" })));
    let said = shop.did(&["--label", "yaml"], "created", 1);
    assert!(said.err.contains("warning: GitHub would not set labels"), "{}", said.err);
    // What fails once more is said, and nothing else is sent.
    shop.fake.state().once.push(once("POST", "/labels", 403, "", json!({ "message": "no" })));
    shop.fake.writes();
    let said = shop.did(&["--label", "yaml"], "unchanged", 1);
    assert!(said.err.contains("warning: ") && shop.fake.writes().len() == 1, "{}", said.err);
    shop.did(&["--label", "yaml"], "updated", 1);
    assert_eq!(shop.fake.state().pulls[0].labels, ["yaml"]);
    shop.fake.writes();
    shop.did(&["--label", "yaml"], "unchanged", 1);
    assert!(shop.fake.writes().is_empty());
    // A reviewer who is named later is asked.
    shop.did(&["--label", "yaml", "--reviewer", "ann"], "updated", 1);
    assert!(shop.fake.writes().iter().any(|write| write.contains("/requested_reviewers")));
}

#[test]
fn github_when_somebody_is_faster() {
    let shop = Shop::new(Kind::GitHub, &[("a.yaml", OLD)]);
    shop.fake.state().race = true;
    shop.did(&[], "unchanged", 1);
    assert_eq!(shop.fake.state().pulls.len(), 1);
}

/// An answer that is given once.
fn once(method: &'static str, end: &'static str, status: u16, headers: &'static str, body: Json) -> Once {
    Once { method, end, status, headers, body }
}

#[test]
fn limits_are_waited_for() {
    let mut shop = Shop::new(Kind::GitHub, &[("a.yaml", OLD)]);
    let slow = json!({ "message": "You have exceeded a secondary rate limit. Please wait a few minutes before you try again." });
    // Blanks around a token are none of it.
    shop.env.push(("MINE".into(), format!(" {TOKEN}\n")));
    shop.fake.state().once.push(once("POST", "/pulls", 403, "Retry-After: 1\r\n", slow));
    shop.fake.state().once.push(once("GET", "/pulls", 502, "Retry-After: 1\r\n", json!({})));
    let said = shop.did(&["--token-env", "MINE"], "created", 1);
    assert!(said.err.contains("GitHub is busy (403); trying again in 1 s") && said.err.contains("(502)"), "{}", said.err);
}

#[test]
fn what_a_forge_refuses_is_explained() {
    let shop = Shop::new(Kind::GitHub, &[("a.yaml", OLD)]);
    let no = |planned: Once, wanted: &[&str]| {
        shop.fake.state().once.push(planned);
        let said = shop.pr(&[]);
        assert_eq!((said.code, said.out.as_str()), (2, ""), "{}", said.err);
        wanted.iter().for_each(|part| assert!(said.err.contains(part), "{part} in {}", said.err));
    };
    let said = |message: &str| json!({ "message": message });
    no(
        once("GET", "demo/shop", 404, "", said("Not Found")),
        &["error: GitHub would not show demo/shop (404: Not Found)", "may not see it", "Contents (write)"],
    );
    no(once("GET", "demo/shop", 401, "", said("Bad credentials")), &["does not know the token of GITHUB_TOKEN"]);
    no(
        once("POST", "/pulls", 403, "", said("Resource not accessible by integration")),
        &["would not open the pull request (403", "pull-requests: write"],
    );
    no(
        once("POST", "/pulls", 403, "", said("GitHub Actions is not permitted to create or approve pull requests.")),
        &["Allow GitHub Actions to create"],
    );
    let invalid =
        json!({ "message": "Validation Failed", "errors": [{ "resource": "PullRequest", "field": "base", "code": "invalid" }] });
    no(once("POST", "/pulls", 422, "", invalid), &["422: Validation Failed: PullRequest base invalid"]);
    // What was pushed is found again.
    shop.did(&[], "created", 1);
}

/// A repository that was renamed answers elsewhere on the same host; a token goes to no other.
#[test]
fn a_token_stays_on_its_host() {
    for kind in [Kind::GitHub, Kind::GitLab, Kind::Gitea] {
        let (shop, other) = (Shop::new(kind, &[("a.yaml", OLD)]), Fake::new(kind));
        let to: &'static str = format!("Location: {}/repos/demo/shop?token=x\r\n", other.url).leak();
        let no = |method: &'static str, end: &'static str, headers: &'static str, wanted: &str| {
            shop.fake.state().once.push(once(method, end, 307, headers, json!({})));
            let said = shop.pr(&[]);
            assert_eq!((said.code, said.out.as_str()), (2, ""), "{}", said.err);
            for part in [wanted, "git remote set-url origin", "--api-url"] {
                assert!(said.err.contains(part) && !said.err.contains("again in"), "{part} in {}", said.err);
            }
        };
        let goal = format!("to {}/repos/demo/shop, which is not followed", other.url);
        no("GET", "shop", to, &goal);
        let pulls = if kind == Kind::GitLab { "merge_requests" } else { "pulls" };
        no("POST", pulls, "Location: /elsewhere\r\n", "to /elsewhere, which is not followed");
        assert!(other.state().log.is_empty(), "{:?}", other.state().log);
    }
    let shop = Shop::new(Kind::GitHub, &[("a.yaml", OLD)]);
    shop.fake.state().once.push(once("GET", "demo/shop", 301, "Location: /repositories/7\r\n", json!({})));
    shop.did(&[], "created", 1);
}

#[test]
fn github_labels_reviewers_and_drafts() {
    let shop = Shop::new(Kind::GitHub, &[("a.yaml", OLD)]);
    let args = ["--label", "yaml", "--reviewer", "ann", "--reviewer", "demo/platform", "--draft"];
    shop.did(&args, "created", 1);
    let pull = shop.fake.state().pulls[0].clone();
    assert_eq!((pull.labels, pull.reviewers, pull.draft), (vec!["yaml".to_owned()], vec!["ann".into(), "platform".into()], true));
    shop.did(&args, "unchanged", 1);
}

#[test]
fn a_reviewer_who_cannot_be_asked_is_a_warning() {
    let shop = Shop::new(Kind::GitHub, &[("a.yaml", OLD)]);
    shop.fake.state().strangers.push("bob".into());
    let said = shop.did(&["--reviewer", "bob"], "created", 1);
    assert!(said.err.contains("warning: GitHub would not ask bob for a review (422: Reviews may only"), "{}", said.err);
}

#[test]
fn a_pull_request_for_each_part_of_an_upgrade() {
    let shop = Shop::new(Kind::GitHub, &[("a.yaml", BOTH)]);
    let said = shop.pr(&["--phase", "before", "--phase", "after"]);
    assert_eq!(said.code, 0, "{}", said.err);
    let wanted = "created https://github.example/demo/shop/pull/1\ncreated https://github.example/demo/shop/pull/2\n";
    assert_eq!(said.out, wanted);
    let pulls = shop.fake.state().pulls.clone();
    assert_eq!(pulls[0].title, "Migrate configuration to Demo 1.1, before the upgrade");
    assert_eq!(pulls[1].title, "Migrate configuration to Demo 1.1, after the upgrade");
    assert!(pulls[0].body.contains("**When to merge:** now.") && pulls[1].body.contains("**When to merge:** after"));
    assert!(pulls[0].body.contains("This surprises @&#8203;everyone."), "{}", pulls[0].body);
    let of = |phase: &str| shop.git(&shop.bare(), &["show", &format!("{BRANCH}-{phase}:a.yaml")]);
    assert!(of("before").contains("newName: x\n  size: 3") && of("after").contains("oldName: x\n  extent: 3"));
}

#[test]
fn commits_and_their_messages() {
    let shop = Shop::new(Kind::GitHub, &[("a.yaml", BOTH), ("b.yaml", OLD)]);
    shop.did(&["--commit-prefix", "chore: ", "--author", "The Bot <bot@shop.example>"], "created", 1);
    let log =
        |format: &str| shop.git(&shop.bare(), &["log", "--reverse", &format!("--format={format}"), &format!("main..{BRANCH}")]);
    assert_eq!(log("%s"), "chore: oldName is called `newName`\nchore: size is a word");
    assert!(
        log("%b")
            .starts_with("1.1 reads newName alone.\n\nhttps://demo.dev/new-name\n\ndemo/1.1/early, made by: yamlift migrate"),
        "{}",
        log("%b")
    );
    assert_eq!(log("%ae %ce").lines().next(), Some("bot@shop.example bot@shop.example"));

    // Under another name it is somebody else.
    let said = shop.pr(&[]);
    assert!(said.out.starts_with("skipped ") && said.err.contains("--author"), "{}", said.err);

    let shop = Shop::new(Kind::GitHub, &[("a.yaml", BOTH), ("b.yaml", OLD)]);
    shop.did(&["--commit", "one"], "created", 1);
    let body = shop.git(&shop.bare(), &["log", "--format=%s%n%b", &format!("main..{BRANCH}")]);
    let wanted = "Migrate configuration to Demo 1.1\n* oldName is called `newName` (demo/1.1/early): 2 files\n* size is a word (demo/1.1/late): 1 file\n";
    assert!(body.starts_with(wanted), "{body}");
}

#[test]
fn gitlab_from_nothing_to_a_merge_request_and_back() {
    let shop = Shop::new(Kind::GitLab, &[("a.yaml", OLD)]);
    let args = ["--label", "yaml", "--label", "demo", "--reviewer", "ann", "--draft"];
    shop.did(&args, "created", 1);
    let pull = shop.fake.state().pulls[0].clone();
    assert_eq!(
        (pull.title.as_str(), pull.labels.as_slice()),
        ("Draft: Migrate configuration to Demo 1.1", &["yaml".to_owned(), "demo".into()][..])
    );
    assert_eq!((pull.reviewers.as_slice(), pull.base.as_str()), (&["3".to_owned()][..], "main"));
    assert!(shop.fake.state().tokens.iter().all(|token| token == TOKEN));
    shop.did(&args, "unchanged", 1);
    // Somebody marked it ready: that is not taken back.
    shop.fake.state().pulls[0].title = "Migrate configuration to Demo 1.1".into();
    shop.to_base(&[("b.yaml", OLD)]);
    shop.did(&args, "updated", 1);
    assert_eq!(shop.fake.state().pulls[0].title, "Migrate configuration to Demo 1.1");
    shop.to_base(&[("a.yaml", NEW), ("b.yaml", NEW)]);
    shop.did(&args, "closed", 1);
    assert_eq!((shop.fake.state().pulls[0].state.as_str(), shop.at(BRANCH)), ("closed", String::new()));
    shop.to_base(&[("a.yaml", OLD)]);
    shop.fake.state().race = true;
    shop.did(&[], "unchanged", 2);
}

#[test]
fn gitea_from_nothing_to_a_pull_request_and_back() {
    let shop = Shop::new(Kind::Gitea, &[("a.yaml", OLD)]);
    shop.fake.state().labels.push("demo".into());
    let args = ["--label", "yaml", "--label", "demo", "--reviewer", "ann", "--draft"];
    shop.did(&args, "created", 1);
    let pull = shop.fake.state().pulls[0].clone();
    assert_eq!(
        (pull.title.as_str(), pull.labels.as_slice()),
        ("WIP: Migrate configuration to Demo 1.1", &["yaml".to_owned(), "demo".into()][..])
    );
    assert_eq!(pull.reviewers, ["ann"]);
    assert!(shop.fake.state().tokens.iter().all(|token| *token == format!("token {TOKEN}")));
    shop.did(&args, "unchanged", 1);
    shop.to_base(&[("b.yaml", OLD)]);
    shop.did(&args, "updated", 1);
    assert!(shop.fake.state().pulls[0].body.contains("2 edits in 2 of 2 files"));
    shop.to_base(&[("a.yaml", NEW), ("b.yaml", NEW)]);
    shop.did(&args, "closed", 1);
    shop.to_base(&[("a.yaml", OLD)]);
    shop.did(&[], "created", 2);
    shop.fake.state().pulls[1].state = "closed".into();
    shop.did(&[], "skipped", 2);
}

#[test]
fn gitlab_opens_a_merge_request_from_the_options_of_a_push() {
    let shop = Shop::new(Kind::GitLab, &[("a.yaml", OLD)]);
    shop.git(&shop.bare(), &["config", "receive.advertisePushOptions", "true"]);
    let seen = shop.path("options");
    let hook = format!("#!/bin/sh\nenv | grep '^GIT_PUSH_OPTION' | sort > {}\n", seen.display());
    put(&shop.bare().join("hooks/pre-receive"), hook.as_bytes());
    shop::executable(&shop.bare().join("hooks/pre-receive"));
    let args = ["--forge", "gitlab", "--push-options", "--label", "yaml"];
    let said = shop.run(&args);
    assert_eq!((said.code, said.out.as_str()), (0, format!("created {BRANCH}\n").as_str()), "{}", said.err);
    let options = fs::read_to_string(&seen).unwrap();
    for option in [
        "=merge_request.create\n",
        "=merge_request.target=main\n",
        "=merge_request.title=Migrate configuration to Demo 1.1\n",
        "=merge_request.label=yaml\n",
        "=merge_request.remove_source_branch\n",
        "=merge_request.description=**What this is.**",
    ] {
        assert!(options.contains(option), "{option} in {options}");
    }
    assert_eq!(shop.run(&args).out, format!("unchanged {BRANCH}\n"));
    assert!(shop.fake.state().log.is_empty());
}

#[test]
fn without_a_forge_the_branch_is_pushed() {
    let shop = Shop::new(Kind::GitHub, &[("a.yaml", OLD)]);
    let did = |operation: &str| {
        let said = shop.run(&["--forge", "none"]);
        assert_eq!((said.code, said.out), (0, format!("{operation} {BRANCH}\n")), "{}", said.err);
    };
    did("created");
    did("unchanged");
    shop.to_base(&[("b.yaml", "b: 1\n")]);
    did("updated");
    shop.to_base(&[("a.yaml", NEW)]);
    did("closed");
    did("unchanged");
    let said = shop.run(&[]);
    assert!(said.code == 2 && said.err.contains("which forge is at ") && said.err.contains("--forge none"), "{}", said.err);
}

#[test]
fn a_dry_run_changes_nothing() {
    let mut shop = Shop::new(Kind::GitHub, &[("a.yaml", OLD)]);
    shop.env.push(("DRY_RUN".into(), "true".into()));
    let said = shop.pr(&[]);
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(
        said.out.starts_with(&format!(
            "would be created: {BRANCH}\nbranch {BRANCH} from main\n\nMigrate configuration to Demo 1.1\n\n**What this is.**"
        )),
        "{}",
        said.out
    );
    assert_eq!((shop.at(BRANCH), shop.fake.writes()), (String::new(), Vec::new()));
}

#[test]
fn a_part_of_a_repository_and_words_of_its_own() {
    let settings = "to: [demo@1.1]\npr:\n  title: 'config: << goal >>'\n  body: .ci/pr.md\n  labels: [yaml]\n  branch-prefix: bot/\n  commit: one\n";
    let template = "Hello reviewers, << scale >>\n<% for row in migrations %>\n* << row.title >>\n<% endfor %>\n";
    let mut shop = Shop::new(
        Kind::GitHub,
        &[("prod/a.yaml", OLD), ("dev/a.yaml", OLD), (".yamlift.yaml", settings), (".ci/pr.md", template)],
    );
    shop.work = shop.work.join("prod");
    shop.did(&[], "created", 1);
    let pull = shop.fake.state().pulls[0].clone();
    assert_eq!((pull.title.as_str(), pull.head.as_str()), ("config: Demo 1.1", "bot/demo-1.0-to-1.1-in-prod"));
    assert!(
        pull.body.starts_with(
            "Hello reviewers, 1 edit in 1 of 1 file, by 1 migration.\n* oldName is called `newName`\n\n<!-- yamlift:"
        ),
        "{}",
        pull.body
    );
    assert_eq!(shop.git(&shop.bare(), &["diff", "--name-only", "main", &pull.head]), "prod/a.yaml");
    shop.env.push(("DRY_RUN".into(), "1".into()));
    assert!(shop.pr(&[]).out.starts_with("would be unchanged"));
    shop.env.last_mut().unwrap().1 = "maybe".into();
    assert!(shop.pr(&[]).err.contains("DRY_RUN=maybe is neither on nor off"));
    shop.env.pop();
    let said = shop.pr(&["--title", "<< gaol >>"]);
    assert!(said.code == 2 && said.err.contains("gaol"), "{}", said.err);
}

#[test]
fn a_file_that_was_not_read_is_told_and_the_rest_is_done() {
    let broken = format!("{OLD}  oldName: twice\n");
    let shop = Shop::new(Kind::GitHub, &[("a.yaml", OLD), ("b.yaml", &broken)]);
    let said = shop.pr(&[]);
    assert_eq!((said.code, said.out.as_str()), (2, "created https://github.example/demo/shop/pull/1\n"), "{}", said.err);
    assert!(said.err.contains("could not read b.yaml"), "{}", said.err);
    assert!(shop.fake.state().pulls[0].body.contains("## Not read\n"));
    // Nothing else is left, but who knows what is in that file.
    shop.to_base(&[("a.yaml", NEW)]);
    let said = shop.pr(&[]);
    assert_eq!((said.code, said.out), (2, format!("skipped {BRANCH}\n")), "{}", said.err);
    assert_eq!(shop.fake.state().pulls[0].state, "open");
}

#[test]
fn a_shallow_clone_will_do() {
    let mut shop = Shop::new(Kind::GitHub, &[("a.yaml", OLD)]);
    shop.to_base(&[("c.yaml", "c: 1\n")]);
    let shallow = shop.path("shallow");
    let clone = |shop: &Shop| {
        let _ = fs::remove_dir_all(&shallow);
        let from = format!("file://{}", shop.bare().display());
        shop.git(&shop.path(""), &["clone", "-q", "--depth", "1", &from, "shallow"]);
    };
    clone(&shop);
    let work = std::mem::replace(&mut shop.work, shallow.clone());
    shop.did(&[], "created", 1);
    shop.work = work;
    shop.to_base(&[("d.yaml", "d: 1\n")]);
    clone(&shop);
    shop.work.clone_from(&shallow);
    shop.did(&[], "updated", 1);
    shop.to_branch(BRANCH, &[("a.yaml", "mine\n")]);
    shop.did(&[], "skipped", 1);
}

#[test]
fn an_archived_repository_is_left() {
    let shop = Shop::new(Kind::GitHub, &[("a.yaml", OLD)]);
    shop.fake.state().archived = true;
    let said = shop.pr(&[]);
    assert!(said.code == 0 && said.out.starts_with("skipped ") && said.err.contains("archived"), "{}", said.err);
}

/// Git sees the token in its environment; nobody sees it in a list of processes, a log or a file.
#[test]
fn a_token_is_not_told() {
    let mut shop = Shop::new(Kind::GitHub, &[("a.yaml", OLD)]);
    let (words, settings) = (shop.path("words"), shop.path("settings"));
    let keep = format!(
        "printf '%s\\n' \"$*\" >> {}\nenv | grep -E '^(GIT_CONFIG|YAMLIFT_GIT)_' >> {}",
        words.display(),
        settings.display()
    );
    shop.shim(&keep);
    shop.env.push(("GIT_DIR".into(), "/nowhere".into()));
    // What is pushed to a host ends here.
    let host = shop.fake.url.clone();
    shop.git(&shop.work, &["config", &format!("url.{}.insteadOf", shop.path("srv").display()), &host]);
    let remote = format!("{}/demo/shop.git", host.replace("http://", "http://me:pa55word@"));
    shop.git(
        &shop.work,
        &[
            "config",
            "--add",
            &format!("url.{}.insteadOf", shop.path("srv").display()),
            &host.replace("http://", "http://me:pa55word@"),
        ],
    );
    shop.did(&["--remote", &remote], "created", 1);

    let basic = "eC1hY2Nlc3MtdG9rZW46czNjcmV0LXQwa2Vu";
    let words = fs::read_to_string(words).unwrap();
    assert!(words.contains("push ") && !words.contains(TOKEN) && !words.contains(basic), "{words}");
    let settings = fs::read_to_string(settings).unwrap();
    assert!(settings.contains(&format!("YAMLIFT_GIT_TOKEN={TOKEN}\n")), "{settings}");
    // For this host alone: nothing of it goes to where the host leads on.
    assert!(settings.contains(&format!("=credential.{host}.helper")), "{settings}");
    assert!(settings.contains(&format!("=http.{host}/.extraheader")) && !settings.contains(basic), "{settings}");
    assert!(!fs::read_to_string(shop.work.join(".git/config")).unwrap().contains(basic));

    // Nor in what git says when it fails.
    shop.git(&shop.work, &["config", "--remove-section", &format!("url.{}", shop.path("srv").display())]);
    let said = shop.pr(&["--remote", &remote]);
    assert_eq!(said.code, 2, "{}", said.err);
    assert!(!said.err.contains("pa55word") && !said.err.contains(basic), "{}", said.err);
}

/// Whatever is written in an address: it is neither told nor sent.
#[test]
fn secrets_in_addresses_are_not_told() {
    let shop = Shop::new(Kind::GitHub, &[("a.yaml", OLD)]);
    let host = shop.fake.url.replace("http://", "");
    let no = |args: &[&str], wanted: &str| {
        let said = shop.pr(args);
        assert_eq!((said.code, said.err.contains("pa55")), (2, false), "{}", said.err);
        assert!(said.err.contains(wanted), "{wanted} in {}", said.err);
        let state = shop.fake.state();
        assert!(!state.log.iter().any(|line| line.contains("pa55")), "{:?}", state.log);
    };
    no(&["--remote", &format!("http://me:pa55@{host}/shop")], &format!("the remote http://{host}/shop is no repository"));
    shop.fake.state().once.push(once("GET", "demo/shop", 404, "", json!({ "message": "Not Found" })));
    no(&["--remote", &format!("http://{host}/demo/shop.git?token=pa55")], "would not show demo/shop (404");
    let api = format!("http://me:pa55@{host}");
    let said = shop.run(&["--forge", "github", "--api-url", &api]);
    assert!(said.code == 2 && said.err.contains("more than a host and a path") && !said.err.contains("pa55"), "{}", said.err);
}

#[test]
fn what_is_missing_is_said_before_anything_is_done() {
    let mut shop = Shop::new(Kind::GitHub, &[("a.yaml", OLD)]);
    let no = |shop: &Shop, args: &[&str], wanted: &str| {
        let said = shop.pr(args);
        assert_eq!((said.code, said.out.as_str()), (2, ""), "{}", said.err);
        assert!(said.err.contains(wanted), "{wanted} in {}", said.err);
    };
    no(&shop, &["--base", "mian"], "the remote origin has no branch mian");
    no(&shop, &["--remote", "upstream"], "there are: origin");
    no(&shop, &["--token-env", "NO_SUCH"], "set NO_SUCH");
    no(&shop, &["--push-options"], "for GitLab alone");
    no(&shop, &["--author", "bot"], "write a name and an email address");
    no(&shop, &["nowhere"], "nowhere is not a folder");
    put(&shop.work.join("new/x.yaml"), b"a: 1\n");
    no(&shop, &["new"], "has no folder new");
    let evil = ["--remote", "https://github.evil.example/demo/shop.git"];
    let said = shop.run(&evil);
    assert!(said.code == 2 && said.err.contains("no token for GitHub at github.evil.example"), "{}", said.err);
    assert!(said.err.contains("--forge github"), "{}", said.err);
    for token in ["one\ntwo", "s3cr\u{e9}t", "Bearer x"] {
        shop.env = vec![("MINE".into(), token.into())];
        no(&shop, &["--token-env", "MINE"], "the value of MINE is no token");
    }
    shop.work = shop.path("packs");
    no(&shop, &[], "is in no git checkout");
    assert!(shop.fake.writes().is_empty());
}

/// Wherever it comes: nothing stays behind, and the next run goes on.
#[test]
fn an_interrupt_leaves_nothing_behind() {
    let half = r#"real "$@"; for last; do case $last in */yamlift-*) rm -r "$last/.git" "$last/a.yaml";; esac; done; exit 130"#;
    let cases = [
        ("INT", "fetch --quiet", ""),
        ("HUP", "worktree add", "exit 130"),
        ("TERM", "worktree add", half),
        ("INT", "commit --quiet", "exit 130"),
        ("TERM", "push --quiet", ""),
    ];
    for (signal, at, then) in cases {
        let mut shop = Shop::new(Kind::GitHub, &[("a.yaml", OLD)]);
        shop.shim(&format!("case \"$*\" in *\" {at} \"*) kill -{signal} $PPID; sleep 0.2; {then};; esac"));
        fs::create_dir(shop.path("tmp")).unwrap();
        shop.env.push(("TMPDIR".into(), shop.path("tmp").display().to_string()));
        let said = shop.pr(&[]);
        assert_eq!((said.code, said.out.as_str()), (130, ""), "{at}: {}", said.err);
        assert!(said.err.contains("interrupted: "), "{}", said.err);
        assert_eq!(shop.git(&shop.work, &["worktree", "list"]).lines().count(), 1, "{at}: {}", said.err);
        assert_eq!(shop.git(&shop.work, &["for-each-ref", "refs/yamlift"]), "", "{at}");
        assert_eq!(fs::read_dir(shop.path("tmp")).unwrap().count(), 0, "{at}");
        assert!(shop.fake.state().pulls.is_empty(), "{at}");
        shop.env.clear();
        shop.did(&[], "created", 1);
    }
}

#[test]
fn an_interrupt_ends_what_waits() {
    let mut shop = Shop::new(Kind::GitHub, &[("a.yaml", OLD)]);
    // Of the process that the limit makes wait.
    shop.shim("echo $PPID > $HOME/pid");
    shop.fake.state().once.push(once("GET", "/pulls", 502, "Retry-After: 60\r\n", json!({})));
    let start = std::time::Instant::now();
    let said = std::thread::scope(|scope| {
        let run = scope.spawn(|| shop.pr(&[]));
        while !shop.fake.state().log.iter().any(|line| line.contains("/pulls")) {
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
        shop.git(&shop.work, &["-c", "alias.stop=!kill -TERM $(cat $HOME/pid)", "stop"]);
        run.join().unwrap()
    });
    assert!(said.code == 130 && start.elapsed().as_secs() < 30, "{}", said.err);

    // Twice: at once.
    shop.env.clear();
    shop.shim("case \"$*\" in *\" push \"*) kill -INT $PPID; sleep 0.2; kill -INT $PPID; sleep 20;; esac");
    let start = std::time::Instant::now();
    assert_eq!(shop.pr(&[]).code, 130);
    assert!(start.elapsed().as_secs() < 15);
}

/// Names of files and addresses of forges: one line each, and no command to a terminal or a runner.
#[test]
fn what_others_wrote_is_no_command() {
    let broken = format!("{OLD}  oldName: twice\n");
    let names = ["x\n::error title=pwned::hello.yaml", "\u{1b}[31mred.yaml", "c.yaml", "d.yaml"];
    let files: Vec<(&str, &str)> = names.iter().map(|name| (*name, broken.as_str())).chain([("a.yaml", OLD)]).collect();
    let mut shop = Shop::new(Kind::GitHub, &files);
    shop.env.push(("GITHUB_ACTIONS".into(), "true".into()));
    let url = "https://github.example/1\n::error::pwned\u{1b}[31m";
    let pull = json!({ "number": 1, "html_url": url, "title": "x", "body": "", "state": "open", "labels": [] });
    let said = |args: &[&str]| {
        shop.fake.state().once.push(once("POST", "/pulls", 201, "", pull.clone()));
        let said = shop.pr(args);
        let all = format!("{}{}", said.out, said.err);
        assert!(!all.contains('\u{1b}') && !all.lines().any(|line| line.trim_start().starts_with("::")), "{all}");
        said
    };
    let all = said(&["-v"]);
    assert_eq!(all.out, "created https://github.example/1\\n::error::pwned\\u{1b}[31m\n");
    assert!(all.err.contains(r"could not read x\n::error title=pwned::hello.yaml") && all.err.contains("d.yaml"), "{}", all.err);
    shop.fake.state().once.push(once("GET", "demo/shop", 404, "", json!({ "message": "no\n::error::x\u{1b}[31m" })));
    said(&[]);
    said(&["--dry-run"]);
}
