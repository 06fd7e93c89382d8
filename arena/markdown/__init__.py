"""Markdown of model answers, as safe HTML: whole (`render`) or while it streams (`IncrementalMarkdown`).

Model output is hostile. It is parsed without raw HTML, rendered, and then passes one allow-list (`sanitizer`). Ids and
`hx-` attributes are ours: they are put in afterwards and never hold a character of the answer.

What the page provides:

* `.answer-body` holds an answer, `.answer-tail` the part still being written (raw text: needs `white-space: pre-wrap`,
  and `:empty` can be hidden);
* `.code-block` > `.code-head` (language, copy button) + `pre`; colours are in `static/arena/code.css`;
* the copy button `[data-comparia-copy]` comes empty, because this package knows no language: the page's script gives it
  its text and `aria-label`, from a `data-copy-label` on `<body>`;
* `.table-scroll` (focusable) around each table, `.cell-right` and `.cell-center` on aligned cells;
* `.math-block` around a displayed formula;
* `pre.answer-rest`: the end of an answer too long to be anything but plain text.
"""

from .document import render
from .stream import IncrementalMarkdown

__all__ = ["IncrementalMarkdown", "render"]
