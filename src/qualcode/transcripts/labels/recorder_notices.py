"""Sentences that recorders, recognisers and chats write into transcripts, in several languages, as data."""

from __future__ import annotations

import re

_PRONOUNS = (
    "i|we|he|she|they|you|it|who|everyone|everybody|someone|somebody|nobody|er|sie|wir|ich|man|jemand|alle|niemand|il|elle"
    "|ils|elles|on|nous|je|tout|él|ella|ellos|nosotros|yo|todos|ele|ela|eles|lui|lei|loro|hij|zij|ze|iedereen"
    "|the|and|but"
)
_WHO = rf"(?!(?:{_PRONOUNS})\b)(?-i:[^\Wa-z_])[^\n:?!]{{0,59}}?"
"""A name at the beginning of a notice: not a pronoun, and not in lower case."""

_MAKER = r"(?:https?://|www\.|(?-i:[A-Z])).{1,100}"
"""A program, a firm or a person behind "transcribed by"."""

_EVENTS = (
    # English
    rf"{_WHO} (?:has )?(?:started|stopped|paused|resumed|ended) (?:the )?(?:live )?(?:transcription"
    rf"|transcript|recording|captions)",
    rf"{_WHO} (?:has )?(?:joined|left|ended|entered) (?:the )?(?:meeting|call|conference|waiting room|webinar)",
    # German
    rf"{_WHO} hat (?:die |das |den )?(?:transkription|aufzeichnung|aufnahme|besprechung|meeting"
    rf"|anruf) (?:gestartet|begonnen|beendet|gestoppt|angehalten|verlassen|betreten)",
    rf"{_WHO} ist (?:der|dem) (?:besprechung|meeting|anruf) beigetreten",
    # French
    rf"{_WHO} a (?:démarré|lancé|commencé|arrêté|interrompu|terminé|rejoint"
    rf"|quitté) (?:la transcription|l['’]enregistrement|la réunion|l['’]appel)",
    # Spanish
    rf"{_WHO} (?:ha )?(?:iniciado|inició|detenido|detuvo|finalizó|abandonó"
    rf"|abandonado) (?:la )?(?:transcripción|grabación|reunión|llamada)",
    rf"{_WHO} (?:se unió|se ha unido|entró|salió) (?:a|en|de) la (?:reunión|llamada)",
    # Portuguese
    rf"{_WHO} (?:iniciou|parou|interrompeu|encerrou) a (?:transcrição|gravação|reunião)",
    rf"{_WHO} (?:entrou na|saiu da) (?:reunião|chamada)",
    # Italian
    rf"{_WHO} ha (?:avviato|iniziato|interrotto|arrestato|terminato|lasciato"
    rf"|abbandonato) la (?:trascrizione|registrazione|riunione|chiamata)",
    rf"{_WHO} si è unit[oa] alla (?:riunione|chiamata)",
    # Dutch
    rf"{_WHO} heeft de (?:transcriptie|opname|vergadering) (?:gestart|gestopt|beëindigd|verlaten)",
    rf"{_WHO} neemt deel aan de vergadering",
    # Polish, Chinese, Japanese
    rf"{_WHO} (?:zatrzymał|zatrzymała|rozpoczął|rozpoczęła) (?:transkrypcję|nagrywanie|spotkanie)",
    rf"{_WHO} ?已?(?:停止|开始|開始|结束|暂停)了?(?:听录|聽錄|转录|轉錄|录制|錄製|录音)",
    rf"{_WHO} ?が ?(?:文字起こし|録音|録画|レコーディング|トランスクリプション) ?を ?(?:停止|開始|終了)しました",
    r"unknown speaker (?:has )?(?:left|joined)(?: the (?:meeting|call))?",
)
"""What somebody did, as a recorder writes it: without a full stop."""

_IMPERSONAL = (
    r"(?:the )?(?:recording|transcription|transcript|meeting|call) (?:has |was "
    r"|is )?(?:been )?(?:started|stopped|paused|resumed|ended|in progress|begins|ends)",
    r"(?:start|beginning|end) of (?:the )?(?:recording|transcript|transcription|meeting|audio|tape|interview)",
    r"(?:(?:this |the )?(?:meeting|call|conference) is|you are) (?:now )?being (?:recorded|transcribed)",
    r"(?:meeting|transcription|recording|call) ended after [\d:]+\W{0,6}",
    r"live transcription \(closed captioning\) has been (?:enabled|disabled).{0,60}",
    r"this (?:editable )?transcript was (?:computer[- ]generated|exported on)\b.{0,120}",
    rf"transcribed (?:by|with|using) {_MAKER}",
    r"(?:this )?(?:transcript|transcription) (?:was|is"
    r"|has been) (?:automatically )?(?:auto-?)?(?:generated|created|produced|made|transcribed)\b.{0,100}",
    r"(?:automatically|machine|ai)[- ](?:generated|transcribed)\b.{0,100}",
    r"(?:subtitles|captions) by .{1,60}",
    r"(?:die )?(?:aufzeichnung|aufnahme|transkription|besprechung) (?:wurde |ist )?(?:gestartet"
    r"|begonnen|beendet|gestoppt|angehalten|läuft)",
    r"(?:beginn|anfang|ende) (?:aufzeichnung|aufnahme)|(?:aufzeichnung|aufnahme) (?:beginn|anfang|ende)",
    r"(?:beginn|anfang|ende) (?:der|des) (?:aufzeichnung|aufnahme|transkription|transkripts|interviews)",
    rf"transkribiert (?:von|mit) {_MAKER}|(?:automatisch|maschinell) (?:erstellt|generiert|transkribiert).{{0,100}}",
    r"(?:dieses|das) transkript (?:wurde|ist) .{0,60}(?:erstellt|generiert|erzeugt).{0,60}"
    r"|untertitel(?:ung)? (?:der|des|von|im auftrag) .{1,80}",
    r"(?:l['’])?enregistrement (?:a été )?(?:démarré|commencé|arrêté|terminé|en cours)"
    r"|(?:la )?transcription (?:a été )?(?:démarrée|arrêtée|terminée)",
    rf"(?:début|fin) de (?:l['’]enregistrement|la transcription|l['’]entretien)|transcri(?:t|ption) par {_MAKER}"
    rf"|sous-titrage {_MAKER}",
    r"cette transcription a été .{0,60}(?:générée|créée|produite).{0,60}|sous-titres (?:réalisés|par)\b.{1,80}",
    r"(?:la )?(?:grabación|transcripción) (?:ha sido |fue )?(?:iniciada|detenida|finalizada|en curso)"
    r"|(?:inicio|fin|final) de la (?:grabación|transcripción|entrevista)",
    rf"transcrito por {_MAKER}|esta transcripción (?:fue|ha sido|se) .{{0,60}}gener.{{0,60}}"
    rf"|subtítulos (?:realizados|por)\b.{{1,80}}",
    r"(?:a )?(?:gravação|transcrição) (?:foi )?(?:iniciada|parada|interrompida|encerrada)|(?:início"
    r"|fim) da (?:gravação|transcrição|entrevista)|esta transcrição foi .{0,60}gerada.{0,60}",
    rf"(?:la )?(?:registrazione|trascrizione) (?:è stata )?(?:avviata|iniziata|interrotta|terminata)"
    rf"|(?:inizio|fine) della (?:registrazione|trascrizione)|trascritto da {_MAKER}"
    rf"|questa trascrizione è stata .{{0,60}}generata.{{0,60}}",
    rf"(?:de )?(?:opname|transcriptie) (?:is )?(?:gestart|gestopt|beëindigd)"
    rf"|einde (?:van de )?(?:opname|transcriptie)|getranscribeerd door {_MAKER}"
    rf"|dit transcript is .{{0,60}}(?:gemaakt|gegenereerd).{{0,60}}",
)
"""What a recorder says of the recording or the transcript."""

_LAYOUT = (
    r"(?:page|seite|página|pagina|strona) \d{1,4}(?: ?(?:of|von|de|sur|di|van|z|/) ?\d{1,4})?",
    r"字幕由.{1,60}|第 ?\d{1,4} ?页",
)
"""Page numbers and credits of subtitles."""

_PARTS = (
    "extract|excerpt|interview|recording|audio|tape|transcript|transcription|session|conversation|discussion|section"
    "|part|clip|file|call|meeting|podcast|episode|video"
)
_WEEKDAYS = (
    "monday|tuesday|wednesday|thursday|friday|saturday|sunday|montag|dienstag|mittwoch|donnerstag|freitag|samstag"
    "|sonnabend|sonntag|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|lunes|martes|miércoles|jueves|viernes"
    "|sábado|domingo|segunda-feira|terça-feira|quarta-feira|quinta-feira|sexta-feira|lunedì|martedì|mercoledì|giovedì"
    "|venerdì|sabato|domenica|maandag|dinsdag|woensdag|donderdag|vrijdag|zaterdag|zondag"
)
_PLACES = (
    rf"(?:the )?(?:{_PARTS}) (?:begins|starts|ends|continues|continued|resumes|resumed|stops|stopped|paused|started)",
    rf"(?:begin|beginning|start|end|continuation|resumption) of (?:the )?(?:{_PARTS})",
    r"(?:ausschnitt|auszug|interview|aufnahme) (?:beginnt|endet)|(?:anfang|beginn|ende) des (?:ausschnitts|auszugs)",
    r"(?:début|fin|suite) de l['’](?:extrait|enregistrement|entretien)"
    r"|(?:inicio|fin|início|fim) d(?:el|o) (?:extracto|fragmento|trecho)|(?:inizio|fine) dell['’]estratto",
)
"""Where a recording begins, ends or goes on, as nobody would say it."""

_BREAKS = (
    r"(?:(?:short|tea|coffee|lunch|comfort|toilet|bathroom|commercial|ten[- ]minute|five[- ]minute) )?break"
    r"|interval|intermission|interlude|interruption",
    r"(?:kaffee|mittags|tee|kurze )?pause|unterbrechung|pause(?:[- ](?:café|déjeuner))|pausa|descanso|intervalo"
    r"|intervallo|onderbreking|pauze",
    r"intro|outro|opening credits|closing credits|(?:intro|outro|theme|opening|closing) music|jingle|advert|adverts"
    r"|advertisement|advertisements|commercial|sponsor message|teaser|trailer|vorspann|abspann|einspieler",
    rf"(?:{_WEEKDAYS})(?:,? (?:morning|afternoon|evening|night|vormittag|nachmittag|abend|matin|après-midi|soir|mañana"
    r"|tarde|noche|manhã|noite|mattina|pomeriggio|sera|[\d./-]+[^\n:]{0,20}))?",
)
"""Words for parts of a recording, which may be words of a speaker as well."""

NO_SPEAKER = rf"{'|'.join((*_PLACES, *_BREAKS))}"
"""What begins lines as labels do and is a part of the recording, as a regular expression in lower case."""

_PART_NAME = re.compile("|".join(_BREAKS))
_WEEKDAY = re.compile(_WEEKDAYS)

_IN_BRACKETS = (
    r"(?:the )?end(?: of (?:file|document))?|ende|fin|einde|slut|koniec"
    r"|blank_audio|speaker_turn|no_speech|music|musik|musique|música|musica|muziek"
)
"""What recognisers and typists write between brackets or asterisks."""

_OPEN, _CLOSE = r"\s*[\[(<*—–-]{0,3}\s*", r"\s*[\])>*—–-]{0,3}\s*"
_NOTICE = re.compile(
    rf"{_OPEN}(?:(?:{'|'.join(_EVENTS)})(?: at [\d:]+)?|(?:{'|'.join(_IMPERSONAL)})[.!]?"
    rf"|(?:{'|'.join((*_LAYOUT, *_PLACES))}):?){_CLOSE}|(?:{'|'.join(_BREAKS)}):\s*"
    rf"|\s*[\[(*]{{1,3}} ?(?:{_IN_BRACKETS}|{'|'.join(_BREAKS)})[.!:]? ?[\])*]{{1,3}}\s*",
    re.IGNORECASE,
)
_MAX_NOTICE = 160

_MEDIA = (
    "image|images|video|audio|sticker|gif|document|contact card|video note|photo|media|location|voice message"
    "|bild|foto|dokument|kontaktkarte|medien|videonachricht|standort|vidéo|photo|médias|fiche contact"
    "|imagen|vídeo|documento|tarjeta de contacto|multimedia|archivo|imagem|áudio|figurinha|mídia|cartão do contato"
    "|immagine|scheda contatto|afbeelding|contactkaart"
)
_OMITTED = (
    "omitted|weggelassen|ausgelassen|ausgeschlossen|omis|omise|absent|absente|retiré|retirée|manquant|omitido|omitida"
    "|omitidos|ocultado|ocultada|oculto|oculta|omesso|omessa|omessi|non incluso|esclusa|weggelaten"
)
_CHAT_PLACEHOLDERS = (
    rf"(?:{_MEDIA}) (?:{_OMITTED})",
    r"[^\n<>]{1,80}\((?:file attached|datei angehängt|fichier joint|archivo adjunto|arquivo anexado"
    r"|file allegato|bestand bijgevoegd)\)",
    r"(?:you deleted this message|this message was deleted|(?:diese )?nachricht (?:wurde )?gelöscht"
    r"|du hast diese nachricht gelöscht)",
    r"(?:ce message a été supprimé|vous avez supprimé ce message|se eliminó este mensaje"
    r"|eliminaste este mensaje|este mensaje fue eliminado)",
    r"(?:(?:esta )?mensagem (?:foi )?apagada|você apagou esta mensagem"
    r"|questo messaggio è stato eliminato|hai eliminato questo messaggio|dit bericht (?:is|werd) verwijderd)",
    r"(?:missed (?:group )?(?:voice|video) call|verpasster (?:sprach|video)anruf|appel (?:vocal"
    r"|vidéo) manqué|(?:video)?llamada (?:de voz )?perdida)\b.{0,40}",
    r"(?:chamada de (?:voz|vídeo) perdida|(?:video)?chiamata (?:vocale )?persa|gemiste (?:spraak"
    r"|video)oproep|waiting for this message\b.{0,40}|null)",
    r"(?:messages and calls|nachrichten und anrufe|les messages et les appels|los mensajes y las llamadas)\b.{0,200}",
    r"<[^<>\n]{3,80}>",
)
_PLACEHOLDER = re.compile(rf"\s*(?:{'|'.join(_CHAT_PLACEHOLDERS)})\.?\s*", re.IGNORECASE)
_REMARK_ON_MESSAGE = re.compile(r"(?<=\S)[ \t\u200e]+<[^<>\n]{3,60}>\s*$")


def is_recorder_notice(line: str) -> bool:
    """Return whether a whole line is a notice of the recorder: "Ann Lee stopped transcription"."""
    return len(line) <= _MAX_NOTICE and _NOTICE.fullmatch(line) is not None


def is_part_name(label: str) -> bool:
    """Return whether a label is one word for a part of a recording or a weekday, and may be a person's name: Monday."""
    return label.isalpha() and label[0].isupper() and _PART_NAME.fullmatch(label.lower()) is not None


def is_weekday(label: str) -> bool:
    """Return whether a label is the name of a weekday."""
    return _WEEKDAY.fullmatch(label.lower()) is not None


def find_placeholder(message: str) -> tuple[int, int] | None:
    """Return the span of the place of a medium, a deleted message or a remark of the program in a line of a chat."""
    match = _PLACEHOLDER.fullmatch(message) or _REMARK_ON_MESSAGE.search(message)
    return match.span() if match else None
