#!/usr/bin/env bash
# The part of CHANGELOG.md that is of a version: notes.sh 0.1.0. A version without one is not released.
set -euo pipefail
cd "$(dirname "$0")/../.."
awk -v head="## [$1]" '
  index($0, head) == 1 { found = 1; next }
  found && /^## / { exit }
  found { print }
  END { if (!found) exit 1 }
' CHANGELOG.md || {
  echo "CHANGELOG.md has no \"## [$1]\"" >&2
  exit 1
}
