"""What the bot knows: the law (core), the words, the explainers and how to find them."""
