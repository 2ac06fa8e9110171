"""Signal for interviews in another language than the settings name, by words that each language has and no other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from qualcode.signals.text_body import Example, Reading

_WORDS = {
    "en": "the and of is that was it for with you they have this but not are we be what",
    "de": "der die das und ich nicht ist wir aber auch dann sie den mit auf ein eine haben sich wie",
    "fr": "le les des et est pas nous je dans pour avec mais sur qui vous ils elle était du au",
    "es": "el los las y pero por con muy como yo fue cuando nos hay lo porque también esto se está",
    "pt": "os não uma com mas foi muito eu ele isso também porque nós são mais quando você em ao da",
    "it": "il che di non per ma gli sono anche della è perché quando mi abbiamo molto questo ci come io",
    "nl": "het een ik niet dat maar ook van wij zijn voor met er ze toen dan hebben wat naar we",
    "sv": "och att det som inte jag men var har vi på är med för en ett så när då",
    "da": "og det ikke jeg men var har vi på er med for en et så når da af til at",
}
"""Frequent words by language; those that two languages have are left out below."""

_COUNTS = Counter(word for words in _WORDS.values() for word in set(words.split()))
_LANGUAGE_OF = {word: language for language, words in _WORDS.items() for word in words.split() if _COUNTS[word] == 1}
_SAMPLE = 20_000
"""Characters of a transcript that are looked at."""
_MIN_WORDS = 8
_MIN_SHARE = 0.05
_MIN_LEAD = 3


def find_other_language(reading: Reading) -> Iterator[Example]:
    """Yield the first frequent word of another language, if its words are three times those of the study's language."""
    body = reading.body[:_SAMPLE]
    words = body.casefold().split()
    counts = Counter(language for word in words if (language := _LANGUAGE_OF.get(word.strip(".,?!;:…\"'“”«»()"))))
    own = reading.sentence_rules.key[0]
    best, count = max(counts.items(), key=lambda item: item[1], default=("", 0))
    is_other = best != own and own in _WORDS and count >= _MIN_LEAD * max(1, counts[own])
    if is_other and count >= max(_MIN_WORDS, _MIN_SHARE * len(words)):
        start = len(body) - len(body.lstrip())
        yield Example(start, f"{reading.make_example(start, start).text} ({best})", best)
