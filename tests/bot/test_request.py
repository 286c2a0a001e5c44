from __future__ import annotations

import asyncio

import pytest
from aiohttp import web
from telegram import Bot, InputFile
from telegram.error import (
    BadRequest,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from bot import request as request_module
from bot.request import AiohttpRequest, Api, File
from tests.bot.standin import BOT, TOKEN, StandIn


async def test_the_library_works_over_it(bot: Bot, telegram: StandIn) -> None:
    telegram.person(501)
    message = await bot.send_message(501, "<b>hi</b>", parse_mode="HTML")
    assert message.text == "hi"
    assert telegram.called("sendMessage")[0]["chat_id"] == 501  # a number, not a string: the body is JSON


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, BadRequest),
        (401, InvalidToken),
        (403, Forbidden),
        (409, Conflict),
        (500, NetworkError),
        (502, NetworkError),
    ],
)
async def test_what_telegram_answers_becomes_the_librarys_error(
    bot: Bot, telegram: StandIn, status: int, error: type[TelegramError]
) -> None:
    telegram.fail("getMe", status=status, description="No")
    with pytest.raises(error):
        await bot.get_me()


async def test_a_flood_error_carries_its_time(bot: Bot, telegram: StandIn) -> None:
    telegram.fail("getMe", status=429, description="Too Many Requests", parameters={"retry_after": 7})
    with pytest.raises(RetryAfter) as caught:
        await bot.get_me()
    assert getattr(caught.value.retry_after, "seconds", None) == 7


async def test_a_cut_connection_is_a_network_error_without_the_url(bot: Bot, telegram: StandIn) -> None:
    telegram.fail("getMe", "drop_before")
    with pytest.raises(NetworkError) as caught:
        await bot.get_me()
    assert str(caught.value) == "ServerDisconnectedError"


async def test_no_server_is_a_network_error() -> None:
    request = AiohttpRequest()
    await request.initialize()
    with pytest.raises(NetworkError) as caught:
        await Api(request, f"http://127.0.0.1:9/bot{TOKEN}").call("getMe", {}, 1)
    assert TOKEN not in str(caught.value)
    await request.shutdown()


async def test_silence_is_a_time_out(api: Api, telegram: StandIn) -> None:
    telegram.fail("getMe", "hang")
    with pytest.raises(TimedOut):
        await api.call("getMe", {}, 0.05)


def test_a_call_does_not_show_the_token(api: Api) -> None:
    assert TOKEN not in repr(api)


@pytest.mark.parametrize("body", ["<html>", "[1]", "", "{}", '{"ok": true}'])
async def test_garbage_is_an_error_and_is_not_logged(
    body: str, caplog: pytest.LogCaptureFixture, telegram: StandIn
) -> None:
    with pytest.raises(TelegramError, match="Invalid server response"):
        AiohttpRequest.parse_json_payload(body.encode())
    assert not caplog.records


async def test_it_must_be_opened_first_and_may_be_opened_and_closed_twice() -> None:
    request = AiohttpRequest()
    with pytest.raises(NetworkError, match="not initialized"):
        await Api(request, "http://127.0.0.1:9").call("getMe", {})
    for _ in range(2):
        await request.initialize()
    for _ in range(2):
        await request.shutdown()
    assert request.read_timeout == 15


async def test_files_go_as_a_form_and_come_by_get() -> None:
    received: dict[str, object] = {}

    async def take(request: web.Request) -> web.Response:
        form = await request.post()
        file = form["document"]
        assert isinstance(file, web.FileField)
        received.update(chat=form["chat_id"], name=file.filename, content=file.file.read())
        sent = {"message_id": 1, "date": 1, "chat": {"id": 501, "type": "private"}}
        return web.json_response({"ok": True, "result": sent})

    async def give(_request: web.Request) -> web.Response:
        return web.Response(body=b"%PDF")

    app = web.Application()
    app.router.add_post("/bot{token}/sendDocument", take)
    app.router.add_get("/file", give)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    request = AiohttpRequest()
    await request.initialize()
    bot = Bot(TOKEN, base_url=f"{url}/bot", request=request, get_updates_request=AiohttpRequest())
    await bot.send_document(501, InputFile(b"%PDF", filename="letter.pdf"))
    assert received == {"chat": "501", "name": "letter.pdf", "content": b"%PDF"}
    assert await request.retrieve(f"{url}/file") == b"%PDF"
    await request.shutdown()
    await runner.cleanup()


async def test_a_call_uploads_a_file_under_its_own_name_and_type(api: Api, telegram: StandIn) -> None:
    telegram.person(501)
    file = File('my "plan" für 2026.xlsx', b"PK", "application/vnd.ms-excel")
    sent = await api.call(
        "sendDocument", {"chat_id": 501, "document": file, "caption": "185", "parse_mode": None}
    )
    assert isinstance(sent, dict)
    assert sent["caption"] == "185"
    assert list(telegram.files.values()) == [(file.name, file.content, file.media_type)]
    assert "PK" not in repr(file)
    assert telegram.violations == []


async def test_an_upload_that_gets_nowhere_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    closing = asyncio.Event()

    async def never_read(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await closing.wait()
        writer.close()

    monkeypatch.setattr(request_module, "_SECONDS_TO_UPLOAD", 0.2)
    server = await asyncio.start_server(never_read, "127.0.0.1", 0, limit=1)
    request = AiohttpRequest()
    await request.initialize()
    api = Api(request, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/bot{TOKEN}")
    with pytest.raises(TimedOut):
        await api.call("sendDocument", {"document": File("a", b"x" * 50_000_000, "text/plain")})
    await request.shutdown()
    closing.set()
    server.close()
    await server.wait_closed()


async def test_a_request_can_be_cancelled(api: Api, telegram: StandIn) -> None:
    waiting = asyncio.create_task(api.call("getUpdates", {"timeout": 20, "offset": None}, 30))
    await telegram.until(lambda: telegram.called("getUpdates") == [{"timeout": 20}])
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    assert await api.call("getMe", {}) == BOT
