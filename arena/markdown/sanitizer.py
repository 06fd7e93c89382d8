"""The allow-list that every piece of rendered answer passes before it may reach a page."""

import re

import nh3
from pygments.token import STANDARD_TYPES

# Overrides and isolates make text read in another order than it is written. Without them, Arabic and Hebrew still
# follow the Unicode algorithm; made visible, they would litter honest answers. So they go.
BIDI_CONTROLS = "\u202a-\u202e\u2066-\u2069"

_mathml_tags = (
    "math mrow mi mn mo ms mtext mspace mfrac msqrt mroot msub msup msubsup munder mover munderover mmultiscripts "
    "mprescripts mtable mtr mtd mpadded mphantom mstyle menclose"
)
MATHML_TAGS = frozenset(_mathml_tags.split())
_html_tags = "p h4 h5 h6 ul ol li blockquote hr br pre code em strong s a span div button table thead tbody tr th td"
HTML_TAGS = frozenset(_html_tags.split())
CELL_CLASSES = {"cell-right", "cell-center"}
CLASSES = {
    "div": {"code-block", "code-head", "table-scroll", "math-block"},
    "button": {"code-copy"},
    "span": {name for name in STANDARD_TYPES.values() if name},
    "th": CELL_CLASSES,
    "td": CELL_CLASSES,
}
ATTRIBUTES = {
    "*": set(),  # or the library adds `lang` and `title`
    "a": {"href"},
    "ol": {"start"},
    "button": {"data-comparia-copy"},
    "mo": {"stretchy", "fence", "form", "separator", "accent", "movablelimits", "largeop", "minsize", "maxsize"},
    "mi": {"mathvariant"},
    "mn": {"mathvariant"},
    "mtext": {"mathvariant"},
    "mstyle": {"displaystyle", "scriptlevel"},
    "mfrac": {"linethickness"},
    "mspace": {"width", "linebreak"},
    "mtable": {"columnalign", "rowspacing", "columnspacing", "columnlines", "rowlines"},
    "mtd": {"columnalign"},
    "menclose": {"notation"},
    "mover": {"accent"},
    "munder": {"accentunder"},
    "mpadded": {"width", "height", "depth", "lspace", "voffset"},
}

_cleaner = nh3.Cleaner(
    tags=HTML_TAGS | MATHML_TAGS,
    attributes=ATTRIBUTES,
    tag_attribute_values={
        "button": {"type": {"button"}},
        "div": {"tabindex": {"0"}},
        "math": {"display": {"inline", "block"}},
    },
    set_tag_attribute_values={"a": {"target": "_blank"}},
    allowed_classes=CLASSES,
    url_schemes={"http", "https", "mailto"},
    url_relative="deny",
    link_rel="noopener noreferrer nofollow",
)
_bidi = re.compile(f"[{BIDI_CONTROLS}]")


def clean(html: str) -> str:
    """`html` reduced to the allow-list, without bidirectional controls (an entity may have brought one in)."""
    return _bidi.sub("", _cleaner.clean(html))


def clean_rows(html: str) -> str:
    """As `clean`, for `<tr>` elements, which an HTML parser would drop outside a table."""
    table = clean(f"<table><tbody>{html}</tbody></table>")
    return table.removeprefix("<table><tbody>").removesuffix("</tbody></table>")
