#!/usr/bin/env python3
"""Makes docs/terminal.svg, the picture in the README, of what yamlift prints about a part of the tour.

    docs/terminal.py [--check] [--binary PATH]

With --check nothing is written; it ends with 1 where the picture is not what comes out now.
"""
import argparse
import html
import os
import pathlib
import re
import subprocess
import sys
import textwrap
import unicodedata

HERE = pathlib.Path(__file__).resolve().parent
COMMAND = ["yamlift", "migrate", "golden/tour/infra/istiod", "--to", "istio@1.27"]
COLUMNS = 108
CHAR, LINE, PAD = 7.83, 19, 18  # width and height of a character, in pixels; the font is told to keep to that width
COLOURS = {31: "#ff7b72", 32: "#7ee787", 33: "#e3b341", 34: "#79c0ff", 36: "#76e3ea", 91: "#ff7b72", 92: "#7ee787", 93: "#e3b341", 94: "#79c0ff", 96: "#76e3ea"}
BLANK = "\u00a0"  # several in a row stay several
PLAIN, DIM, GROUND = "#c9d1d9", "#8b949e", "#0d1117"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--binary", default=str(HERE.parent / "target/debug/yamlift"))
    args = parser.parse_args()
    picture = HERE / "terminal.svg"
    new = svg(printed(args.binary))
    if args.check:
        if picture.read_text() != new:
            sys.exit(f"{picture.name} is not what comes out now: run docs/terminal.py")
    else:
        picture.write_text(new)


def printed(binary):
    """Both streams, as on a terminal: results first, then what is said of them."""
    colourful = {name: value for name, value in os.environ.items() if name != "NO_COLOR"} | {"CLICOLOR_FORCE": "1"}
    run = subprocess.run([binary, *COMMAND[1:]], cwd=HERE.parent, env=colourful, capture_output=True, text=True)
    if run.returncode == 2:
        sys.exit(run.stderr)
    # How long it took is no two times the same.
    return re.sub(r" · [\d.]+ m?s\n", "\n", run.stdout + run.stderr)


def svg(text):
    lines = [[("$ ", {"fill": DIM}), (" ".join(COMMAND), {"bold": True})]]
    lines += [part for line in text.rstrip("\n").split("\n") for part in wrapped(spans(line))]
    width, height = round(COLUMNS * CHAR + 2 * PAD), len(lines) * LINE + 2 * PAD
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" aria-labelledby="t">',
        '<title id="t">What yamlift prints for the values of a chart: the diff, then findings with their places</title>',
        f'<rect width="{width}" height="{height}" rx="8" fill="{GROUND}"/>',
        f'<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, monospace" font-size="13" fill="{PLAIN}">',
    ]
    for number, line in enumerate(lines):
        y, column = PAD + (number + 0.75) * LINE, 0
        for words, style in line:
            length = sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in words)
            if words.strip():
                fill = f' fill="{style["fill"]}"' if "fill" in style else ""
                weight = ' font-weight="bold"' if style.get("bold") else ""
                out.append(
                    f'<text x="{PAD + column * CHAR:.2f}" y="{y:.2f}" textLength="{length * CHAR:.2f}"{fill}{weight}>{html.escape(words).replace(" ", BLANK)}</text>'
                )
            column += length
    return "\n".join([*out, "</g>", "</svg>", ""])


def spans(line):
    """Runs of text with the colours that the escapes before them ask for."""
    style, out = {}, []
    for part in re.split(r"(\x1b\[[\d;]*m)", line):
        if not part.startswith("\x1b["):
            # Links (OSC 8) show their text alone.
            out.append((re.sub(r"\x1b\]8;.*?(\x1b\\|\x07)", "", part), dict(style)))
            continue
        for code in [int(code or 0) for code in part[2:-1].split(";")]:
            if code == 0:
                style = {}
            elif code == 1:
                style["bold"] = True
            elif code == 2:
                style["fill"] = DIM
            elif code in COLOURS:
                style["fill"] = COLOURS[code]
    return [span for span in out if span[0]]


def wrapped(line):
    """Long lines of prose are broken between words, as people would read them."""
    text = "".join(words for words, _ in line)
    if len(text) <= COLUMNS:
        return [line]
    letters = [(letter, style) for words, style in line for letter in words]
    out, at = [], 0
    for row in textwrap.wrap(text, COLUMNS, drop_whitespace=True, break_on_hyphens=False):
        at = text.index(row, at)
        out.append([(letter, style) for letter, style in letters[at : at + len(row)]])
        at += len(row)
    return [joined(row) for row in out]


def joined(letters):
    out = []
    for letter, style in letters:
        if out and out[-1][1] == style:
            out[-1] = (out[-1][0] + letter, style)
        else:
            out.append((letter, style))
    return out


if __name__ == "__main__":
    main()
