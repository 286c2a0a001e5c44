"""Markdown to the HTML that Telegram accepts, done once when the words are loaded.

The Jinja tags of a template pass through untouched, so a template is *compiled Markdown*: what a turn does is
only to fill it in. Understood: paragraphs, ``**bold**``, ``*italic*``, ```code```, links, lists, ``---`` is
refused like everything else that Telegram cannot show. A ``>`` block becomes an expandable quote.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence

from markdown_it import MarkdownIt
from markdown_it.token import Token

_JINJA = re.compile(r"{{.*?}}|{%.*?%}|{#.*?#}", re.S)
_MARKDOWN = MarkdownIt("commonmark", {"html": False})
_TAG = re.compile(r"<[^<>]*>")
_PAIR = re.compile(r"<(/?)(b|i|code)>")
_SOUND = re.compile(r"(?:[^<>&]|&(?:amp|lt|gt|quot|#[0-9]+|#x[0-9a-fA-F]+);|</?(?:b|i|code)>)*")

_PLAIN = {
    "strong_open": "<b>",
    "strong_close": "</b>",
    "em_open": "<i>",
    "em_close": "</i>",
    "link_close": "</a>",
    "softbreak": "\n",
    "hardbreak": "\n",
    "blockquote_open": "<blockquote expandable>",
    "blockquote_close": "</blockquote>\n\n",
    "paragraph_open": "",
    "bullet_list_open": "",
    "bullet_list_close": "\n",
    "ordered_list_open": "",
    "ordered_list_close": "\n",
}


class UnknownMarkup(ValueError):
    """Markdown that no Telegram message can show; the text names the construct."""


def to_html(markdown: str) -> str:
    """Telegram HTML for ``markdown``, Jinja tags kept. Raises `UnknownMarkup`."""
    tags: list[str] = []

    def hide(match: re.Match[str]) -> str:
        tags.append(match.group())
        return f"\ue000{len(tags) - 1}\ue001"

    rendered = _render(_MARKDOWN.parse(_JINJA.sub(hide, markdown)))
    return tidy(re.sub("\ue000(\\d+)\ue001", lambda m: tags[int(m.group(1))], rendered))


def tidy(text: str) -> str:
    """``text`` without the blank lines that empty template branches leave behind."""
    text = re.sub(r"[ \t]+\n", "\n", text)
    text = re.sub(r"\n+(</blockquote>)", r"\1", text)
    text = re.sub(r"(<blockquote expandable>)\n+", r"\1", text)
    return re.sub(r"\n{3,}", "\n\n", text).strip()


def is_sound(text: str) -> bool:
    """Whether ``text`` is Telegram HTML of a phrase: nothing but text, escapes and bold, italic or code in pairs."""
    open_tags: list[str] = []
    for closes, tag in _PAIR.findall(text):
        if not closes:
            open_tags.append(tag)
        elif not open_tags or open_tags.pop() != tag:
            return False
    return not open_tags and bool(_SOUND.fullmatch(text))


def visible(text: str) -> str:
    """What a person sees of Telegram HTML: no tags, no escapes."""
    return html.unescape(_TAG.sub("", text))


def _render(tokens: Sequence[Token]) -> str:
    out: list[str] = []
    ordinals: list[int | None] = []
    for token in tokens:
        kind = token.type
        if kind == "inline":
            out.append(_render(token.children or []))
        elif kind == "text":
            out.append(html.escape(token.content, quote=False))
        elif kind == "code_inline":
            out.append(f"<code>{html.escape(token.content, quote=False)}</code>")
        elif kind == "link_open":
            out.append(f'<a href="{html.escape(str(token.attrs["href"]))}">')
        elif kind == "paragraph_close":
            out.append("\n" if ordinals else "\n\n")
        elif kind == "list_item_open":
            ordinal = ordinals[-1]
            out.append("• " if ordinal is None else f"{ordinal}. ")
            ordinals[-1] = None if ordinal is None else ordinal + 1
        elif kind == "list_item_close":
            pass
        elif kind in _PLAIN:
            out.append(_PLAIN[kind])
            if kind == "bullet_list_open":
                ordinals.append(None)
            elif kind == "ordered_list_open":
                ordinals.append(int(token.attrs.get("start", 1)))
            elif kind.endswith("list_close"):
                ordinals.pop()
        else:
            raise UnknownMarkup(f"{kind} near {token.content[:40]!r}")
    return "".join(out)
