"""The words, how they are found and how they are checked."""
