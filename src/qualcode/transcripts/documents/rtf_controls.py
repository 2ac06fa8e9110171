"""The control words of Rich Text that its reader supports: characters, asides, and groups without words."""

from __future__ import annotations

SYMBOLS = {"~": "\xa0", "_": "-", "{": "{", "}": "}", "\\": "\\"}
"""Characters of control symbols, by the sign after the backslash."""

SPECIAL_CHARACTERS = {
    "tab": "\t", "line": "\n", "page": "\n", "column": "\n", "lquote": "‘", "rquote": "’", "ldblquote": "“",
    "rdblquote": "”", "bullet": "•", "endash": "–", "emdash": "—", "emspace": "\u2003", "enspace": "\u2002",
    "qmspace": "\u2005", "zwj": "\u200d", "zwnj": "\u200c", "ltrmark": "\u200e", "rtlmark": "\u200f",
    "nestcell": "\t", "nestrow": "\n",
}  # fmt: skip
"""Characters of control words."""

ASIDE_GROUPS = {
    "footnote": "footnote", "annotation": "comment", "shptxt": "text box", "dptxbxtext": "text box",
    "header": "page header", "headerl": "page header", "headerr": "page header", "headerf": "page header",
    "footer": "page foot", "footerl": "page foot", "footerr": "page foot", "footerf": "page foot",
}  # fmt: skip
"""Groups that are asides, with the names of the asides."""

HEADERS_AND_FOOTERS = frozenset({"page header", "page foot"})
"""Asides of pages, not of a paragraph."""

SKIPPED_GROUPS = frozenset(
    "fonttbl colortbl stylesheet info pict nonshppict fldinst listtext pntext pntxta pntxtb pn objdata objclass "
    "objname objalias objsect sn sv shprslt bkmkstart bkmkend atnid atnauthor atntime atndate atnref atnicn "
    "atrfstart atrfend atnparent xe tc rxe txe listtable listoverridetable revtbl rsidtbl generator themedata "
    "colorschememapping latentstyles datastore xmlnstbl filetbl template datafield formfield nonesttables upr "
    "background userprops ftnsep ftnsepc aftnsep aftnsepc ftncn aftncn private passwordhash".split()
)
"""Groups without words of the text, or with words that another group repeats."""

READ_GROUPS = frozenset({"shpinst", "shpgrp", "do", "ud"})
"""Groups that programs may skip, but that are read."""

CHARSETS = {
    2: "cp1252", 77: "mac_roman", 128: "cp932", 129: "cp949", 130: "johab", 134: "gbk", 136: "cp950", 161: "cp1253",
    162: "cp1254", 163: "cp1258", 177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251", 222: "cp874",
    238: "cp1250", 254: "cp437", 255: "cp850",
}  # fmt: skip
"""Encodings of fonts by their character set."""

CODE_PAGES = {"mac": "mac_roman", "pc": "cp437", "pca": "cp850"}
"""Encodings of a file without a code page, by its character set."""
