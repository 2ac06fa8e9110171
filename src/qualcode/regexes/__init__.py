"""Regular expressions that users write in codebooks, settings and searches."""

from qualcode.regexes.user_regex import RegexMatch, SlowRegexError, UserRegex, regex_fault

__all__ = ["RegexMatch", "SlowRegexError", "UserRegex", "regex_fault"]
