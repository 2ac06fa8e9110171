"""The checklists COREQ and SRQR, filled as far as a study's records go; the rest is left to the researcher.

Tong, A., Sainsbury, P., and Craig, J. (2007). Consolidated criteria for reporting qualitative research (COREQ): a
32-item checklist for interviews and focus groups. International Journal for Quality in Health Care 19(6), 349-357.

O'Brien, B. C., Harris, I. B., Beckman, T. J., Reed, D. A., and Cook, D. A. (2014). Standards for reporting qualitative
research: a synthesis of recommendations. Academic Medicine 89(9), 1245-1251.

The words for the items are this program's own; the numbers are those of the papers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ChecklistItem:
    """One item: what the records say on it, and what only the researcher can say."""

    number: int
    domain: str
    topic: str
    recorded: str
    blank: str


@dataclass(frozen=True, slots=True)
class _Item:
    topic: str
    blank: str = ""
    """What the researcher has to add; empty if the records can answer the whole item."""
    record: str = ""
    """Key of the fact that answers it."""


_TEAM, _DESIGN, _ANALYSIS = "Research team", "Study design", "Analysis and findings"
_COREQ: Mapping[str, tuple[_Item, ...]] = {
    _TEAM: (
        _Item("Who interviewed", "name the interviewers", "interviewers"),
        _Item("Their qualifications", "degrees and credentials"),
        _Item("Their position then", "occupation during the study"),
        _Item("Their gender", "gender"),
        _Item("Their experience", "training and experience"),
        _Item("Prior contact", "whether interviewers and participants knew each other"),
        _Item("What participants knew", "what they were told about interviewer and aims"),
        _Item("Interviewers' standpoint", "assumptions, interests, possible bias"),
    ),
    _DESIGN: (
        _Item("Methodological approach", "tradition or theory behind the study"),
        _Item("How participants were chosen", "sampling method"),
        _Item("How they were approached", "in person, by mail, by phone ..."),
        _Item("Number of participants", "", "sample"),
        _Item("Who declined or left", "number and reasons"),
        _Item("Where interviews took place", "place"),
        _Item("Who else was there", "others who were present"),
        _Item("Description of the sample", "what is not among the attributes", "attributes"),
        _Item("Interview guide", "questions, prompts, pilot"),
        _Item("Repeated interviews", "why, if there were any", "repeats"),
        _Item("Recording", "audio or video", "recording"),
        _Item("Field notes", "whether notes were taken during or after"),
        _Item("Length of interviews", "length, where transcripts have no times", "duration"),
        _Item("Saturation", "whether it was discussed, and how it was judged", "saturation"),
        _Item("Transcripts returned", "whether participants could comment on or correct them"),
    ),
    _ANALYSIS: (
        _Item("Number of coders", "", "coders"),
        _Item("Coding tree", "", "codebook"),
        _Item("Where themes came from", "from theory beforehand, or from the data"),
        _Item("Software", "", "software"),
        _Item("Feedback by participants", "whether participants commented on findings"),
        _Item("Quotes", "whether the quotes that a paper prints are identified", "quotes"),
        _Item("Data support the findings", "judge it with the quotes by code", "quotes"),
        _Item("Major themes", "which of them are major", "themes"),
        _Item("Minor themes and diverse cases", "discussion of minor themes and of cases that do not fit"),
    ),
}  # fmt: skip
_SRQR: Mapping[str, tuple[_Item, ...]] = {
    "Title and abstract": (
        _Item("Title", "topic and qualitative approach in the title", "title"),
        _Item("Abstract", "summary in the form of the journal"),
    ),
    "Introduction": (
        _Item("Problem", "what is at issue, and what is known"),
        _Item("Purpose", "aims or research questions"),
    ),
    "Methods": (
        _Item("Approach and paradigm", "tradition, theory and worldview, with reasons"),
        _Item("Researchers", "who they are, and what that means for the study"),
        _Item("Context", "setting and circumstances"),
        _Item("Sampling", "how and why participants were chosen; when sampling ended", "sample"),
        _Item("Ethics", "approval, consent, protection of data"),
        _Item("Data collection", "procedures, and how they changed", "recording"),
        _Item("Instruments", "interview guide and devices"),
        _Item("Units of study", "what is not among the attributes", "sample_attributes"),
        _Item("Data processing", "transcription, security, removal of names", "processing"),
        _Item("Data analysis", "how themes were developed, by whom, from which tradition", "coders"),
        _Item("Trustworthiness", "further techniques such as member checks", "agreement"),
    ),
    "Results": (
        _Item("Synthesis", "interpretation of the findings", "themes"),
        _Item("Links to data", "", "quotes"),
    ),
    "Discussion": (
        _Item("Contribution", "relation to earlier work; what transfers to other settings"),
        _Item("Limitations", "limits of the study", "limits"),
    ),
    "Other": (
        _Item("Conflicts of interest", "influences on the study, and how they were handled"),
        _Item("Funding", "sources, and their part in the study"),
    ),
}  # fmt: skip


def coreq_items(facts: Mapping[str, str]) -> list[ChecklistItem]:
    """Return the 32 items of COREQ with what the records say; ``facts`` are those of `checklist_facts`."""
    return list(_fill(_COREQ, facts))


def srqr_items(facts: Mapping[str, str]) -> list[ChecklistItem]:
    """Return the 21 items of SRQR with what the records say."""
    return list(_fill(_SRQR, facts))


def _fill(domains: Mapping[str, tuple[_Item, ...]], facts: Mapping[str, str]) -> Iterator[ChecklistItem]:
    numbered = enumerate(((domain, item) for domain, items in domains.items() for item in items), 1)
    for number, (domain, item) in numbered:
        recorded = facts.get(item.record, "")
        # What the records do not have either is for the researcher.
        yield ChecklistItem(number, domain, item.topic, recorded, item.blank or ("" if recorded else "not recorded"))
