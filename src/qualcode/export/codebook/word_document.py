"""Word documents (.docx) with headings, paragraphs, tables and comments; the same content gives the same bytes."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from xml.sax.saxutils import escape, quoteattr

from qualcode.files import remove_forbidden_characters

_NAMESPACE = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_OLDEST_DATE = (1980, 1, 1, 0, 0, 0)
"""The date of all members of the archive, so that the same content gives the same bytes."""
_MARGIN = 1134
"""2 cm in twentieths of a point."""
PAGE_WIDTH, PAGE_HEIGHT = 16838, 11906
"""A4 in landscape, in twentieths of a point."""
TEXT_WIDTH = PAGE_WIDTH - 2 * _MARGIN
_GREY = "666666"
_RULE = "BFBFBF"


@dataclass(frozen=True)
class Run:
    """Words in one style."""

    text: str
    bold: bool = False
    italic: bool = False
    grey: bool = False
    has_breaks: bool = False
    """Whether line ends and tabs in it are kept; else they are spaces."""
    is_right_to_left: bool = False

    def xml(self) -> str:
        """Return the run as XML."""
        # Scripts that are written from right to left have a switch of their own.
        bold = "<w:b/><w:bCs/>" if self.is_right_to_left else "<w:b/>"
        marks = (bold if self.bold else "") + ("<w:i/>" if self.italic else "")
        # Beside a heading, which is bold, too.
        marks += f'<w:b w:val="0"/><w:color w:val="{_GREY}"/>' if self.grey else ""
        marks += "<w:rtl/>" if self.is_right_to_left else ""
        properties = f"<w:rPr>{marks}</w:rPr>" if marks else ""
        pieces = _BREAK.split(self.text) if self.has_breaks else [self.text]
        return f"<w:r>{properties}{''.join(map(_text_xml, filter(None, pieces)))}</w:r>"


def _text_xml(piece: str) -> str:
    return _BREAKS.get(piece) or f'<w:t xml:space="preserve">{escape_text(piece)}</w:t>'


_BREAK = re.compile("([\n\t])")
_BREAKS = {"\n": "<w:br/>", "\t": "<w:tab/>"}


@dataclass(frozen=True)
class CommentMark:
    """The start or end of the words that a comment is on; ``number`` is its position in the document's comments."""

    number: int
    is_end: bool = False

    def xml(self) -> str:
        """Return the mark as XML."""
        if not self.is_end:
            return f'<w:commentRangeStart w:id="{self.number}"/>'
        return f'<w:commentRangeEnd w:id="{self.number}"/><w:r><w:commentReference w:id="{self.number}"/></w:r>'


@dataclass(frozen=True)
class Paragraph:
    """Runs in a paragraph style, indented by a number of steps."""

    runs: Sequence[Run | CommentMark]
    style: str = ""
    steps: int = 0
    is_right_to_left: bool = False

    def xml(self) -> str:
        """Return the paragraph as XML."""
        properties = f'<w:pStyle w:val="{self.style}"/>' if self.style else ""
        properties += "<w:bidi/>" if self.is_right_to_left else ""
        properties += f'<w:ind w:left="{200 * self.steps}"/>' if self.steps else ""
        properties = f"<w:pPr>{properties}</w:pPr>" if properties else ""
        return f"<w:p>{properties}{''.join(run.xml() for run in self.runs)}</w:p>"


@dataclass(frozen=True)
class Comment:
    """A comment by an author: a time such as 2026-11-03T10:00:00Z, and its paragraphs."""

    author: str
    time: str
    paragraphs: Sequence[Paragraph]

    def xml(self, number: int) -> str:
        """Return the comment as XML."""
        initials = "".join(word[0] for word in re.findall(r"[^\W_]+", self.author)).upper()[:9]
        names = f"w:author={quoteattr(self.author)} w:date={quoteattr(self.time)} w:initials={quoteattr(initials)}"
        words = "".join(paragraph.xml() for paragraph in self.paragraphs)
        return f'<w:comment w:id="{number}" {names}>{words}</w:comment>'


Cell = Sequence[Paragraph]


@dataclass(frozen=True)
class Table:
    """Rows of cells below a header row, which is repeated on each page; rows are not divided between pages."""

    headings: Sequence[str]
    widths: Sequence[int]
    """Shares of the width of the text."""
    rows: Sequence[Sequence[Cell]]
    right_aligned: Sequence[int] = ()
    colour: str = "#404040"
    """Colour of the rule above the header."""

    def xml(self) -> str:
        """Return the table as XML."""
        widths = [TEXT_WIDTH * width // sum(self.widths) for width in self.widths]
        grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
        header = [
            [Paragraph([Run(text)], "NumberHeading" if at in self.right_aligned else "TableHeading")]
            for at, text in enumerate(self.headings)
        ]
        rows = [_row_xml(header, widths, is_header=True), *(_row_xml(row, widths) for row in self.rows)]
        return f"<w:tbl>{self._properties()}<w:tblGrid>{grid}</w:tblGrid>{''.join(rows)}</w:tbl>"

    def _properties(self) -> str:
        top = f'<w:top w:val="single" w:sz="18" w:space="0" w:color="{self.colour.lstrip("#")}"/>'
        rules = "".join(f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="{_RULE}"/>' for side in _INNER_RULES)
        margins = "".join(
            f'<w:{side} w:w="{width}" w:type="dxa"/>'
            for side, width in (("top", 60), ("left", 85), ("bottom", 60), ("right", 85))
        )
        return (
            f'<w:tblPr><w:tblW w:w="{TEXT_WIDTH}" w:type="dxa"/><w:tblBorders>{top}{rules}</w:tblBorders>'
            f'<w:tblLayout w:type="fixed"/><w:tblCellMar>{margins}</w:tblCellMar></w:tblPr>'
        )


_INNER_RULES = ("bottom", "insideH")


def _row_xml(cells: Sequence[Cell], widths: Sequence[int], *, is_header: bool = False) -> str:
    properties = "<w:cantSplit/>" + ("<w:tblHeader/>" if is_header else "")
    shade = '<w:shd w:val="clear" w:color="auto" w:fill="F2F2F2"/>' if is_header else ""
    parts = [
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{shade}</w:tcPr>'
        # A cell without a paragraph makes the file invalid.
        f"{''.join(paragraph.xml() for paragraph in cell or [Paragraph([], 'TableText')])}</w:tc>"
        for cell, width in zip(cells, widths, strict=True)
    ]
    return f"<w:tr><w:trPr>{properties}</w:trPr>{''.join(parts)}</w:tr>"


@dataclass
class WordDocument:
    """A document with numbered pages, in landscape for tables."""

    title: str
    language: str = "en"
    is_portrait: bool = False
    parts: list[Paragraph | Table] = field(default_factory=list)
    comments: Sequence[Comment] = ()
    properties: Mapping[str, str] = field(default_factory=dict)
    """Properties of its own, which are not shown: texts by name."""

    def to_bytes(self) -> bytes:
        """Return the document as the bytes of a .docx file."""
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w") as archive:
            for name, content in self._members():
                member = zipfile.ZipInfo(name, _OLDEST_DATE)
                member.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(member, _DECLARATION + content)
        return stream.getvalue()

    def _members(self) -> Iterable[tuple[str, str]]:
        root = [("officeDocument", "word/document.xml")]
        parts = [("styles", "styles.xml"), ("footer", "footer1.xml")]
        members = {
            "docProps/core.xml": _CORE.format(title=escape_text(self.title)),
            "word/styles.xml": _styles(self.language),
            "word/footer1.xml": _FOOTER,
            "word/document.xml": self._body(),
        }
        if self.properties:
            root.append(("custom-properties", "docProps/custom.xml"))
            members["docProps/custom.xml"] = _custom_properties(self.properties)
        if self.comments:
            parts.append(("comments", "comments.xml"))
            comments = "".join(comment.xml(number) for number, comment in enumerate(self.comments))
            members["word/comments.xml"] = f'<w:comments xmlns:w="{_NAMESPACE}">{comments}</w:comments>'
        yield "[Content_Types].xml", _content_types(members)
        yield "_rels/.rels", _relationships(root, core="docProps/core.xml")
        yield "word/_rels/document.xml.rels", _relationships(parts)
        yield from members.items()

    def _body(self) -> str:
        # Word needs a paragraph between two tables, and behind the last one.
        parts = [part.xml() + ("<w:p/>" if isinstance(part, Table) else "") for part in self.parts]
        size = f'w:w="{PAGE_WIDTH}" w:h="{PAGE_HEIGHT}" w:orient="landscape"'
        if self.is_portrait:
            size = f'w:w="{PAGE_HEIGHT}" w:h="{PAGE_WIDTH}"'
        section = (
            '<w:sectPr><w:footerReference w:type="default" r:id="rId2"/>'
            f"<w:pgSz {size}/>"
            f'<w:pgMar w:top="{_MARGIN}" w:right="{_MARGIN}" w:bottom="{_MARGIN}" w:left="{_MARGIN}" w:header="567"'
            ' w:footer="567" w:gutter="0"/></w:sectPr>'
        )
        namespaces = f'xmlns:w="{_NAMESPACE}" xmlns:r="{_OFFICE}/relationships"'
        return f"<w:document {namespaces}><w:body>{''.join(parts)}{section}</w:body></w:document>"


def escape_text(text: str) -> str:
    """Return a text as XML holds it, without characters that XML forbids."""
    return escape(remove_forbidden_characters(text)[0])


def _relationships(parts: Sequence[tuple[str, str]], *, core: str = "") -> str:
    entries = [(f"{_OFFICE}/relationships/{kind}", target) for kind, target in parts]
    entries += [(f"{_PACKAGE}/relationships/metadata/core-properties", core)] if core else []
    lines = "".join(
        f'<Relationship Id="rId{number}" Type="{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(entries, 1)
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{lines}</Relationships>'


_WORD_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_CONTENT_TYPES = {
    "docProps/core.xml": "application/vnd.openxmlformats-package.core-properties+xml",
    "docProps/custom.xml": "application/vnd.openxmlformats-officedocument.custom-properties+xml",
    "word/comments.xml": f"{_WORD_TYPE}.comments+xml",
    "word/document.xml": f"{_WORD_TYPE}.document.main+xml",
    "word/footer1.xml": f"{_WORD_TYPE}.footer+xml",
    "word/styles.xml": f"{_WORD_TYPE}.styles+xml",
}


def _content_types(names: Iterable[str]) -> str:
    parts = "".join(f'<Override PartName="/{name}" ContentType="{_CONTENT_TYPES[name]}"/>' for name in names)
    return (
        f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{parts}</Types>'
    )


def _custom_properties(properties: Mapping[str, str]) -> str:
    # The number of the first property is 2; this format id is that of all properties of users.
    entries = "".join(
        f'<property fmtid="{{D5CDD505-2E9C-101B-9397-08002B2CF9AE}}" pid="{number}" name={quoteattr(name)}>'
        f"<vt:lpwstr>{escape_text(value)}</vt:lpwstr></property>"
        for number, (name, value) in enumerate(properties.items(), 2)
    )
    namespaces = f'xmlns="{_OFFICE}/custom-properties" xmlns:vt="{_OFFICE}/docPropsVTypes"'
    return f"<Properties {namespaces}>{entries}</Properties>"


_CORE = (
    f'<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties"'
    ' xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>{title}</dc:title></cp:coreProperties>'
)
_FOOTER = (
    f'<w:ftr xmlns:w="{_NAMESPACE}"><w:p><w:pPr><w:pStyle w:val="Footer"/></w:pPr>'
    '<w:fldSimple w:instr=" PAGE "><w:r><w:t>1</w:t></w:r></w:fldSimple></w:p></w:ftr>'
)


def _styles(language: str) -> str:
    fonts = '<w:rFonts w:ascii="Calibri" w:hAnsi="Calibri" w:eastAsia="Calibri" w:cs="Calibri"/>'
    defaults = (
        f'<w:docDefaults><w:rPrDefault><w:rPr>{fonts}<w:sz w:val="20"/><w:szCs w:val="20"/>'
        f"<w:lang w:val={quoteattr(language)}/></w:rPr></w:rPrDefault>"
        '<w:pPrDefault><w:pPr><w:spacing w:after="80" w:line="252" w:lineRule="auto"/></w:pPr></w:pPrDefault>'
        "</w:docDefaults>"
    )
    return f'<w:styles xmlns:w="{_NAMESPACE}">{defaults}{"".join(map(_style, _STYLES))}</w:styles>'


_STYLES = (
    ("Normal", "Normal", "", ""),
    ("Title", "Title", '<w:spacing w:after="60"/>', '<w:b/><w:sz w:val="36"/>'),
    (
        "Heading1",
        "heading 1",
        '<w:keepNext/><w:spacing w:before="280" w:after="60"/><w:outlineLvl w:val="0"/>',
        '<w:b/><w:sz w:val="26"/>',
    ),
    ("Lead", "Lead", '<w:keepNext/><w:spacing w:after="120"/>', ""),
    ("Quote", "Quote", '<w:keepNext/><w:spacing w:before="160" w:after="40"/><w:ind w:left="400" w:right="400"/>', ""),
    ("Citation", "Citation", '<w:spacing w:after="40"/><w:ind w:left="400" w:right="400"/>', '<w:sz w:val="18"/>'),
    ("Turn", "Turn", '<w:spacing w:before="120"/>', ""),
    ("CommentText", "annotation text", '<w:spacing w:after="0"/>', ""),
    ("TableText", "Table Text", '<w:spacing w:after="40"/>', '<w:sz w:val="18"/>'),
    ("TableNumber", "Table Number", '<w:spacing w:after="40"/><w:jc w:val="right"/>', '<w:sz w:val="18"/>'),
    ("TableHeading", "Table Heading", '<w:keepNext/><w:spacing w:after="0"/>', '<w:b/><w:sz w:val="18"/>'),
    (
        "NumberHeading",
        "Number Heading",
        '<w:keepNext/><w:spacing w:after="0"/><w:jc w:val="right"/>',
        '<w:b/><w:sz w:val="18"/>',
    ),
    ("Footer", "footer", '<w:jc w:val="right"/>', f'<w:color w:val="{_GREY}"/><w:sz w:val="16"/>'),
)


def _style(style: tuple[str, str, str, str]) -> str:
    name, title, paragraph, run = style
    default = ' w:default="1"' if name == "Normal" else ""
    based = "" if default else '<w:basedOn w:val="Normal"/>'
    return (
        f'<w:style w:type="paragraph"{default} w:styleId="{name}"><w:name w:val="{title}"/>{based}<w:qFormat/>'
        f"<w:pPr>{paragraph}</w:pPr><w:rPr>{run}</w:rPr></w:style>"
    )
