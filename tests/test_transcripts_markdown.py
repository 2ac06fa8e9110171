"""Markdown: headings that are questions, names of speakers or titles; no offset of a source changes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualcode.model import SourceRule, SourceRules, UnplacedText
from qualcode.settings import INTERVIEWER_LABELS
from qualcode.transcripts.draft import Draft, ReadOptions
from qualcode.transcripts.readers.markdown import read
from qualcode.transcripts.readers.plain_text import read_plain
from qualcode.transcripts.roles import build_speaker_lookup, build_turns

RULES = SourceRules(INTERVIEWER_LABELS)

HARVEST = """\
# Info
Interviewee: Maple

| Age | Job |
| --- | --- |
| 30  | grower |

# Transcript

## Question 1: How was the harvest?

*"It rained for a week."*

### How did you feel about that?

*"Then it was fine."*
"""


def read_text(text: str, kind: str = "") -> Draft:
    source = SourceRule(kind="text" if kind else "")
    return read(text.encode(), ReadOptions("transcripts/x.md", RULES, source=source))


def spoken(draft: Draft) -> list[tuple[str, str, str]]:
    turns = build_turns(draft.turns, build_speaker_lookup(RULES))
    return [(turn.speaker, turn.role, draft.text[turn.start : turn.end]) for turn in turns]


def exchanges(text: str) -> list[tuple[str, str]]:
    return [(role[0], words) for _, role, words in spoken(read_text(text))]


TWO = [("i", "How was it?"), ("p", "It rained."), ("i", "And then?"), ("p", "Fine.")]


def test_headings_that_are_questions_are_the_interviewers() -> None:
    draft = read_text(HARVEST)
    assert draft.text == HARVEST
    assert spoken(draft) == [
        ("", "interviewer", "Question 1: How was the harvest?"),
        ("", "participant", '"It rained for a week."'),
        ("", "interviewer", "How did you feel about that?"),
        ("", "participant", '"Then it was fine."'),
    ]
    assert draft.header == HARVEST[: HARVEST.index("\n\n## Question")]
    assert "questions are read as the interviewer's" in draft.notices[0]


@pytest.mark.parametrize(
    "text",
    [
        "## How was it?\n\nIt rained.\n\n## And then?\n\nFine.\n",
        "How was it?\n-----------\nIt rained.\n\nAnd then?\n---------\nFine.\n",
        "# Ann\n\nDate: 2020-01-01\n\n### **How was it?** ###\nIt rained.\n\n### **And then?**\nFine.\n",
        "---\ntitle: Ann\n---\n\n**How was it?**\n\nIt rained.\n\n**And then?**\n\nFine.\n",
        "**How was it?**\nIt rained.\n\n**And then?**\nFine.\n",
        "**How was it?** It rained.\n\n**And then?** Fine.\n",
        "1. **How was it?**\n\n   It rained.\n\n2. **And then?**\n\n   Fine.\n",
        "- **How was it?** It rained.\n- **And then?** Fine.\n",
        "*How was it?*\n\nIt rained.\n\n*And then?*\n\nFine.\n",
        "__How was it?__\n\n> It rained.\n\n__And then?__\n\n> Fine.\n",
        "How was it?\n\n> It rained.\n\nAnd then?\n\n> Fine.\n",
        "How was it?\n\n*It rained.*\n\nAnd then?\n\n*Fine.*\n",
        "# Ann\n\n## Question 1\n\nHow was it?\n\nIt rained.\n\n## Question 2\n\nAnd then?\n\nFine.\n",
        "Interviewer: Bo\nInterviewee: Ann\n\n## How was it?\n\nIt rained.\n\n---\n\n## And then?\n\nFine.\n\n***\n",
        "## How was it?\n\nIt rained.\n\n# Part two\n\n## And then?\n\nFine.\n",
    ],
)
def test_ways_of_writing_questions(text: str) -> None:
    draft = read_text(text)
    assert draft.text == text
    assert exchanges(text) == TWO
    assert draft.notices[-1].startswith("no speaker labels were found")


@pytest.mark.parametrize(
    "title", ["Q1. Tell me about it", "Question 1: Your harvest", "Frage 1: Die Ernte", "質問1: 収穫"]
)
def test_numbered_titles_with_words_are_questions(title: str) -> None:
    text = f"## {title}\n\nIt rained.\n\n## {title.replace('1', '2')}\n\nFine.\n"
    assert [role for role, _ in exchanges(text)] == ["i", "p", "i", "p"]


def test_requests_between_questions_are_the_interviewers() -> None:
    text = "## How was it?\n\nIt rained.\n\n## Tell me about the barn.\n\nIt stands.\n\n## And then?\n\nFine.\n"
    assert exchanges(text)[2:4] == [("i", "Tell me about the barn."), ("p", "It stands.")]


def test_title_between_questions_is_reported() -> None:
    draft = read_text("## How was it?\n\nIt rained.\n\n# Part two\n\n## And then?\n\nFine.\n")
    assert draft.unplaced == (UnplacedText(5, "Part two"),)


def test_labels_of_answers_are_kept() -> None:
    text = "## How was it?\n\nAnn: It rained.\n\nAnn: And wind.\n\n## And then?\n\nAnn: Fine.\n"
    assert spoken(read_text(text)) == [
        ("", "interviewer", "How was it?"),
        ("Ann", "participant", "It rained."),
        ("Ann", "participant", "And wind."),
        ("", "interviewer", "And then?"),
        ("Ann", "participant", "Fine."),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "# Talk\n\n## Interviewer\n\nHow was it?\n\n## Ann\n\nIt rained.\n\n## Interviewer\n\nAnd then?\n"
        "\n## Ann\n\nFine.\n",
        "# Talk\n\n### Interviewer [0:01]\nHow was it?\n\n### Ann (0:05)\nIt rained.\n\n### Interviewer 0:09\n"
        "And then?\n\n### 0:12 Ann\nFine.\n",
        "# Talk\n\n### Interviewer: How was it?\n\n### Ann: It rained.\n\n### Interviewer: And then?\n"
        "\n### Ann: Fine.\n",
        "# Talk\n\n#### **Interviewer:**\nHow was it?\n#### **Ann:**\nIt rained.\n#### **Interviewer:**\nAnd then?\n"
        "#### **Ann:**\nFine.\n",
        "# Talk\n\n## Interviewer\n\nHow was it?\n\n## Ann\n\n> It rained.\n\n## Part two\n\n## Interviewer\n\n"
        "And then?\n\n## Ann\n\n> Fine.\n",
    ],
)
def test_headings_that_name_speakers_are_labels(text: str) -> None:
    draft = read_text(text)
    names = ["Interviewer", "Ann"] * 2
    assert [(speaker, words) for speaker, _, words in spoken(draft)] == list(
        zip(names, [words for _, words in TWO], strict=True)
    )
    assert draft.header == "# Talk"
    assert [label.text for label in draft.labels] == ["Interviewer", "Ann"]


def test_times_of_speakers_in_headings() -> None:
    text = "## I [0:01]\n\nHow?\n\n## Ann (1:00:05)\n\nRain.\n\n## I\n\nOk?\n\n## Ann\n\nYes.\n"
    assert [turn.time for turn in read_text(text).turns] == [1, 3605, None, None]


def test_titles_between_labelled_turns_are_reported() -> None:
    text = (
        "# T\n\n**I:** How?\n\n**Ann:** Rain.\n\n## Part two\n\n**I:** And?\n\n**Ann:** Fine.\n\n## Later\n\nStill.\n"
    )
    draft = read_text(text)
    assert [words for _, _, words in spoken(draft)] == ["How?", "Rain.", "And?", "Fine.", "Still."]
    assert [piece.text for piece in draft.unplaced] == ["Part two", "Later"]


@pytest.mark.parametrize(
    "text",
    [
        "# Diary\n\nMonday. It rained.\n\n## Tuesday\n\nWhy? I do not know.\n",
        "# Notes\n\n## What happened?\n\nIt rained.\n\n## Setting\n\nThe barn.\n\n## People\n\nTwo.\n\n## Dry?\n"
        "\nYes.\n\n## End\n\nGone.\n",
        "Q: How?\n\nA: Rain.\n\nQ: And?\n\nA: Fine.\n",
        "I asked. *Why?* Nobody knew.\n\nThen *we* left.\n",
        "```\n## How?\n## And?\n```\n\nText.\n",
        "# Why?\n\nOne question alone.\n",
    ],
)
def test_other_texts_are_read_as_before(text: str) -> None:
    draft, plain = read_text(text), read_plain(text, rules=RULES)
    assert (draft.text, draft.turns, draft.header) == (plain.text, plain.turns, plain.header)


def test_table_and_title_below_a_line_that_names_the_interviewee_are_header() -> None:
    head = "# Info\nInterviewee: Maple\n\n| Age | Job |\n| --- | --- |\n| 30 | grower |\n\n# Transcript"
    draft = read_text(
        f"{head}\n\n**Interviewer:** How?\n\n**Maple:** Rain.\n\n**Interviewer:** And?\n\n**Maple:** Dry.\n"
    )
    assert draft.header == head
    assert [speaker for speaker, _, _ in spoken(draft)] == ["Interviewer", "Maple"] * 2


def test_labels_inside_emphasised_questions() -> None:
    answered = read_text("**Interviewer: How was it?**\n\nIt rained.\n\n**Interviewer: And then?**\n\nFine.\n")
    assert [(role[0], words) for _, role, words in spoken(answered)] == TWO
    labelled = read_text("**Q: How?**\n\nA: Rain.\n\n**Q: And?**\n\nA: Fine.\n")
    assert [speaker for speaker, _, _ in spoken(labelled)] == ["Q", "A"] * 2


@pytest.mark.parametrize(
    "titles",
    [["Rae", "Kim", "Rae"], ["P1", "P2", "P1"], ["Rae (0:01)", "Kim (0:05)", "Rae (0:09)"]],
)
def test_speaker_who_has_one_heading(titles: list[str]) -> None:
    draft = read_text("# Talk 5\n\n" + "".join(f"## {title}\n\nWords.\n\n" for title in titles))
    assert [speaker for speaker, _, _ in spoken(draft)] == [title.split()[0] for title in titles]


def test_title_that_is_no_speaker_leaves_names_alone() -> None:
    text = "## Rae\n\nHow?\n\n## Introduction\n\nText.\n\n## Rae\n\nAnd?\n\n## Kim\n\nFine.\n"
    assert [speaker for speaker, _, _ in spoken(read_text(text))] == [""]


def test_text_without_speakers_by_the_settings_has_no_questions() -> None:
    draft = read_text("## How was it?\n\nIt rained.\n\n## And then?\n\nFine.\n", kind="text")
    assert not any(turn.role == "interviewer" for turn in draft.turns)


LINES = st.sampled_from(
    [
        "## How?",
        "## Ann",
        "## Interviewer",
        "# Part",
        "**Why?**",
        "*Yes.*",
        "> No.",
        "Ann: Hm.",
        "**Q: Why?**",
        "Interviewee: Maple",
        "| a | b |",
        "## Kim (0:12)",
        "I: So?",
        "---",
        "It is.",
        "",
    ]
)


@given(st.lists(LINES, max_size=14))
def test_no_word_is_lost_and_turns_are_in_order(lines: list[str]) -> None:
    text = "\n".join(lines) + "\n"
    draft = read_text(text)
    assert draft.text == text
    ends = [0, *(turn.end for turn in draft.turns)]
    assert all(end <= turn.start <= turn.end for end, turn in zip(ends, draft.turns, strict=False))
    placed = [text[turn.start : turn.end] for turn in draft.turns]
    placed += [draft.header, *(piece.text for piece in draft.unplaced), *(turn.speaker for turn in draft.turns)]
    labels = {"Ann", "Interviewer", "I"}
    for word in {"How", "Part", "Why", "Yes", "No", "Hm", "So", "It"} & set(
        text.replace("?", " ").replace(".", " ").split()
    ):
        assert word in " ".join(placed) or word in labels
