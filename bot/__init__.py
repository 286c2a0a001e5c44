"""A Telegram and terminal front end for the conversation."""
