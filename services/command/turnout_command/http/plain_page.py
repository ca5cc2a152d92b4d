"""Pages that work without JavaScript and without a file of the front end. They look like its pages."""

from base64 import b64encode
from hashlib import sha256
from html import escape
from typing import Final

from fastapi.responses import HTMLResponse

from turnout_core.web.security_headers import COMMON

# The colours and sizes are those of frontend/src/style.css.
_STYLE: Final = """
:root { color-scheme: light dark; font: 1rem/1.5 ui-sans-serif, system-ui, sans-serif }
body { margin: 0; min-height: 100vh; display: grid; place-items: center;
  background: light-dark(#faf5ec, #15110e); color: light-dark(#211a13, #f6eee2) }
main { max-width: 30rem; padding: 2rem 1.5rem }
h1 { margin: 0 0 1rem; font-size: 1.75rem; line-height: 1.2 }
p, form { margin: 0 0 1.5rem }
button { font: inherit; font-weight: 600; padding: .75rem 1.5rem; border: 0; border-radius: .75rem; cursor: pointer;
  background: light-dark(#bf430b, #ffb454); color: light-dark(#fffaf2, #1d1206) }
a { color: light-dark(#a8430a, #ffb454) }
"""
_HASH: Final = b64encode(sha256(_STYLE.encode()).digest()).decode()
_HEADERS: Final = {
    **COMMON,
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{_HASH}'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Robots-Tag": "noindex",
}
_PAGE: Final = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title} · Turnout</title>
<style>{style}</style>
</head>
<body>
<main>
<h1>{title}</h1>
<p>{text}</p>
{form}
<p><a href="../">Go to Turnout</a></p>
</main>
</body>
</html>
"""
_FORM: Final = """<form method="post">
<input type="hidden" name="{name}" value="{value}">
<button>{label}</button>
</form>"""


def plain_page(status: int, title: str, text: str, form: str = "") -> HTMLResponse:
    """A page with a heading, a paragraph, and a form, which is HTML. Nothing runs in it, and nobody stores it.

    Its link leads to the first page, one folder above that of the request.
    """
    page = _PAGE.format(title=escape(title), style=_STYLE, text=escape(text), form=form)
    return HTMLResponse(page, status, headers=_HEADERS)


def button_form(name: str, value: str, label: str) -> str:
    """A form with one button, which posts a field to the address of its page."""
    return _FORM.format(name=escape(name), value=escape(value), label=escape(label))
