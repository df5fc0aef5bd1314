"""Every link leads somewhere, and everything names the same version: `links.py markdown` looks at the repository's pages,
`links.py site FOLDER` at a built site.

Links to other hosts are not followed.
"""

from __future__ import annotations

import re
import subprocess
import sys
import unicodedata
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit


def slug(heading: str) -> str:
    """The anchor of a heading."""
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).replace("`", "").strip().lower()
    kept = (each for each in text if each in " -_" or unicodedata.category(each)[0] in "LN")
    return "".join(kept).replace(" ", "-")


def pages() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard", "*.md"], capture_output=True, text=True, check=True)
    return [Path(line) for line in listed.stdout.splitlines() if Path(line).exists()]


def without_code(text: str) -> str:
    return re.sub(r"^```.*?^```$|`[^`\n]*`", "", text, flags=re.M | re.S)


def markdown() -> list[str]:
    wrong = []
    anchors: dict[Path, set[str]] = {}

    def anchors_of(page: Path) -> set[str]:
        if page not in anchors:
            text = re.sub(r"^```.*?^```$", "", page.read_text(), flags=re.M | re.S)
            anchors[page] = {slug(heading) for heading in re.findall(r"^#+ (.*)$", text, re.M)}
        return anchors[page]

    count = 0
    for page in pages():
        # The links of the summary are those of the site.
        folder = Path() if page.name == "SUMMARY.md" else page.parent
        for target in re.findall(r"\]\(([^)\s]+)\)", without_code(page.read_text())):
            if urlsplit(target).scheme:
                continue
            count += 1
            path, _, anchor = unquote(target).partition("#")
            file = (folder / path) if path else page
            if not file.exists():
                wrong.append(f"{page}: {target}: there is no {file}")
            elif anchor and file.suffix == ".md" and anchor not in anchors_of(file):
                wrong.append(f"{page}: {target}: {file} has no such heading")
    summary = Path("docs/site/SUMMARY.md").read_text()
    for page in sorted(Path("docs").glob("*.md")):
        if f"({page})" not in summary:
            wrong.append(f"{page} is not in the summary")
    wrong += versions()
    if not wrong:
        print(f"{count} links of {len(pages())} pages lead somewhere")
    return wrong


def versions() -> list[str]:
    """Where a file names another version than Cargo.toml."""
    found = re.search(r'^version = "(.*)"', Path("Cargo.toml").read_text(), re.M)
    version = found[1] if found else ""
    forms = {
        "Dockerfile": r"VERSION=(\S+)",
        "compose.yaml": r"timetwin:(\d+\.\d+\.\d+)",
        "packages/gitlab/timetwin.yml": r"timetwin:(\d+\.\d+\.\d+)",
        "packages/python/pyproject.toml": r'^version = "(.*)"',
        "packages/python/src/timetwin/__init__.py": r'__version__ = "(.*)"',
        "packages/node/package.json": r'"(?:version|@timetwin/\S+)": "(.*)"',
        **{str(page): r"timetwin(?::|@v)(\d+\.\d+\.\d+)" for page in [Path("README.md"), *Path("docs").glob("*.md")]},
    }
    return [
        f"{file} names version {named}, not {version}"
        for file, form in forms.items()
        for named in re.findall(form, Path(file).read_text(), re.M)
        if named != version
    ]


class Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.ids: set[str] = set()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        for name, value in attributes:
            if value and ((tag == "a" and name == "href") or (tag == "img" and name == "src")):
                self.links.append(value)
            if value and name in ("id", "name"):
                self.ids.add(value)


def site(folder: Path) -> list[str]:
    read: dict[Path, Links] = {}
    for file in sorted(folder.rglob("*.html")):
        # All pages once more, for the printer; its links are those of the pages.
        if file.name not in ("print.html", "toc.html", "404.html"):
            read[file] = Links()
            read[file].feed(file.read_text())
    wrong, count = [], 0
    for file, links in read.items():
        for link in links.links:
            if urlsplit(link).scheme or link.startswith("//"):
                continue
            count += 1
            path, _, anchor = unquote(link).partition("#")
            target = (file.parent / path).resolve() if path else file.resolve()
            if target.is_dir():
                target = target / "index.html"
            if not target.exists():
                wrong.append(f"{file.relative_to(folder)}: {link} leads nowhere")
            elif anchor and target.suffix == ".html":
                there = next((each for name, each in read.items() if name.resolve() == target), None)
                if there is not None and anchor not in there.ids:
                    wrong.append(f"{file.relative_to(folder)}: {link}: no such heading")
    if not wrong:
        print(f"{count} links of {len(read)} pages of the site lead somewhere")
    return wrong


found = markdown() if sys.argv[1] == "markdown" else site(Path(sys.argv[2]))
if found:
    sys.exit("\n".join(found))
