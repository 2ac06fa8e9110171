"""Forms of speakers' labels as regular expressions, how far each is trusted, and lists of words for detection."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal, get_args

from qualcode.transcripts.labels.time_shapes import F4_TIME, SPACE, TEAMS_TIME, TIME, TIME_END

Trust = Literal["settings", "sure", "once", "doubtful", "last", "signs", "change"]
TRUSTS: tuple[Trust, ...] = get_args(Trust)
"""When words in a shape are read as a speaker.

settings: always, since a person wrote the shape. sure: if they are repeated, or look like a name. once: the same, but
all occurrences count as one. doubtful: if they look like a name and are repeated, or are a speaker elsewhere. last: as
doubtful, and only if no other shape has a speaker. signs: if they cannot be words of a sentence, and come back after
another speaker or stand where all others name a speaker. change: no name follows; if it comes back.
"""


@dataclass(frozen=True, slots=True)
class LabelShape:
    """One way to write a speaker at the beginning of a line.

    The regular expression is verbose, so spaces in it are ignored, and has a group ``name``; groups whose names begin
    with ``time`` match the time of the turn.
    """

    name: str
    example: str
    trust: Trust
    regex: str
    in_captions: bool = True
    """Whether lines of captions are read so too; they have times of their own."""


DIRECTION_MARKS = "\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff"
"""Invisible characters for text direction and line breaks, as a regular expression's character set."""

_LETTER = "(?:[^\\W\\d_]|[\u2600-\u27bf\U0001f000-\U0001faff])"
"""What a name may begin with: a letter or an emoji."""

# Lazy, to end at the first colon or time; limited, so that long lines without one fail quickly.
NAME = rf"{_LETTER}[^:：\n\[\]<>{{}}|=?!;\"“”*]{{0,59}}?"
"""A name, as a regular expression; signs that names rarely have are read by the shape "other signs"."""

RECOGNISER_NAME = (
    r"(?i:speaker|spk|spkr|sprecher(?:in)?|locuteur|locutrice|intervenant|hablante|orador|interlocutor|falante|parlante"
    r"|spreker|talare|taler|puhuja|mówca|спикер|说话人|話者|발언자)[ _-]?(?:\d{1,3}|[A-Z?])"
)
"""Names that speech recognisers give to voices, in several languages, as a regular expression."""

_BOLD = r"(?:\*{1,3}|_{2})"
_LEADING_TIME = rf"""{SPACE}*+{_BOLD}?                        # Markdown's bold, which some put around the whole label
    (?:(?:[\[(]?(?P<time>{TIME}){TIME_END}(?:{SPACE}?[AaPp][Mm](?=\]))?[\])]?|\#(?P<time_f4>{F4_TIME})\#)
       (?:{SPACE}++(?:-{SPACE}++)?|{SPACE}*+\n{SPACE}*+))?      # 0:05 before, or above
    {_BOLD}?"""
_TRAILING_TIME = rf"(?:{SPACE}*+(?:[\[(](?P<time_behind>{TIME}){TIME_END}[\])]|\#(?P<time_behind_f4>{F4_TIME})\#))?"
# White space must follow an ASCII colon, so that 10:30 and https: are not labels; a full-width one needs none.
_COLON = rf"{SPACE}*+{_BOLD}?{SPACE}*+(?:：|:{_BOLD}?(?=\s|$))"

# A letter must follow: 10:30 is not a label.
_COLON_WITHOUT_SPACE = rf"{SPACE}*+{_BOLD}?{SPACE}*+:{_BOLD}?(?=[^\W\d_])"

# WhatsApp writes dates in the order and with the separators of the phone's language.
_DATE_AND_TIME = (
    rf"\[?\d{{1,4}}[./-]\d{{1,2}}[./-]\d{{1,4}},?{SPACE}++\d{{1,2}}:\d{{2}}(?::\d{{2}})?(?:{SPACE}?[AaPp]\.?[Mm]\.?)?"
)

CHAT_LINE = rf"{SPACE}*+{_DATE_AND_TIME}(?:\]|{SPACE}++-){SPACE}++"
"""The beginning of a message in a chat with dates."""

TIMED_LINE, TIMED_LINE_ONE_SPACE = "line of its own", "line of its own, one space"

SHAPES = (
    LabelShape(
        "chat with dates",
        "[12/05/21, 10:02:11] Name: text",
        "sure",
        # WhatsApp puts ~ before a name that the sender chose, and a phone number where there is no contact.
        rf"{CHAT_LINE}~?{SPACE}*+(?P<name>[^\s:][^:\n]{{0,39}}?){_COLON}{SPACE}*+",
    ),
    LabelShape(
        "chat of a meeting",
        "10:02:11 From Name to Everyone: text",
        "sure",
        rf"{SPACE}*+{TIME}{SPACE}++From{SPACE}++(?P<name>{NAME}){SPACE}++to{SPACE}{{1,20}}[^:\n]{{1,60}}?{_COLON}{SPACE}*+",
    ),
    LabelShape(
        "voice of a recogniser",
        "[SPEAKER_00] text",
        "sure",
        rf"{_LEADING_TIME}[\[(<](?P<name>{RECOGNISER_NAME})[\])>](?::(?=\s)|(?=[\ \t\w])|:?$){SPACE}*+",
    ),
    LabelShape(
        "voice of a recogniser with seconds",
        "SPEAKER_00 [0.00s - 2.00s]: text",
        "sure",
        rf"{SPACE}*+(?P<name>{RECOGNISER_NAME}){SPACE}++\[[\d.]+s[^\]\n]*\]:?{SPACE}++",
    ),
    LabelShape(
        "change of speaker",
        ">> Name: text",
        "sure",
        rf"{SPACE}*+[>＞]{{2,3}}{SPACE}*+(?P<name>{NAME}){_COLON}{SPACE}*+",
    ),
    LabelShape(
        "change of speaker, nobody named",
        ">> text",
        "change",
        rf"{SPACE}*+[>＞]{{2,3}}{SPACE}++(?=\S)(?P<name>)",
    ),
    LabelShape(
        "colon",
        "Name: text",
        "sure",
        rf"{_LEADING_TIME}(?P<name>{NAME})(?:{SPACE}*+[\[(](?P<time_after>{TIME}){TIME_END}[\])])?{_COLON}{_TRAILING_TIME}{SPACE}*+",
    ),
    LabelShape(
        "colon without a space",
        "Name:text",
        "doubtful",
        rf"{_LEADING_TIME}(?P<name>{NAME})(?:{SPACE}*+[\[(](?P<time_after>{TIME}){TIME_END}[\])])?{_COLON_WITHOUT_SPACE}",
    ),
    LabelShape(
        "time before the colon",
        "Name 0:12: text",
        "last",
        rf"{_LEADING_TIME}(?P<name>{NAME}){SPACE}++(?P<time_bare>{TIME})(?:{_COLON}|{_COLON_WITHOUT_SPACE}){_TRAILING_TIME}{SPACE}*+",
    ),
    LabelShape(
        "brackets",
        "[Name] text",
        # Once: sounds such as [laughs] are repeated as often as names, so repetition is no evidence.
        "once",
        rf"{_LEADING_TIME}\[(?!\d+\])(?P<name>[^\W_][\w\ .\u0300-\u036f-]{{0,30}})\](?:(?=[\ \t])|:(?=\s|$)){SPACE}*+",
    ),
    LabelShape(
        "number in brackets",
        "[1] text",
        # Doubtful: [1] may be the number of a footnote.
        "doubtful",
        rf"{_LEADING_TIME}\[(?P<name>\d{{1,3}})\](?:(?=[\ \t])|:(?=\s|$)){SPACE}*+",
    ),
    LabelShape(
        "parentheses",
        "(Name): text",
        "doubtful",
        rf"{_LEADING_TIME}\((?P<name>{_LETTER}[^:：\n()\[\]<>]{{0,30}})\){_COLON}{_TRAILING_TIME}{SPACE}*+",
    ),
    LabelShape(
        "angles",
        "<Name>: text",
        "doubtful",
        rf"{_LEADING_TIME}<(?P<name>{_LETTER}[^:：\n<>]{{0,30}})>{_COLON}{_TRAILING_TIME}{SPACE}*+",
    ),
    LabelShape(
        "numbered",
        "1. Name: text",
        # Doubtful: items of a numbered list have this form too.
        "doubtful",
        rf"{SPACE}*+\d{{1,4}}[.)]?{SPACE}++(?P<name>{NAME}){_COLON}{_TRAILING_TIME}{SPACE}*+",
    ),
    LabelShape(
        TIMED_LINE,
        "Name  0:12",
        "sure",
        # Otter writes two spaces; one space has a shape of its own below, since sentences may end in a time.
        rf"{SPACE}*+(?P<name>{NAME})(?:{SPACE}{{2,}}+|\t+|{SPACE}*+[\[(])(?P<time>{TIME}){TIME_END}[\])]?[\ \t]*$",
        in_captions=False,
    ),
    LabelShape(
        "line of its own, time and dash",
        "[0:12] - Name",
        "sure",
        rf"{SPACE}*+\[(?P<time>{TIME})\]{SPACE}++-{SPACE}++(?P<name>{NAME})[\ \t]*$",
        in_captions=False,
    ),
    LabelShape(
        "line of its own, times above",
        "0:0:1.250 --> 0:0:2.570, and Name below",
        "sure",
        rf"""(?:\A|(?<=\n\n)){SPACE}*+(?P<time>{TEAMS_TIME}){SPACE}++-->{SPACE}++{TEAMS_TIME}{SPACE}*+\n
            \s*(?P<name>{NAME})[\ \t]*(?=\n{SPACE}*+\S)""",
        in_captions=False,
    ),
    LabelShape(
        TIMED_LINE_ONE_SPACE,
        "Name 0:12",
        "last",
        # Dovetail: **Name | 0:12**
        rf"{SPACE}*+{_BOLD}?(?P<name>{NAME})(?:,?\ |{SPACE}[|–-]{SPACE})"
        rf"(?P<time>{TIME}){TIME_END}[\])]?{_BOLD}?[\ \t]*$",
        in_captions=False,
    ),
    LabelShape(
        "line of its own, time first",
        "0:12 Name",
        "last",
        # Fathom: @0:12 - Name; Gong: 0:12 | Name
        rf"{SPACE}*+[\[(@]?(?P<time>{TIME}){TIME_END}[\])]?{SPACE}++(?:[-–|]{SPACE}++)?(?P<name>{NAME})[\ \t]*$",
        in_captions=False,
    ),
    LabelShape(
        "bold",
        "**Name** text",
        # Last: emphasis at the beginning of a paragraph has this form too.
        "last",
        rf"{SPACE}*+(?P<mark>\*\*|__)(?P<name>{NAME})(?P=mark)(?!\w){SPACE}*+",
    ),
    LabelShape(
        "time in brackets behind",
        "Name [0:12] text",
        "last",
        rf"{SPACE}*+(?P<name>{NAME}){SPACE}*+[\[(](?P<time>{TIME}){TIME_END}[\])]{SPACE}++(?=\S)",
        in_captions=False,
    ),
    LabelShape(
        "list mark",
        "- Name: text",
        # Last: items of a list have this form too.
        "last",
        rf"{SPACE}*+[-–—•·>]{SPACE}++(?P<name>{NAME}){_COLON}{_TRAILING_TIME}{SPACE}*+",
    ),
    LabelShape(
        "other signs",
        "15550100: text",
        "signs",
        rf"{_LEADING_TIME}(?P<name>(?![-–—•·*>\#]+{SPACE})[^\s:：](?:[^:：\n?!]|[?!](?=[\s:：)\]\"”*])){{0,59}}?)"
        rf"{_COLON}{_TRAILING_TIME}{SPACE}*+",
    ),
)
"""In the order in which they are tried on a line; the first that matches is used."""

COLON_LABEL = rf"""{_LEADING_TIME}(?P<name>{NAME})(?:{SPACE}*+[\[(](?P<time_after>{TIME}){TIME_END}[\])]
    |{SPACE}++(?P<time_bare>{TIME}))?(?:{_COLON}|{_COLON_WITHOUT_SPACE}(?=(?P<tight>.))){_TRAILING_TIME}{SPACE}*+"""
"""The shapes with a colon as one, for lines that are known to begin with a label if they have a colon."""

CHAT_SHAPES = ("chat with dates", "chat of a meeting")
"""Shapes of labels with the date or time of a message."""

COLON_SHAPES = ("colon", "colon without a space", "other signs", "list mark")
"""Shapes of labels that words above a list or paragraph, or in a header, have as well."""

LIST_SHAPES = (*COLON_SHAPES, "numbered", "bold", "parentheses")
"""Shapes of labels that items of a list have as well."""

DASH_SHAPE = LabelShape(
    "dash",
    "Name – text",
    "doubtful",
    rf"{SPACE}*+(?P<name>{_LETTER}[^:\n–—\t-]{{0,29}}?)(?:{SPACE}++[–—-]{SPACE}++|[^\S\n\t]*+\t{SPACE}*+)(?=\S)",
)
"""A dash or tab instead of a colon, which sentences have as well: used only if most lines of a text have it."""


def _words(*lists: str) -> frozenset[str]:
    return frozenset(word.strip() for words in lists for word in words.split(","))


def named_shape(names: Collection[str]) -> LabelShape | None:
    """Return the shape of the names that the settings give and that no other shape would read in full, if any."""
    odd = sorted((name for name in names if not re.fullmatch(NAME, name)), key=len, reverse=True)
    if not odd:
        return None
    words = "|".join(r"\s+".join(map(re.escape, name.split())) for name in odd)
    return LabelShape(
        "colon", "Name: text", "sure", rf"{_LEADING_TIME}(?P<name>(?i:{words})){_COLON}{_TRAILING_TIME}{SPACE}*+"
    )


HEADER_KEYS = _words(
    "date, time, place, location, venue, duration, length, start, end, start time, end time, setting, subject, title",
    "topic, theme, file, filename, file name, version, page, section, part, summary, keywords, source, recording",
    "recorded, recorder, recording date, audio, audio file, transcript, transcribed, transcribed by, transcription",
    "transcriber, interview, interviews, interviewed by, interview date, interview time, interview no",
    "interview number, date of interview, participant id, participants, present, attendees, project, study, language",
    "translator, translated by, consent, background, context, abbreviations",
    "legend, legende, légende, leyenda, legenda",
    "datum, ort, dauer, uhrzeit, beginn, titel, thema, alter, geschlecht, beruf, wohnort, abkürzungen, transkription",
    "lieu, durée, titre, sujet, âge, abréviations, transcription par, fecha, lugar, duración, título, tema, edad",
    "abreviaturas, transcripción, duração, idade, transcrição, luogo, durata, titolo, età, trascrizione",
    "plaats, duur, onderwerp, leeftijd, afkortingen, transcriptie, 日期, 地点, 时间, 時間, 日時, 場所",
)
"""Words before a colon in headers of interviews."""

NOTE_KEYS = HEADER_KEYS | _words(
    "note, notes, memo, memos, postscript, ps, p.s, nb, n.b, comment, comments, remark, remarks, observation",
    "observations, observer notes, field note, field notes, anmerkung, anmerkungen, bemerkung, bemerkungen, notiz",
    "notizen, nachtrag, postskript, postskriptum, beobachtung, beobachtungen, kommentar, remarque, remarques",
    "commentaire, commentaires, nota, notas, observación, observaciones, comentario, comentarios, observação",
    "observações, osservazione, osservazioni, commento, opmerking, opmerkingen, notitie, notities, 备注, 注",
)
"""Words before a colon in notes below interviews, which are not those of a speaker there."""

SOUNDS = _words(
    "laughs, laughing, laughter, pause, pauses, silence, inaudible, unintelligible, unclear, indistinct, crosstalk",
    "cross talk, overlapping, interruption, sigh, sighs, cough, coughs, crying, applause, music, noise, redacted",
    "musik, applaus, lachen, gelächter, pause, stille, unverständlich, husten, musique, rires, rire, applaudissements",
    "toux, música, aplausos, risas, risa, silencio, tos, risos, riso, silêncio, inaudível",
    "musica, applausi, risate, risata, silenzio, incomprensibile, muziek, applaus, gelach, stilte, onverstaanbaar",
)
"""Words that transcribers write in brackets and that are not speech."""

REMARKS = SOUNDS | _words("cont, cont., cont'd, cont’d, contd, continued, continues, continuing")
"""Words in parentheses after a name that do not make it another person."""

NOT_SPEAKERS = (
    HEADER_KEYS
    | SOUNDS
    | _words(
        "note, notes, nb, n.b, ps, p.s, re, e.g, i.e, example, examples, warning, important, attention",
        "comment, comments, remark, remarks, abstract, email, e-mail, phone, tel, url, http, https, ftp, mailto, www",
        "bottom line, the bottom line, key point, key points, main point, big picture, long story short, case in point",
        "fun fact, side note, full disclosure, plain english, in short, result, results, conclusion",
        "observation, observations, reflection, reflections",
        "step, action item, action items, to do, todo, lesson learned, lessons learned, takeaway, takeaways",
    )
)
"""Words before a colon or in brackets at the beginning of a line that are not speakers."""

NAMING_KEYS = _words("interviewee, respondent, participant, informant, name")
"""Words that introduce a person in a header ("Interviewee: P1"), but may be labels in the interview as well."""

ROLE_KEYS = NAMING_KEYS | _words("speaker, interviewer, moderator, facilitator, researcher")
"""Words for roles: Interviewer and Interviewee are not typos of each other."""

ROLE_WORDS = ROLE_KEYS | _words(
    "interviewerin, interviewte, interviewter, befragte, befragter, moderatorin, sprecher, sprecherin, forscher",
    "forscherin, enquêteur, enquêtrice, enquêté, enquêtée, intervieweur, intervieweuse, participante, répondant",
    "entrevistador, entrevistadora, entrevistado, entrevistada, participantes, moderador, moderadora, investigador",
    "investigadora, intervistatore, intervistatrice, intervistato, intervistata, geïnterviewde, deelnemer",
)
"""Words for roles in several languages, as legends and introductions have them."""

NUMBERED_WORDS = (
    r"(?:q|question|item|no|nr|step|point|option|phase|part|chapter|session|tape|side|track|section|episode"
    r"|day|week|tag|woche|jour|semaine|día|semana|giorno|dag|teil|kapitel)\.?\s*"
    r"(?:\d+\w?|one|two|three|four|five|six|eins|zwei|drei|vier)"
)
"""A regular expression for numbered items: Q1, Question 3."""

PARTICLES = frozenset("de da di du van von der den la le el al bin ibn of the and y e und".split())
"""Words in lower case that are part of names."""

SENTENCE_WORDS = frozenset(
    "is are was were be said says say asked asks thought think thinks means meant that this it what why how when "
    "because so but if then".split()
)
"""Words that are never part of a name: "the thing is: ..." is a sentence."""
