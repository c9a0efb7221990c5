"""Errors that are the user's to mend."""


class ExportError(Exception):
    """Says what is wrong with the step or its arguments, and what to do next."""
