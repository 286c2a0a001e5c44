"""Mutation testing of the calculation core."""
