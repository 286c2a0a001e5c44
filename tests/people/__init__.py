"""Four people from hello to their number, on every front end."""
