"""A whole studio in one file, and a studio from such a file. Rows are kept in words of no database."""


class Refused(RuntimeError):
    """It is not done, and nothing was changed; the message is one sentence for whoever asked."""
