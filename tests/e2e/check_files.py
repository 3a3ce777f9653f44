"""check_files.py RUN: is the folder RUN complete, and can a browser show its page?

What the JSON files hold is checked by tests/schema/validate.py. Prints a line for each fault and
ends with 1 when there is any.
"""
import html.parser
import pathlib
import re
import sys
import xml.etree.ElementTree

WHOLE = ("run.json", "cells.jsonl", "topology.xml", "analysis.json", "report.md", "report.html")
VOID = set("area base br col embed hr img input link meta source track wbr".split())
PAINT = ("fill", "stroke", "color", "stop-color", "style")
COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}\b(?!\))|rgba?\([^)]*\)")


class Page(html.parser.HTMLParser):
    """Tags balance, ids are unique, links lead somewhere, nothing is loaded from elsewhere, and every
    colour in a figure is a variable, since dark mode could not change it otherwise."""

    def __init__(self):
        super().__init__()
        self.open, self.ids, self.links, self.figures = [], set(), set(), 0
        self.faults = set()

    def fault(self, *words):
        self.faults.add(f"report.html:{self.getpos()[0]}: " + " ".join(words))

    def handle_starttag(self, tag, attrs):
        self.attributes(tag, attrs)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.attributes(tag, attrs)

    def handle_endtag(self, tag):
        if not self.open or self.open[-1] != tag:
            self.fault(f"</{tag}> closes", self.open[-1] if self.open else "nothing")
        if tag in self.open:
            while self.open.pop() != tag:
                pass

    def attributes(self, tag, attrs):
        in_figure = tag == "svg" or "svg" in self.open
        self.figures += tag == "svg"
        if tag == "link":
            self.fault("a page that is one file has no <link>")
        for name, value in attrs:
            value = value or ""
            if name == "id" and value in self.ids:
                self.fault("two elements have the id", value)
            if name == "id":
                self.ids.add(value)
            if name in ("href", "xlink:href") and value.startswith("#"):
                self.links.add(value[1:])
            if name in ("src", "srcset", "poster") and not value.startswith("data:"):
                self.fault("loads", value[:80])
            if in_figure and name in PAINT:
                for colour in COLOUR.findall(value):
                    self.fault("a colour that is no variable:", colour)


def check_page(path):
    text = path.read_text(encoding="utf-8")
    page = Page()
    page.feed(text)
    page.close()
    yield from sorted(page.faults)
    if page.open:
        yield f"report.html: not closed: {page.open}"
    if not text.lower().startswith("<!doctype html>"):
        yield "report.html: no doctype"
    for target in sorted(page.links - page.ids):
        yield f"report.html: a link to #{target}, which is not there"
    if page.figures == 0:
        yield "report.html: no figure"
    if re.search(r"@import|url\((?!['\"]?(data:|#))", text):
        yield "report.html: a style sheet loads something"


def check(run):
    for name in WHOLE:
        if not (run / name).is_file() or (run / name).stat().st_size == 0:
            yield f"{name} is not there, or empty"
    for suffix in ("tsv", "svg", "png"):
        if not any(run.rglob("*." + suffix)):
            yield f"no *.{suffix}"
    for path in [run / "topology.xml", *run.rglob("*.svg")]:
        try:
            xml.etree.ElementTree.parse(path)
        except (OSError, xml.etree.ElementTree.ParseError) as error:
            yield f"{path.name}: {error}"
    for path in run.rglob("*.tmp*"):
        yield f"{path.name} was left behind"
    if (run / "report.html").is_file():
        yield from check_page(run / "report.html")


faults = list(check(pathlib.Path(sys.argv[1])))
print(*faults[:40], sep="\n")
sys.exit(bool(faults))
