"""What a full stop means in a language: abbreviations, ordinals, words that open a sentence; as tables."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from unicodedata import normalize


@dataclass(frozen=True, slots=True)
class _Language:
    """Words of one language, in lower case without the last full stop, separated by spaces."""

    inside: str = ""
    """Abbreviations that never end a sentence: titles before a name, and those that connect words."""
    final: str = ""
    """Abbreviations that may end a sentence: they do where a capitalised word follows."""
    numbers: str = ""
    """Abbreviations only before a number: "No. 5", but "I said no. They left"."""
    openers: str = ""
    """Words that open a sentence rather than continue a name: "the letter K. I can ...", "es waren 12. Dann ..."."""
    ordinal_nouns: str = ""
    """Ends of nouns that an ordinal number stands before: "3. Mai", "19. Jahrhundert"."""
    ordinal_articles: str = ""
    """Words before an ordinal number, where a noun follows: "im 2. Anlauf"."""
    question_marks: str = ""
    """Characters that end a question in this language only."""


# A form with several full stops is also found with spaces between them: "z. B." for "z.b".
_COMMON = _Language(
    inside="mr mrs ms dr prof rev hon st vs e.g eg i.e ie cf al dept est approx",
    final="etc inc ltd co corp jr sr a.m p.m",
    numbers="no nos nr núm n vol fig p pp ch sec art para",
)
_LANGUAGES = {
    "en": _Language(
        inside=(
            "messrs gen sen rep gov capt col sgt lt ave blvd rd jan feb mar apr jun jul aug sept sep oct nov dec "
            "u.s u.k"
        ),
        openers="i we he she it they you the a and but so that this there then if when in my our his her",
    ),
    "de": _Language(
        inside=(
            "z.b d.h i.d.r i.e.s i.a u.u s.o s.u z.t z.zt o.g m.e m.w v.a u.ä o.ä u.a a.d i.v u.dgl d.j bzw ca "
            "evtl ggf inkl exkl vgl hr fr frl str tel sog bspw dipl ing mag abs ehem gem geb gest zzgl abzgl insb "
            "zw max min hl med rer nat phil jur iur pol h.c habil fa u co jan feb apr aug sept okt nov dez"
        ),
        final="usw u.s.w etc v.chr n.chr u.v.m uvm gmbh",
        numbers="nr nrn s bd kap ziff art bl tab abb",
        openers=(
            "ich du er sie es wir ihr man das dies diese dieser dann da und aber so also nun jetzt hier dort "
            "danach später heute gestern morgen mehr wenn als weil dass wer was wie wo warum ja nein doch auch "
            "nur nach bei seit mit für auf an in zu von aus der die den dem ein eine einen mein meine unser "
            "unsere sein seine kein keine"
        ),
        ordinal_nouns=(
            "januar jänner februar märz april mai juni juli august september oktober november dezember "
            "jahrhundert jahrhunderts jahrtausend jahrzehnt mal jahr jahres tag tages woche monat stunde minute "
            "klasse platz stock stocks etage geschoss obergeschoss weltkrieg weltkriegs weltkrieges semester "
            "quartal halbjahr geburtstag jahrestag hochzeitstag advent auflage kapitel band teil akt runde liga "
            "bundesliga mannschaft generation grad ebene stufe reihe schritt versuch lehrjahr ausbildungsjahr "
            "schuljahr schwangerschaftswoche lebensjahr lebensjahres bezirk vorsitzende vorsitzender vorsitzenden "
            "bürgermeister abteilung phase instanz"
        ),
        ordinal_articles=(
            "am im vom zum zur beim ins ans der die das den dem des ein eine einen einem einer jeder jede jedes "
            "jeden jedem unser unsere unserem unseren mein meine meinem meinen sein seine seinem seinen ihr ihre "
            "ihrem"
        ),
    ),
    "fr": _Language(
        inside=(
            "m mm mme mmes mlle mlles me dr pr env p.ex c.-à-d c-à-d av bd éd cf ex max min st ste janv févr avr "
            "juil sept oct nov déc tél j.-c"
        ),
        final="etc apr.j.-c av.j.-c s.a s.a.r.l",
        numbers="n art chap p pp vol fig réf",
        openers=(
            "je tu il elle on nous vous ils elles ce cela ça c'est mais et puis alors donc ensuite après quand si "
            "maintenant ici là oui non mon ma mes notre nos"
        ),
    ),
    "es": _Language(
        inside=(
            "sr sra srta sres sras dr dra dres d dña prof profa lic ing arq gral cnel cap fr sto sta mons ud uds "
            "vd vds p.ej ej av avda aprox máx mín dpto depto tel tfno ee.uu rr.hh ff.aa cc.oo s.m s"
        ),
        final="etc a.m p.m a.c d.c s.a s.l cía ltda",
        numbers="núm nº n.º pág págs p pp cap art vol fig no",
        openers=(
            "yo tú él ella nosotros nosotras ellos ellas usted ustedes pero y entonces después luego cuando si no "
            "así también eso esto ahora aquí allí ya porque mi mis nuestro nuestra"
        ),
    ),
    "pt": _Language(
        inside=(
            "sr sra srta srs sras dr dra drs dras d exmo exma ilmo ilma prof profa eng arq v.exa v.ex.a v.sa p.ex "
            "ex av aprox máx mín tel r.g c.p.f gen cel cap pe fr sto sta depto e.u.a"
        ),
        final="etc a.c d.c s.a ltda cia lda",
        numbers="núm n nº pág págs p pp cap art vol fig no",
        openers=(
            "eu tu ele ela nós eles elas você vocês mas e então depois quando se não assim também isso isto agora "
            "aqui ali já porque meu minha nosso nossa"
        ),
    ),
    "it": _Language(
        inside=(
            "sig sig.ra sig.na sigg dott dott.ssa dr prof prof.ssa ing avv arch geom rag on mons p.es ad.es es "
            "cfr c.a ca max min tel v.le p.za c.so gen col cap"
        ),
        final="ecc etc a.c d.c s.p.a s.r.l s.n.c",
        numbers="n nn num pag pagg p pp cap art vol fig",
        openers=(
            "io tu lui lei noi voi loro ma e poi allora quindi dopo quando se no così anche questo quello adesso "
            "ora qui lì già perché mio mia nostro nostra"
        ),
    ),
    "nl": _Language(
        inside=(
            "dhr mevr mw bijv b.v bv d.w.z dwz o.a m.a.w i.p.v t.o.v n.a.v m.b.t t.a.v z.g zgn evt incl excl ca "
            "drs ir mr ing prof ds st resp max min tel jl i.v.m o.l.v v.h a.u.b jan feb mrt apr aug sept okt nov "
            "dec"
        ),
        final="enz etc e.d e.a o.i.d v.chr n.chr b.v n.v",
        numbers="nr nrs blz p art hfst fig",
        openers=(
            "ik jij je hij zij ze we wij jullie het dat dit maar en dus toen dan daarna als nu hier daar ja nee "
            "ook want mijn onze ons"
        ),
    ),
    "pl": _Language(
        inside=(
            "np m.in tj tzn tzw dr prof mgr inż ks św pt ul al al pl śp gen płk kpt mjr red im por wg ok max min tel"
        ),
        final="itd itp etc r w n.e p.n.e sp.z.o.o s.a",
        numbers="nr s str t rozdz art ust pkt poz",
    ),
    "cs": _Language(
        inside=(
            "např tj tzv resp popř příp mj dr prof ing mgr bc doc mudr judr phdr rndr sv ul nám p pí vs max min "
            "tel cca kpt gen plk"
        ),
        final="atd apod aj etc s.r.o a.s n.l př.n.l",
        numbers="č s str kap odst čl obr tab",
    ),
    "sv": _Language(
        inside=(
            "t.ex tex bl.a d.v.s dvs s.k f.d fr.o.m t.o.m p.g.a i.st m.a.o dr prof st ca resp inkl exkl max min tel"
        ),
        final="osv o.s.v m.m m.fl etc o.d e.d f.kr e.kr",
        numbers="nr s kap fig",
    ),
    "da": _Language(
        inside=(
            "f.eks feks bl.a d.v.s dvs s.k p.g.a pga m.h.t mht hr fr dr prof ca evt inkl ekskl max min tlf jf "
            "iflg ift vedr hhv skt sct"
        ),
        final="osv o.s.v m.m m.v mv m.fl mfl etc o.l ol f.kr e.kr",
        numbers="nr s kap fig kl",
    ),
    "no": _Language(
        inside=(
            "f.eks feks bl.a d.v.s dvs s.k p.g.a pga mht hr fr dr prof ca evt inkl ekskl maks min tlf jf iflg ift "
            "vedr hhv st"
        ),
        final="osv o.s.v m.m m.v mv m.fl mfl etc o.l ol f.kr e.kr",
        numbers="nr s kap fig kl",
    ),
    "fi": _Language(
        inside="esim ts ks vrt mm eli n noin tri prof rva hra nti puh kpl",
        final="jne ym yms etc ao eaa eKr jKr oy ky",
        numbers="nro s luku kuva klo",
    ),
    "el": _Language(
        inside="π.χ δηλ κ κα κος κ.ά βλ κατ δρ αρ τηλ π.δ",
        final="κ.λπ κλπ κ.ά μ.χ π.χ.χ",
        numbers="αρ σελ κεφ",
        question_marks=";",
    ),
}
_LANGUAGES |= {"nb": _LANGUAGES["no"], "nn": _LANGUAGES["no"]}

_ORDINAL_LANGUAGES = frozenset("de da no nb nn cs sk pl fi hu hr sl et lv is".split())

_UNSPACED_STOPS = "。！？｡।॥։።፧။།༎។៕"
_CLOSING = r"""[)\]}"'”’»›“‘«‹*_」』）】》〉]"""
UNSPACED_ENDS = f"{_UNSPACED_STOPS}」』）】》〉"
"""Characters that may end a sentence without white space behind them."""

BULLETS = "•‣◦●○■□▪▫➢➤►▶✓✔∙⁃\x7f\uf0b7\uf0a7"
"""Signs that begin an item of a list wherever they stand between white space."""

INITIALISMS = frozenset({"u.s", "u.k", "d.c", "e.u", "u.n"})
"""Abbreviations made of initials: they do not end a sentence before a name ("U.S. Government")."""

_MORE = "asst assoc univ intl natl misc avg orig abbr eds op ref refs attn oz einschl monatl jährl tägl versch"
"""Abbreviations that matter only before lower-case words."""

_WORDS = frozenset("no art sec fig para me ok red on im doc tab cap rag arch abs el ex mal pe".split())
"""Abbreviations that are ordinary words in another language or without a number behind them."""


@dataclass(frozen=True, slots=True, eq=False)
class SentenceRules:
    """How sentences of one language end; words are in lower case, without the last full stop."""

    inside: frozenset[str]
    final: frozenset[str]
    before_numbers: frozenset[str]
    abbreviations: frozenset[str]
    """All of these."""
    openers: frozenset[str]
    expressions: re.Pattern[str]
    """Expressions with full stops that end no sentence: abbreviations written with spaces, dates, ordinals."""
    possible_end: re.Pattern[str]
    """Characters that may end a sentence; searched for first, since a search for single characters is fast."""
    sentence_end: re.Pattern[str]
    has_ordinals: bool
    """Whether a number with a full stop is an ordinal."""
    ends_before_lower_case: bool
    """Whether a full stop also ends a sentence before a lower-case word if the writer otherwise uses capitals."""
    key: tuple[str, ...]
    """Language and additional abbreviations: rules with one key are equal."""


@lru_cache(maxsize=8)
def get_sentence_rules(language: str, more: tuple[str, ...] = ()) -> SentenceRules:
    """Return the rules of a language; ``more`` abbreviations do not end a sentence either."""
    own = _LANGUAGES.get(language, _Language())
    inside, final = _words(own.inside) | {word.rstrip(".").casefold() for word in more}, _words(own.final)
    has_ordinals = language in _ORDINAL_LANGUAGES
    stops = rf".!?\u037e\u203c\u2047-\u2049{own.question_marks}"
    # The language overrides what is common: Spanish "Sr." stands before a name, English "Sr." behind it.
    inside, final = (inside | _words(_COMMON.inside)) - final, final | (_words(_COMMON.final) - inside)
    numbers = (_words(own.numbers) | _words(_COMMON.numbers)) - inside
    return SentenceRules(
        inside=inside,
        final=final,
        before_numbers=numbers,
        abbreviations=inside | final | numbers | INITIALISMS,
        openers=_words(own.openers) | _words(_LANGUAGES["en"].openers),
        expressions=_compile_expressions(own, inside | final, has_ordinals=has_ordinals),
        possible_end=re.compile(f"[{stops}…{_UNSPACED_STOPS}︒؟۔．{BULLETS}\n]"),
        sentence_end=_compile_sentence_end(stops),
        has_ordinals=has_ordinals,
        # Only for the language whose abbreviations are known best.
        ends_before_lower_case=language == "en",
        key=(language, *sorted(more)),
    )


@lru_cache(maxsize=1)
def known_abbreviations() -> frozenset[str]:
    """Return the abbreviations of all languages: people quote other languages, and tables are never complete."""
    tables = (_COMMON, *_LANGUAGES.values())
    words = _words(" ".join(f"{table.inside} {table.final} {table.numbers}" for table in tables))
    return (words | _words(_MORE)) - _WORDS


def _words(text: str) -> frozenset[str]:
    return frozenset(normalize("NFC", word).casefold() for word in text.split())


def _compile_sentence_end(stops: str) -> re.Pattern[str]:
    # The look-behind keeps a long run of dots from being matched anew at each dot, which takes quadratic time.
    # Marks with blanks between them, as in ". . .", are one ending.
    end = rf"""(?: (?<![{stops}]) [{stops}]+ (?:[ \u00a0][.!?]+)* | …+[.!?]* | [{_UNSPACED_STOPS}︒؟۔．]+ )
        {_CLOSING}*                               # closing quotation marks and brackets
        (?= \s | \Z | (?<=[{UNSPACED_ENDS}]) )     # then white space, except in scripts without it
      | \n[ \t]*\n                               # a blank line always ends a sentence
    """
    return re.compile(end, re.VERBOSE)


def _compile_expressions(language: _Language, abbreviations: Iterable[str], *, has_ordinals: bool) -> re.Pattern[str]:
    dotted = sorted((word for word in set(abbreviations) if "." in word), key=len, reverse=True)
    spaced = [r"\.\s?".join(map(re.escape, word.split("."))) + r"\." for word in dotted]
    parts = [rf"(?<!\w)(?:{'|'.join(spaced)})", r"(?<!\w)\d{1,2}\.\s?\d{1,2}\.\s?(?:\d{4}|\d{2})\b"]
    if has_ordinals:
        parts.append(r"(?<!\w)\d{1,2}\.\s?(?:0?[1-9]|1[0-2])\.(?=\s?[^\W\d])")
    if language.ordinal_nouns:
        number = r"(?:\d{1,3}|[IVXL]{1,6})\."
        nouns, articles, openers = (
            "|".join(words.split()) for words in (language.ordinal_nouns, language.ordinal_articles, language.openers)
        )
        parts.append(rf"(?<!\w){number}\s\w*?(?:{nouns})\b")
        # Any other noun behind an article: "im 2. Anlauf", but "sie kam am 3. Dann ...".
        parts.append(rf"\b(?:{articles})\s{number}\s(?!(?:{openers})\b)\w{{2}}")
    return re.compile("|".join(parts), re.IGNORECASE)
