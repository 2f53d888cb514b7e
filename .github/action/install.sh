#!/usr/bin/env bash
# Puts yamlift on the path of the steps that follow: the binary of a release, or one built from the sources that this script
# came with. Takes INPUT_VERSION, ACTION_REF and ACTION_REPOSITORY (both empty for `uses: ./`) and what the runner sets.
# Works with the bash 3.2 of macOS and with the one of Git on Windows.
set -euo pipefail
export GIT_TERMINAL_PROMPT=0

sources=$(cd "$(dirname "$0")/../.." && pwd)
repository=$GITHUB_SERVER_URL/${ACTION_REPOSITORY:-}
mkdir -p "$RUNNER_TEMP/yamlift/bin"

case $RUNNER_OS-$RUNNER_ARCH in
Linux-X64) target=x86_64-unknown-linux-musl ;;
Linux-ARM64) target=aarch64-unknown-linux-musl ;;
macOS-X64) target=x86_64-apple-darwin ;;
macOS-ARM64) target=aarch64-apple-darwin ;;
Windows-*) target=x86_64-pc-windows-msvc ;; # on ARM64 as well, which emulates it
*) target= ;;
esac

# The commit of a tag or branch of the action's repository. Of the lines, an annotated tag's own commit is the last.
commit() {
  case $1 in
  *[!0-9a-f]* | "") git ls-remote "$repository" "refs/heads/$1" "refs/tags/$1" "refs/tags/$1^{}" | tail -n 1 | cut -f 1 ;;
  *) echo "$1" ;;
  esac
}

# The version that these sources are the release of: none between two releases, so that a run at a commit is a run of that commit.
released() {
  [ -n "${ACTION_REPOSITORY:-}" ] || return 0
  local version
  version=$(sed -n 's/^version = "\(.*\)"$/\1/p' "$sources/Cargo.toml" | head -n 1)
  local here tagged
  here=$(commit "${ACTION_REF:-}") && tagged=$(commit "v$version") || return 0
  [ -z "$tagged" ] || [ "$here" != "$tagged" ] || echo "$version"
}

# Inside the folder and by bare names: to tar, `D:\a` would be a path on a host called D.
download() (
  local name=yamlift-v$1-$target
  cd "$RUNNER_TEMP/yamlift"
  for file in "$name.tar.gz" SHA256SUMS; do
    curl --fail --silent --show-error --location --retry 3 --output "$file" "$repository/releases/download/v$1/$file" || return 1
  done
  local sum=sha256sum
  command -v sha256sum >/dev/null || sum="shasum -a 256"
  # From here on nothing is to be made good by building instead: what came is not what was released.
  grep " $name.tar.gz\$" SHA256SUMS | $sum -c - >&2 || exit 2
  tar -xzf "$name.tar.gz" || exit 2
  cp "$name"/yamlift* bin/ || exit 2
)

wanted=${INPUT_VERSION#v}
version=${wanted:-$(released)}
code=1
if [ -n "$version" ] && [ -n "$target" ]; then
  code=0
  download "$version" || code=$?
fi
if [ "$code" = 1 ] && [ -z "$wanted" ] && command -v cargo >/dev/null; then
  echo "No release has these sources: building them, which takes some minutes."
  code=0
  cargo install --quiet --locked --path "$sources" --root "$RUNNER_TEMP/yamlift" || code=$?
fi
if [ "$code" != 0 ]; then
  echo "::error title=yamlift::no binary: release ${version:-none} for $RUNNER_OS $RUNNER_ARCH. Give \`version\` a release that has one, or let the runner have cargo."
  exit 1
fi

"$RUNNER_TEMP/yamlift/bin/yamlift" --version
echo "$RUNNER_TEMP/yamlift/bin" >>"$GITHUB_PATH"
