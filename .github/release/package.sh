#!/usr/bin/env bash
# One archive of a release: package.sh TARGET BINARY FOLDER makes FOLDER/yamlift-vX.Y.Z-TARGET.tar.gz, with a folder of that name in it.
# All systems have tar (Windows since 10), so there is one form, and one way to unpack it.
set -euo pipefail
cd "$(dirname "$0")/../.."

target=$1 binary=$2 folder=$3
version=$(sed -n 's/^version = "\(.*\)"$/\1/p' Cargo.toml | head -n 1)
name=yamlift-v$version-$target

# The version that it says is the one that the archive is called by.
[ "$("$binary" --version | tr -d '\r')" = "yamlift $version" ] || {
  echo "$binary is not yamlift $version" >&2
  exit 1
}

mkdir -p "$folder/$name/completions" "$folder/$name/man"
cp "$binary" README.md CHANGELOG.md LICENSE-MIT LICENSE-APACHE "$folder/$name/"
# The names by which each shell finds its own.
"$binary" completions bash >"$folder/$name/completions/yamlift"
"$binary" completions zsh >"$folder/$name/completions/_yamlift"
"$binary" completions fish >"$folder/$name/completions/yamlift.fish"
"$binary" completions powershell >"$folder/$name/completions/_yamlift.ps1"
"$binary" man --out "$folder/$name/man" >/dev/null

cd "$folder"
tar -czf "$name.tar.gz" "$name"
rm -r "$name"
