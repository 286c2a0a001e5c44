"""Tests of reading what people type."""
