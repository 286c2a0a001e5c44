"""A small stand-in for Telegram's Bot API: a real web server on the loopback, with people to act on it.

What the bot sends is judged twice before it is believed: the parameters by aiogram's models of the methods
(unknown fields are refused, at any depth), the HTML by TDLib's own parser. What Telegram would refuse is
answered as Telegram answers it; what it would let pass but no card may do is noted in ``violations``.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, TypeAlias

import aiogram.methods
import tdjson
from aiohttp import web
from pydantic import BaseModel, ValidationError

TOKEN = "123456789:AAstandinTOKENabcdefghijklmnopqrstuv"
BOT = {
    "id": 123456789,
    "is_bot": True,
    "first_name": "Helper",
    "username": "helper_bot",
    "can_join_groups": True,
    "can_read_all_group_messages": False,
    "supports_inline_queries": True,
}
Json: TypeAlias = dict[str, Any]

_PLAIN_ANSWERS = {
    "deleteWebhook",
    "setMyCommands",
    "setMyDescription",
    "setMyShortDescription",
    "setChatMenuButton",
}


@dataclass(frozen=True)
class Call:
    method: str
    parameters: Json
    at: float


@dataclass(frozen=True)
class Card:
    """A message of the bot, or an edit of one, as a person sees it."""

    message: int
    text: str
    buttons: tuple[Json, ...] = ()
    edited: bool = False
    parse_mode: str = ""
    photo: str = ""
    """Telegram's id of the picture over the text; `StandIn.files` has it."""
    document: str = ""
    spoiler: bool = False

    @property
    def labels(self) -> list[str]:
        return [button["text"] for button in self.buttons]


@dataclass
class Fault:
    """What goes wrong with the next ``times`` calls of ``method`` in ``chat``."""

    method: str
    kind: str  # answer | drop_before | drop_after | garbage | odd | hang
    times: int = 1
    chat: int | None = None
    status: int = 500
    description: str = "Internal Server Error"
    parameters: Json | None = None


class RefusedError(Exception):
    """Telegram's way to say no."""

    def __init__(self, status: int, description: str, parameters: Json | None = None) -> None:
        super().__init__(description)
        self.status, self.description, self.parameters = status, description, parameters


class DroppedError(Exception):
    """The connection is to be cut."""


@dataclass
class Chat:
    id: int
    kind: str = "private"
    cards: list[Card] = field(default_factory=list)
    showing: dict[int, Card] = field(default_factory=dict)
    blocked: bool = False


class StandIn:
    """``async with StandIn() as telegram``; the bot is pointed at ``telegram.url``."""

    def __init__(self) -> None:
        self.url = ""
        self.calls: list[Call] = []
        self.violations: list[str] = []
        self.refused: list[str] = []
        self.faults: list[Fault] = []
        self.toasts: list[str] = []
        self.files: dict[str, tuple[str, bytes, str]] = {}
        """What was uploaded, by Telegram's id: name, content, media type."""
        self.uploads = 0
        self.suggested: dict[str, Json] = {}
        """The answer to each inline query."""
        self.token = TOKEN
        self.chats: dict[int, Chat] = {}
        self.polls = 0
        self._updates: list[Json] = []
        self._numbers = itertools.count(1000)
        self._messages = itertools.count(1)
        self._queries: set[str] = set()
        self._changed = asyncio.Event()
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> StandIn:
        tdjson.td_execute(b'{"@type":"setLogVerbosityLevel","new_verbosity_level":0}')
        app = web.Application()
        app.router.add_post("/bot{token}/{method}", self._serve)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self.url = f"http://{host}:{port}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._notify()
        assert self._runner
        await self._runner.cleanup()

    # -- what tests do ---------------------------------------------------------------------------------

    def person(self, number: int = 501) -> Person:
        self.chats.setdefault(number, Chat(number))
        return Person(self, number)

    def group(self, number: int = -1001) -> Chat:
        return self.chats.setdefault(number, Chat(number, "supergroup"))

    def fail(self, method: str, kind: str = "answer", **how: Any) -> Fault:
        fault = Fault(method, kind, **how)
        self.faults.append(fault)
        return fault

    def push(self, **update: Any) -> int:
        """Deliver a raw update; ``update_id`` is given unless it is there."""
        update.setdefault("update_id", next(self._numbers))
        self._updates.append(update)
        self._notify()
        number: int = update["update_id"]
        return number

    def message(self, chat: int, sender: int, **content: Any) -> int:
        """Somebody writes in a chat; the id of the message."""
        number = next(self._messages)
        self.push(message=self.message_object(chat, sender, number, **content))
        return number

    def message_object(self, chat: int, sender: int, number: int, **content: Any) -> Json:
        return {
            "message_id": number,
            "date": int(time.time()),
            "chat": self._chat_object(chat),
            "from": {"id": sender, "is_bot": False, "first_name": "Ann"},
            **content,
        }

    def membership(self, chat: int, before: str, after: str) -> int:
        def member(status: str) -> Json:
            extra = {"until_date": 0} if status == "kicked" else {}
            return {"user": BOT, "status": status, **extra}

        return self.push(
            my_chat_member={
                "chat": self._chat_object(chat),
                "from": {"id": abs(chat), "is_bot": False, "first_name": "Ann"},
                "date": int(time.time()),
                "old_chat_member": member(before),
                "new_chat_member": member(after),
            }
        )

    def press(self, chat: int, sender: int, message: int, data: str) -> str:
        query = f"q{next(self._numbers)}"
        self._queries.add(query)
        self.push(
            callback_query={
                "id": query,
                "from": {"id": sender, "is_bot": False, "first_name": "Ann"},
                "chat_instance": "1",
                "data": data,
                "message": {
                    "message_id": message,
                    "date": int(time.time()),
                    "chat": self._chat_object(chat),
                    "from": BOT,
                    "text": "card",
                },
            }
        )
        return query

    def inline(self, sender: int, query: str) -> str:
        """Somebody types the bot's name and ``query`` in some chat."""
        number = f"i{next(self._numbers)}"
        self._queries.add(number)
        person = {"id": sender, "is_bot": False, "first_name": "Ann"}
        self.push(inline_query={"id": number, "from": person, "query": query, "offset": ""})
        return number

    def called(self, method: str) -> list[Json]:
        return [call.parameters for call in self.calls if call.method == method]

    async def until(self, true: Callable[[], object], seconds: float = 20.0) -> None:
        """Wait for a condition that only a call of the bot can bring about."""

        async def watch() -> None:
            while not true():
                await self._changed.wait()

        await asyncio.wait_for(watch(), seconds)

    async def confirmed_all(self) -> None:
        """Wait until the bot has confirmed every update that was delivered."""
        await self.until(lambda: not self._updates)

    # -- the server ------------------------------------------------------------------------------------

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        parameters = await self._parameters(request)
        self.calls.append(Call(method, parameters, time.monotonic()))
        self._notify()
        try:
            if request.match_info["token"] != self.token:
                raise RefusedError(401, "Unauthorized")
            return await self._with_faults(request, method, parameters)
        except DroppedError:
            if request.transport:
                request.transport.abort()
            return web.Response(status=500)
        except RefusedError as no:
            self.refused.append(f"{method}: {no.description}")
            body: Json = {"ok": False, "error_code": no.status, "description": no.description}
            if no.parameters:
                body["parameters"] = no.parameters
            return web.json_response(body, status=no.status)
        finally:
            self._notify()

    async def _parameters(self, request: web.Request) -> Json:
        """Read the parameters; a file among them is kept, and its new id is in its place."""
        if request.content_type != "multipart/form-data":
            return await request.json() if request.can_read_body else {}
        parameters: Json = {}
        for name, value in (await request.post()).items():
            if isinstance(value, web.FileField):
                self.uploads += 1
                parameters[name] = f"file{self.uploads}"
                content = value.file.read()
                self.files[parameters[name]] = (value.filename, content, value.content_type)
            elif name in ("chat_id", "has_spoiler", "reply_markup"):
                parameters[name] = json.loads(str(value))
            else:
                parameters[name] = value
        return parameters

    async def _with_faults(self, request: web.Request, method: str, parameters: Json) -> web.StreamResponse:
        fault = self._next_fault(method, parameters)
        kind = fault.kind if fault else ""
        if fault and kind == "answer":
            raise RefusedError(fault.status, fault.description, fault.parameters)
        if kind == "drop_before":
            raise DroppedError
        if kind == "hang":
            await asyncio.sleep(30)
        result = await self._act(method, parameters)
        if kind == "drop_after":
            raise DroppedError
        if kind == "garbage":
            return web.Response(text="<html>Bad gateway</html>")
        return web.json_response({"ok": True, "result": True if kind == "odd" else result})

    def _next_fault(self, method: str, parameters: Json) -> Fault | None:
        for fault in self.faults:
            if fault.method == method and fault.chat in (None, parameters.get("chat_id")) and fault.times:
                fault.times -= 1
                return fault
        return None

    async def _act(self, method: str, parameters: Json) -> Any:
        self._judge(method, parameters)
        if method in _PLAIN_ANSWERS:
            return True
        if method == "getMe":
            return BOT
        if method == "getUpdates":
            return await self._get_updates(parameters)
        if method in ("sendMessage", "sendPhoto", "sendDocument"):
            return self._send(parameters)
        if method == "editMessageText":
            return self._edit(parameters)
        if method == "answerCallbackQuery":
            return self._answer(parameters)
        if method == "answerInlineQuery":
            return self._suggest(parameters)
        raise RefusedError(404, "Not Found")

    async def _get_updates(self, parameters: Json) -> list[Json]:
        offset = parameters.get("offset", 0)
        self._updates = [update for update in self._updates if update["update_id"] >= offset]
        self.polls += 1
        self._notify()
        end = time.monotonic() + parameters.get("timeout", 0)
        while not self._updates and (left := end - time.monotonic()) > 0:
            try:
                await asyncio.wait_for(self._changed.wait(), left)
            except TimeoutError:
                break
        return self._updates[: parameters.get("limit", 100)]

    def _send(self, parameters: Json) -> Json:
        chat = self._chat(parameters)
        number = next(self._messages)
        card = self._card(number, parameters)
        self._show(chat, card)
        message: Json = {
            "message_id": number,
            "date": int(time.time()),
            "chat": self._chat_object(chat.id),
            "from": BOT,
            "caption" if card.photo or card.document else "text": card.text,
        }
        if card.photo:
            message["photo"] = [{"file_id": f"small {card.photo}"}, {"file_id": card.photo}]
        if card.document:
            message["document"] = {"file_id": card.document}
        return message

    def _edit(self, parameters: Json) -> Json:
        chat = self._chat(parameters)
        number = parameters["message_id"]
        if number not in chat.showing:
            raise RefusedError(400, "Bad Request: message to edit not found")
        card, before = self._card(number, parameters, edited=True), chat.showing[number]
        if before.photo or before.document:
            raise RefusedError(400, "Bad Request: there is no text in the message to edit")
        if (card.text, card.buttons) == (before.text, before.buttons):
            raise RefusedError(
                400,
                "Bad Request: message is not modified: specified new message content and reply markup are exactly the same",
            )
        self._show(chat, card)
        return {
            "message_id": number,
            "date": int(time.time()),
            "edit_date": int(time.time()),
            "chat": self._chat_object(chat.id),
            "from": BOT,
            "text": card.text,
        }

    def _answer(self, parameters: Json) -> bool:
        if parameters["callback_query_id"] not in self._queries:
            raise RefusedError(
                400, "Bad Request: query is too old and response timeout expired or query ID is invalid"
            )
        self._queries.discard(parameters["callback_query_id"])
        self.toasts.append(parameters.get("text", ""))
        return True

    def _suggest(self, parameters: Json) -> bool:
        query, results = parameters["inline_query_id"], parameters["results"]
        if query not in self._queries:
            raise RefusedError(
                400, "Bad Request: query is too old and response timeout expired or query ID is invalid"
            )
        self._queries.discard(query)
        if len(results) > 50 or len({result["id"] for result in results}) < len(results):
            raise RefusedError(400, "Bad Request: RESULT_ID_DUPLICATE")
        for result in results:
            content = result["input_message_content"]
            preview = content.get("link_preview_options")
            self._card(0, {**content, "text": content["message_text"], "link_preview_options": preview or {}})
            self.violations.extend(wrong_with(itertools.chain(*result["reply_markup"]["inline_keyboard"])))
            if not 1 <= len(result["id"].encode()) <= 64:
                raise RefusedError(400, "Bad Request: RESULT_ID_INVALID")
        self.suggested[query] = parameters
        return True

    def _chat(self, parameters: Json) -> Chat:
        chat = self.chats.get(parameters["chat_id"])
        if chat is None:
            raise RefusedError(400, "Bad Request: chat not found")
        if chat.blocked:
            raise RefusedError(403, "Forbidden: bot was blocked by the user")
        return chat

    def _chat_object(self, chat: int) -> Json:
        if chat > 0:
            return {"id": chat, "type": "private", "first_name": "Ann"}
        kind = self.chats[chat].kind if chat in self.chats else "supergroup"
        return {"id": chat, "type": kind, "title": "Colleagues"}

    def _show(self, chat: Chat, card: Card) -> None:
        chat.cards.append(card)
        chat.showing[card.message] = card

    def _notify(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()

    # -- the judges ------------------------------------------------------------------------------------

    def _judge(self, method: str, parameters: Json) -> None:
        model = getattr(aiogram.methods, method[0].upper() + method[1:], None)
        if model is None:
            raise RefusedError(404, "Not Found")
        try:
            parsed = model.model_validate(parameters)
        except ValidationError as error:
            self.violations.append(f"{method}: {error}")
            raise RefusedError(400, "Bad Request: wrong parameters") from error
        self.violations.extend(f"{method}: unknown field {name}" for name in unknown_fields(parsed))

    def _card(self, number: int, parameters: Json, *, edited: bool = False) -> Card:
        mode = parameters.get("parse_mode") or ""
        files = {kind: self._file(kind, parameters) for kind in ("photo", "document") if kind in parameters}
        written = parameters.get("caption" if files else "text", "")
        text = parse_html(written) if mode == "HTML" else written.strip()
        if not text and not files:
            raise RefusedError(400, "Bad Request: message text is empty")
        if len(text) > (1024 if files else 4096):
            raise RefusedError(400, f"Bad Request: message {'caption ' if files else ''}is too long")
        if not files and not parameters.get("link_preview_options", {}).get("is_disabled"):
            self.violations.append("a link preview is on")
        rows: list[list[Json]] = parameters.get("reply_markup", {}).get("inline_keyboard", [])
        buttons = tuple(itertools.chain.from_iterable(rows))
        self.violations.extend(wrong_with(buttons))
        for button in buttons:
            if len(button.get("callback_data", "").encode()) > 64:
                raise RefusedError(400, "Bad Request: BUTTON_DATA_INVALID")
        spoiler = parameters.get("has_spoiler", False)
        return Card(number, text, buttons, edited, mode, **files, spoiler=spoiler)

    def _file(self, kind: str, parameters: Json) -> str:
        file_id: str = parameters[kind]
        if file_id not in self.files:
            raise RefusedError(400, "Bad Request: wrong file identifier/HTTP URL specified")
        if kind == "photo" and not self.files[file_id][1].startswith(b"\x89PNG"):
            raise RefusedError(400, "Bad Request: IMAGE_PROCESS_FAILED")
        return file_id


def unknown_fields(model: BaseModel) -> list[str]:
    """List the fields that a model was given and does not know, in itself and in everything below it."""
    found = list(model.model_extra or ())
    queue: list[object] = [getattr(model, name) for name in type(model).model_fields]
    while queue:
        value = queue.pop()
        if isinstance(value, BaseModel):
            found += unknown_fields(value)
        elif isinstance(value, list | tuple):
            queue.extend(value)
    return found


def parse_html(text: str) -> str:
    """Give what is visible of ``text``, by TDLib's own parser."""
    query = {
        "@type": "parseTextEntities",
        "text": text,
        "parse_mode": {"@type": "textParseModeHTML"},
    }
    answer: Json = json.loads(tdjson.td_execute(json.dumps(query).encode()) or b"{}")
    if answer["@type"] == "error":
        raise RefusedError(400, f"Bad Request: {answer['message'][0].lower()}{answer['message'][1:]}")
    visible: str = answer["text"]
    return visible.strip()


def wrong_with(buttons: Iterable[Json]) -> list[str]:
    """List what no button may be."""
    wrong = []
    for button in buttons:
        label = button["text"]
        if not 1 <= len(label) <= 20:
            wrong.append(f"label {label!r}: {len(label)} characters")
        if len(button) != 2:
            wrong.append(f"button {label!r} does not do exactly one thing")
        if len(button.get("copy_text", {}).get("text", "")) > 256:
            wrong.append(f"button {label!r} copies too much")
        if not button.get("url", "https://").startswith(("https://", "http://", "tg://")):
            wrong.append(f"button {label!r} opens something odd")
    return wrong


class Person:
    """Somebody with a private chat; reads cards in the order they come."""

    def __init__(self, telegram: StandIn, number: int) -> None:
        self.telegram, self.id = telegram, number
        self.chat = telegram.chats[number]
        self._read = 0

    def send(self, text: str) -> int:
        return self.telegram.message(self.id, self.id, text=text)

    def send_thing(self, **content: Any) -> int:
        return self.telegram.message(self.id, self.id, **content)

    def edit(self, message: int, text: str) -> None:
        edited = self.telegram.message_object(
            self.id, self.id, message, text=text, edit_date=int(time.time())
        )
        self.telegram.push(edited_message=edited)

    def press(self, data: str, message: int = 0) -> str:
        return self.telegram.press(self.id, self.id, message or max(self.chat.showing, default=1), data)

    def block(self) -> None:
        self.chat.blocked = True
        self.telegram.membership(self.id, "member", "kicked")

    def unblock(self) -> None:
        self.chat.blocked = False
        self.telegram.membership(self.id, "kicked", "member")

    async def next(self) -> Card:
        """Wait for the next card that this person has not read."""
        await self.telegram.until(lambda: len(self.chat.cards) > self._read)
        self._read += 1
        return self.chat.cards[self._read - 1]

    async def reads(self, text: str) -> Card:
        """Read on until a card holds ``text``."""
        while True:
            card = await self.next()
            if text in card.text:
                return card
