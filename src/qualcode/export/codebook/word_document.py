"""Word documents (.docx) with headings, paragraphs and tables, byte for byte the same for the same content."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Sequence
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

    def xml(self) -> str:
        """Return the run as XML."""
        marks = ("<w:b/>" if self.bold else "") + ("<w:i/>" if self.italic else "")
        # Beside a heading, which is bold, too.
        marks += f'<w:b w:val="0"/><w:color w:val="{_GREY}"/>' if self.grey else ""
        properties = f"<w:rPr>{marks}</w:rPr>" if marks else ""
        return f'<w:r>{properties}<w:t xml:space="preserve">{escape_text(self.text)}</w:t></w:r>'


@dataclass(frozen=True)
class Paragraph:
    """Runs in a paragraph style, indented by a number of steps."""

    runs: Sequence[Run]
    style: str = ""
    steps: int = 0

    def xml(self) -> str:
        """Return the paragraph as XML."""
        properties = f'<w:pStyle w:val="{self.style}"/>' if self.style else ""
        properties += f'<w:ind w:left="{200 * self.steps}"/>' if self.steps else ""
        properties = f"<w:pPr>{properties}</w:pPr>" if properties else ""
        return f"<w:p>{properties}{''.join(run.xml() for run in self.runs)}</w:p>"


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
        yield "[Content_Types].xml", _CONTENT_TYPES
        yield "_rels/.rels", _relationships([("officeDocument", "word/document.xml")], core="docProps/core.xml")
        yield "docProps/core.xml", _CORE.format(title=escape_text(self.title))
        yield "word/_rels/document.xml.rels", _relationships([("styles", "styles.xml"), ("footer", "footer1.xml")])
        yield "word/styles.xml", _styles(self.language)
        yield "word/footer1.xml", _FOOTER
        yield "word/document.xml", self._body()

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
_CONTENT_TYPES = (
    f'<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/word/document.xml" ContentType="{_WORD_TYPE}.document.main+xml"/>'
    f'<Override PartName="/word/styles.xml" ContentType="{_WORD_TYPE}.styles+xml"/>'
    f'<Override PartName="/word/footer1.xml" ContentType="{_WORD_TYPE}.footer+xml"/>'
    '<Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/>'
    "</Types>"
)
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
