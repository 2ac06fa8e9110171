"""Abbreviations, ordinals and words that open a sentence by language, as tables."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Language:
    """Words of one language, in lower case without the last full stop, separated by spaces."""

    inside: str = ""
    """Abbreviations that never end a sentence: titles before a name, and those that connect words."""
    final: str = ""
    """Abbreviations that may end a sentence: they do where a capitalised word follows."""
    numbers: str = ""
    """Abbreviations only before a number: "No. 5", but "I said no. They left"."""
    number_endings: str = ""
    """Ends of words that are abbreviated before a number: "Hauptstr. 5"."""
    units: str = ""
    """Abbreviations behind a number, that end a sentence only before an opener: "5 Mio. Euro"."""
    years: str = ""
    """Abbreviations that may end a sentence behind a number, and do not elsewhere: "1990 г. Мы", "г. Иванов"."""
    clitics: str = ""
    """Words that begin a sentence in lower case, with an apostrophe before them: "'s Morgens"."""
    openers: str = ""
    """Words that open a sentence rather than continue a name: "the letter K. I can ...", "es waren 12. Dann ..."."""
    ordinal_nouns: str = ""
    """Ends of nouns that an ordinal number stands before: "3. Mai", "19. Jahrhundert"."""
    ordinal_articles: str = ""
    """Words before an ordinal number, where a noun follows: "im 2. Anlauf"."""
    question_marks: str = ""
    """Characters that end a question in this language only."""


# A form with several full stops is also found with spaces between them: "z. B." for "z.b".
COMMON = Language(
    inside="mr mrs ms dr prof rev hon st vs e.g eg i.e ie cf al dept est approx",
    final="etc inc ltd co corp jr sr a.m p.m",
    numbers="no nos nr núm n vol fig p pp ch sec art para",
)
LANGUAGES = {
    "en": Language(
        inside=(
            "messrs gen sen rep gov capt col sgt lt ave blvd rd jan feb mar apr jun jul aug sept sep oct nov dec "
            "u.s u.k"
        ),
        openers="i we he she it they you the a and but so that this there then if when in my our his her",
    ),
    "de": Language(
        inside=(
            "z.b d.h i.d.r i.e.s i.a u.u s.o s.u z.t z.zt o.g m.e m.w v.a u.ä o.ä u.a a.d i.v u.dgl d.j bzw ca "
            "evtl ggf inkl exkl vgl hr fr frl str tel sog bspw dipl ing mag abs ehem gem geb gest zzgl abzgl insb "
            "zw max min hl med rer nat phil jur iur pol h.c habil fa u co jan feb apr aug sept okt nov dez"
        ),
        final="usw u.s.w etc v.chr n.chr u.v.m uvm gmbh",
        numbers="whg hnr nr nrn s bd kap ziff art bl tab abb",
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
        number_endings="str pl",
        units="mio mrd tsd bio",
    ),
    "fr": Language(
        inside=(
            "m mm mme mmes mlle mlles me dr pr env p.ex c.-à-d c-à-d av bd éd cf ex max min st ste janv févr avr "
            "juil sept oct nov déc tél j.-c"
        ),
        final="etc apr.j.-c av.j.-c s.a s.a.r.l",
        numbers="boul bât appt n art chap p pp vol fig réf",
        openers=(
            "je tu il elle on nous vous ils elles ce cela ça c'est mais et puis alors donc ensuite après quand si "
            "maintenant ici là oui non mon ma mes notre nos"
        ),
        units="mio mrd",
    ),
    "es": Language(
        inside=(
            "sr sra srta sres sras dr dra dres d dña prof profa lic ing arq gral cnel cap fr sto sta mons ud uds "
            "vd vds p.ej ej av avda aprox máx mín dpto depto tel tfno ee.uu rr.hh ff.aa cc.oo s.m s"
        ),
        final="etc a.m p.m a.c d.c s.a s.l cía ltda",
        numbers="apdo piso s núm nº n.º pág págs p pp cap art vol fig no",
        openers=(
            "yo tú él ella nosotros nosotras ellos ellas usted ustedes pero y entonces después luego cuando si no "
            "así también eso esto ahora aquí allí ya porque mi mis nuestro nuestra"
        ),
        units="mill",
    ),
    "pt": Language(
        inside=(
            "sr sra srta srs sras dr dra drs dras d exmo exma ilmo ilma prof profa eng arq v.exa v.ex.a v.sa p.ex "
            "ex av aprox máx mín tel r.g c.p.f gen cel cap pe fr sto sta depto e.u.a"
        ),
        final="etc a.c d.c s.a ltda cia lda",
        numbers="séc apto bl km núm n nº pág págs p pp cap art vol fig no",
        openers=(
            "eu tu ele ela nós eles elas você vocês mas e então depois quando se não assim também isso isto agora "
            "aqui ali já porque meu minha nosso nossa"
        ),
        units="mi bi mil",
    ),
    "it": Language(
        inside=(
            "sig sig.ra sig.na sigg dott dott.ssa dr prof prof.ssa ing avv arch geom rag on mons p.es ad.es es "
            "cfr c.a ca max min tel v.le p.za c.so gen col cap"
        ),
        final="ecc etc a.c d.c s.p.a s.r.l s.n.c",
        numbers="sec civ int n nn num pag pagg p pp cap art vol fig",
        openers=(
            "io tu lui lei noi voi loro ma e poi allora quindi dopo quando se no così anche questo quello adesso "
            "ora qui lì già perché mio mia nostro nostra"
        ),
        units="mln mld",
    ),
    "nl": Language(
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
        number_endings="str ln",
        units="mln mld",
        clitics="s t n k m r",
    ),
    "pl": Language(
        inside=(
            "np m.in tj tzn tzw dr prof mgr inż ks św pt ul al al pl śp gen płk kpt mjr red im por wg ok max min tel"
        ),
        final="itd itp etc r w n.e p.n.e sp.z.o.o s.a",
        numbers="m lok nr s str t rozdz art ust pkt poz",
        units="mln mld tys",
    ),
    "cs": Language(
        inside=(
            "např tj tzv resp popř příp mj dr prof ing mgr bc doc mudr judr phdr rndr sv ul nám p pí vs max min "
            "tel cca kpt gen plk"
        ),
        final="atd apod aj etc s.r.o a.s n.l př.n.l",
        numbers="č s str kap odst čl obr tab",
        units="mil mld tis",
    ),
    "sv": Language(
        inside=(
            "t.ex tex bl.a d.v.s dvs s.k f.d fr.o.m t.o.m p.g.a i.st m.a.o dr prof st ca resp inkl exkl max min tel"
        ),
        final="osv o.s.v m.m m.fl etc o.d e.d f.kr e.kr",
        numbers="kl storg kungsg drottningg vasag kyrkog skolg järnvägsg nr s kap fig",
        units="milj mrd",
    ),
    "da": Language(
        inside=(
            "f.eks feks bl.a d.v.s dvs s.k p.g.a pga m.h.t mht hr fr dr prof ca evt inkl ekskl max tlf jf "
            "iflg ift vedr hhv skt sct"
        ),
        final="min osv o.s.v m.m m.v mv m.fl mfl etc o.l ol f.kr e.kr",
        numbers="d nr s kap fig kl",
        units="mio mia mill mrd",
    ),
    "no": Language(
        inside=(
            "f.eks feks bl.a d.v.s dvs s.k p.g.a pga mht hr fr dr prof ca evt inkl ekskl maks tlf jf iflg ift "
            "vedr hhv st"
        ),
        final="min osv o.s.v m.m m.v mv m.fl mfl etc o.l ol f.kr e.kr",
        numbers="d nr s kap fig kl",
        units="mio mia mill mrd",
    ),
    "fi": Language(
        inside="esim ts ks vrt mm eli n noin tri prof rva hra nti puh kpl",
        final="jne ym yms etc ao eaa eKr jKr oy ky",
        numbers="nro s luku kuva klo",
        units="milj mrd",
    ),
    "el": Language(
        inside="αγ στρ καθ π.χ δηλ κ κα κος κ.ά βλ κατ δρ αρ τηλ π.δ",
        final="κ.λπ κλπ κ.ά μ.χ π.χ.χ",
        numbers="αρ σελ κεφ",
        question_marks=";",
        units="εκ δισ",
    ),
    "ru": Language(
        inside="т.е т.к т.н т.о г ул пр пер пл наб бул просп им проф акад д-р тов см ср напр св ред",
        final="т.д т.п др пр н.э до.н.э",
        numbers="д кв корп стр рис табл гл п пп ст тел с т",
        units="млн млрд тыс",
        years="г гг в вв р руб коп",
        openers="я ты он она оно мы вы они это но и а потом тогда когда если нет да так там тут здесь сейчас",
    ),
    "uk": Language(
        inside="т.зв м вул просп пров пл ім проф акад див св р",
        final="т.д т.п ін н.е",
        numbers="д кв корп стор рис табл гл п ст тел с т",
        units="млн млрд тис",
        years="р рр ст грн",
        openers="я ти він вона воно ми ви вони це але і а потім тоді коли якщо ні так там тут зараз",
    ),
    "ar": Language(inside="د أ م أ.د ا.د", final="إلخ الخ", numbers="ص ج ت ع"),
    "hi": Language(inside="डॉ डा प्रो पं श्री सु कु स्व", numbers="सं पृ क्र"),
    "mr": Language(inside="डॉ प्रा श्री सौ कु पं", numbers="क्र पृ"),
    "tr": Language(
        inside="dr prof av doç sn hz bkz örn alm yrd öğr mah", final="vb vs vd", numbers="cad sok no apt kat s"
    ),
    "hu": Language(inside="dr prof kb pl ill ún ifj özv szt", final="stb kft zrt bt", numbers="u ker em fsz sz o"),
    "ro": Language(inside="dl dna dr prof ing av sf", final="etc ș.a s.a", numbers="nr str bd bl ap sc et pag art"),
}
LANGUAGES |= {"nb": LANGUAGES["no"], "nn": LANGUAGES["no"]}

ORDINAL_LANGUAGES = frozenset("de da no nb nn cs sk pl fi hu hr sl et lv is".split())

BACKWARD_QUOTATION_LANGUAGES = frozenset("de da cs sk hr sl hu sr".split())
"""Languages in which » may open a quotation."""

INITIALISMS = frozenset({"u.s", "u.k", "d.c", "e.u", "u.n"})
"""Abbreviations made of initials: they do not end a sentence before a name ("U.S. Government")."""

MORE_ABBREVIATIONS = (
    "asst assoc univ intl natl misc avg orig abbr eds op ref refs attn oz einschl monatl jährl tägl versch"
)
"""Abbreviations that matter only before lower-case words."""

ORDINARY_WORDS = frozenset(
    "apt int mi piso mill no art sec fig para me ok red on im doc tab cap rag arch abs el ex mal pe".split()
)
"""Abbreviations that are ordinary words in another language or without a number behind them."""

FINAL_WORDS = "了 吧 吗 嗎 呢 啊 呀 嘛 啦 です ます した ね よ"
"""Words before an ellipsis that ends a sentence in a script without spaces; elsewhere the speaker hesitates."""

QUOTATION_FOLLOWERS = (
    "[、，,;；:：。]|と(?!ても|にかく|ころ|りあえず)|って|という|なんて|など|とか|を|の(?!ち)|は(?![いじ])"
    "|(?:[他她它我你您][们們]?|\\w{0,3})(?:说|說|问|問|(?<!知)道|答|喊|叫)"
)
"""Expression of words behind a quotation in a script without spaces that continue the sentence around it."""
