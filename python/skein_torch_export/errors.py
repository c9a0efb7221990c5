"""Errors that are the user's to mend."""


class ExportError(Exception):
    """Says what is wrong with the model, its batch or the command, and what to do next."""
