#!/usr/bin/env bash
# One step of the action: look, write or pr. Takes INPUT_* and what the runner sets. Works with the bash 3.2 of macOS.
set -euo pipefail

# `--to=X` in one word: whatever X is, it is no flag of its own.
line=()
lines() {
  local each
  while IFS= read -r each || [ -n "$each" ]; do
    each=${each%$'\r'}
    [ -z "$each" ] || line+=("$1$each")
  done <<<"$2"
}
# Words, not shell: nothing in them is expanded.
words() {
  local split=()
  IFS=$' \t\r\n' read -r -d '' -a split <<<"$1" || true
  line+=(${split[@]+"${split[@]}"})
}
# Takes out what says how findings are told and when they fail a step: `yamlift pr` has no such flags.
without_telling() {
  local word value='' kept=()
  for word in ${line[@]+"${line[@]}"}; do
    if [ -n "$value" ]; then
      value=
      continue
    fi
    case $word in
    --fail-on | --show | --baseline) value=next ;;
    --fail-on=* | --show=* | --baseline=* | --exit-zero) ;;
    *) kept+=("$word") ;;
    esac
  done
  line=(${kept[@]+"${kept[@]}"})
}
# The arguments of a command, in `line`.
arguments() {
  line=()
  lines --to= "${INPUT_TO:-}"
  lines --from= "${INPUT_FROM:-}"
  words "${INPUT_ARGS:-}"
  if [ "$1" = pr ]; then
    without_telling
    words "${INPUT_PR_ARGS:-}"
  fi
}
paths() {
  line+=(--)
  lines "" "${INPUT_PATH:-}"
}
no() {
  echo "::error title=yamlift::$1"
  exit 2
}

# Text of the repository may look like a command to the runner: of what this prints, none is obeyed.
unobeyed() {
  local word code=0
  word=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
  echo "::stop-commands::$word"
  "$@" 2>&1 || code=$?
  echo
  echo "::$word::"
  return "$code"
}

# What `yamlift pr` would not take is said before anything is done. With --help it reads what stands before that, and does nothing.
check_pr() {
  line=()
  lines "" "${INPUT_PATH:-}"
  [ "${#line[@]}" -le 1 ] || no "with mode pr, \`path\` is one folder: use the action once for each, or .yamlift.yaml and \`args: --exclude\`"
  [ "${#line[@]}" -eq 0 ] || [ -d "${line[0]}" ] || no "with mode pr, \`path\` is a folder of the checkout"
  arguments pr
  local said
  said=$(yamlift pr ${line[@]+"${line[@]}"} --help 2>&1) && return
  unobeyed echo "$said"
  no "with mode pr, \`args\` go to \`yamlift migrate\` and to \`yamlift pr\`, \`pr-args\` to \`yamlift pr\` alone: it does not take them"
}

case $1 in
look)
  case $INPUT_MODE in check | diff | write | pr) ;; *)
    no "\`mode\` is check, diff, write, pr or install" ;;
  esac
  [ "$INPUT_MODE" != pr ] || check_pr
  arguments migrate
  paths
  # A folder for each use of the action: the files of one before are an output, too.
  out=$(mktemp -d "$RUNNER_TEMP/yamlift.XXXXXX")
  code=0
  yamlift migrate --format github --report diff="$out/yamlift.patch" --report sarif="$out/yamlift.sarif" \
    --report pr-body="$out/pr-body.md" "${line[@]}" >"$out/commands" 2>"$out/log" || code=$?
  unobeyed cat "$out/log"
  cat "$out/commands"
  # After wrong usage there are no files.
  [ "$INPUT_MODE" != diff ] || [ ! -e "$out/yamlift.patch" ] || unobeyed cat "$out/yamlift.patch"
  for named in patch=yamlift.patch sarif=yamlift.sarif pr-body=pr-body.md; do
    [ ! -e "$out/${named#*=}" ] || echo "${named%%=*}=$out/${named#*=}" >>"$GITHUB_OUTPUT"
  done
  case $INPUT_MODE-$code in
  check-* | diff-2) exit "$code" ;;
  esac
  ;;
write)
  arguments migrate
  paths
  # Findings were told, and do not keep the steps that follow from what was written.
  unobeyed yamlift migrate --write --exit-zero --quiet "${line[@]}"
  ;;
pr)
  arguments pr
  paths
  unobeyed yamlift pr --token-env YAMLIFT_TOKEN "${line[@]}"
  ;;
esac
