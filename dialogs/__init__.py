"""The conversation: a pure function from (session, event) to (session, replies)."""
