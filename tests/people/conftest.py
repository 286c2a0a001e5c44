from tests.bot.conftest import logging_as_before as logging_as_before
from tests.bot.conftest import telegram as telegram
