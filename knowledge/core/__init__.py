"""The shared calculation core: the law of the Mega Backdoor Roth as typed facts and plain functions.

No conversation, no words for people, no clock, no network: anything may import it.
"""
