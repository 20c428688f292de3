"""The words of answering machines, and of systems that challenge or accuse a sender.

By language. Every entry is a piece of a regular expression over folded text (see `phrases`), without nested
repetition. What a match is worth is decided in `signals`, where words alone never decide.
"""

from __future__ import annotations

import re

from dragoman.channels.email.notices.phrases import AT_START, any_of

# Mail programs put these before the subject they answer, with a colon or in brackets; people write neither.
AUTO_REPLY_NAMES = {
    "en": (
        r"auto(?:matic|mated|matically generated)?[- ]?(?:reply|response|respond|answer)(?:er)?",
        r"autorespon[sd]e?r?",
        r"yahoo! auto response",
        r"out of (?:the )?office(?: auto-?(?:reply|response)| reply| message| notification| response)",
        r"vacation (?:reply|response|message|auto-?reply|rule)",
        r"away from my mail",
    ),
    "de": (
        r"auto(?:matische)?[- ]?(?:antwort|rückmeldung|nachricht)",
        r"abwesenheits(?:notiz|nachricht|benachrichtigung|meldung|agent|assistent)",
    ),
    "fr": (
        r"réponse automatique",
        r"réponse d'absence",
        r"(?:message|avis|notification) d'absence",
        r"absence du bureau",
    ),
    "es, ca": (
        r"respuesta automática",
        r"resposta automàtica",
        r"contestación automática",
        r"fuera de la oficina",
    ),
    "pt": (
        r"resposta (?:automática|de ausência)",
        r"ausência temporária",
        r"fora do escritório",
    ),
    "it": (
        r"risposta automatica",
        r"fuori sede",
        r"assenza dall'ufficio",
        r"fuori ufficio",
    ),
    "nl": (
        r"automatisch (?:antwoord|bericht)",
        r"afwezigheids(?:bericht|melding|assistent)",
        r"niet aanwezig",
    ),
    "ru, uk": (
        r"автоматическ(?:ий|ое) (?:ответ|сообщение)",
        r"автоответ",
        r"автоматична відповідь",
    ),
    "pl, cs, sk": (
        r"automatyczna odpowiedź",
        r"autoodpowiedź",
        r"automatická odpověď",
        r"automatická odpoveď",
    ),
    "sv, da, no": (
        r"auto(?:matiskt? )?svar",
        r"autosvar",
        r"frånvaromeddelande",
        r"fraværs(?:melding|besked)",
    ),
    "fi, hu, ro": (
        r"automaattinen vastaus",
        r"automatikus (?:válasz|üzenet)",
        r"răspuns automat",
    ),
    "tr, el": (
        r"otomatik (?:yanıt|cevap)",
        r"αυτόματη απάντηση",
    ),
    "ar, he": (
        r"رد تلقائي",
        r"الرد التلقائي",
        r"תשובה אוטומטית",
        r"מענה אוטומטי",
    ),
    "id, vi, th": (
        r"balasan otomatis",
        r"trả lời tự động",
        r"ตอบกลับอัตโนมัติ",
    ),
    "ja": (
        r"自動(?:応答|返信|回答)",
        r"不在(?:通知|連絡|応答)",
        r"外出中",
    ),
    "zh": (
        r"自[动動](?:回[复復覆]|答[复復覆]|应答)",
        r"外出[时時]?(?:自[动動])?(?:回[复復覆])",
    ),
    "ko": (
        r"자동\s?(?:회신|응답|답장)",
        r"부재\s?중\s?(?:알림|자동|회신)",
    ),
}

# May stand in a person's mail too: worth something only beside other signs.
ABSENCE_SUBJECTS = {
    "en": (
        r"^(?:out of (?:the )?office|ooo|on (?:vacation|holiday|leave)|away(?: from (?:the |my )?office)?)\b",
        r"(?:is|am|i'm|will be) (?:currently )?(?:out of (?:the )?office|on (?:vacation|holiday|leave)|away)",
        r"\((?:vacation|autoreply|auto-reply|out of office|automatic reply)\)",
        # "Your" tells an acknowledgement from what a contact form sends: "New message received".
        r"^auto(?: response)?:",
        r"^\W{0,3}request received\b",
        r"your (?:request|ticket|message|e?-?mail|case|inquiry|enquiry) (?:\S{1,40} )?(?:has been |was )received",
        r"^(?:we(?:'ve| have)? received your|thank(?:s| you) for (?:contacting|your (?:e?-?mail|message|inquiry|"
        r"request)))",
        r"no longer (?:with|works|employed|in use|monitored)",
    ),
    "others": (
        r"abwesen",
        r"nicht im (?:büro|haus)",
        r"im urlaub",
        r"eingangsbestätigung",
        r"^absence\b",
        r"en vacances",
        r"absent(?:e)? du bureau",
        r"accusé de réception",
        r"fuera de (?:la )?oficina",
        r"ausente",
        r"de vacaciones",
        r"fora do escritório",
        r"de férias",
        r"ausência",
        r"fuori ufficio",
        r"in ferie",
        r"assente",
        r"afwezig",
        r"met vakantie",
        r"в отпуске",
        r"отсутств",
        r"nieobecn",
        r"mimo kancelář",
        r"frånvar",
        r"fravær",
        r"poissa",
        r"不在",
        r"休暇",
        r"受付完了",
        r"受け付けました",
        r"外出",
        r"休假",
        r"부재",
        r"휴가",
    ),
}

AUTO_REPLY_OPENINGS = {
    "en": (
        r"(?:i am|i'm|i will be|i'll be|we are|is|will be) (?:\S{1,12} ){0,3}(?:out of (?:the |my )?office|"
        r"away from|on (?:vacation|holiday|(?:\S{1,10} )?leave)|away until|travell?ing)",
        r"this is an? (?:auto\S{0,10}|system) ?-?(?:generated )?(?:reply|response|respond|answer|confirmation|"
        r"acknowledge|message|e?-?mail)",
        r"(?:automatic|automated|auto)[- ]?(?:reply|response|acknowledge)",
        r"(?:this|your) (?:e?-?mail|message|request|inquiry) (?:was|has been|is) (?:automatically )?(?:received|"
        r"generated|registered|logged)",
        r"we (?:have|'ve)? ?(?:just )?received your (?:e?-?mail|message|request|inquiry|enquiry)",
        r"(?:limited|no|without|intermittent) access to (?:my )?e?-?mail",
        r"(?:no longer|not) (?:in use|monitored|works? (?:for|at|here)|employed|with the company)",
        r"(?:please )?do not reply to this (?:automat|e?-?mail|message)",
    ),
    "others": (
        r"nicht im (?:büro|haus)",
        r"im urlaub",
        r"abwesen",
        r"automatisch(?:e|en|es)? (?:generiert|erstellt|antwort|eingangs|erzeugt)",
        r"(?:actuellement )?absente?(?: du| jusqu)",
        r"en congés?",
        r"réponse automatique",
        r"message automatique",
        r"fuera de (?:la )?oficina",
        r"de vacaciones",
        r"respuesta automática",
        r"mensaje automático",
        r"fora do escritório",
        r"de férias",
        r"(?:resposta|mensagem) automática",
        r"fuori (?:ufficio|sede)",
        r"in ferie",
        r"(?:risposta|messaggio) automatic",
        r"afwezig",
        r"niet (?:op kantoor|aanwezig)",
        r"met vakantie",
        r"automatisch (?:antwoord|bericht|gegenereerd)",
        r"в отпуске",
        r"автоматическ",
        r"nieobecn",
        r"urlop",
        r"automatyczn",
        r"automatick",
        r"frånvarande",
        r"på semester",
        r"fraværende",
        r"på ferie",
        r"autosvar",
        r"自動(?:応答|返信|送信|配信)",
        r"自動的に",
        r"不在",
        r"休暇",
        r"自[动動](?:回[复復覆]|答)",
        r"不在[办辦]公室",
        r"休假",
        r"자동",
        r"부재",
        r"휴가",
    ),
}

CHALLENGE_WORDS = {
    "en": (
        r"confirm (?:that you sent |delivery of )?your (?:original |e?-?mail )?message",
        r"e?-?mail requires verification",
        r"verify#",
        r"(?:sender|human) (?:verification|authori[sz]ation|confirmation) (?:required|request|needed)",
        r"verify (?:e?-?mail )?sender",
        r"challenge[-/ ]response",
        r"your (?:message|e?-?mail).{0,60}(?:is being held|awaits|awaiting) (?:your |sender )?(?:confirmation|"
        r"verification|approval)",
        r"reply to this (?:message|e?-?mail) (?:to (?:confirm|release|deliver)|"
        r"so that your (?:original )?(?:message|e?-?mail))",
        r"click.{0,40}to (?:release|deliver) your (?:message|e?-?mail)",
    ),
    "others": (
        r"antispam.{0,40}(?:bestätig|confirm)",
        r"bestätigen sie.{0,40}(?:versand|absender)",
        r"veuillez confirmer l'envoi de votre message",
        r"confirme o envio (?:da|de) sua? mensagem",
    ),
}

# Domino writes this sentence for everyone who is away.
DOMINO_ABSENCE = re.compile(
    r"i (?:will be|am) out of the office (?:starting|until|from) .{0,60}and will not return until"
)

COMPLAINT_SUBJECTS = {
    "en": (
        r"complaint about (?:your )?(?:message|e?-?mail) from",
        r"(?:e?-?mail )?feedback report for",
        r"(?:spam|abuse|fraud) (?:report|complaint)",
        r"abuse (?:message|feedback)",
    ),
}

REPLY_OR_FORWARD = re.compile(
    r"^[\W_]{0,3}(?:\[[^\]]{1,40}\] ?)?(?:re|aw|sv|vs|antw|odp|rv|res|r|fwd?|wg|tr|enc|rif|i|doorst|vb|vl|ha|"
    r"пересл|отв|回复|回覆|答复|转发|轉寄|返信|転送)(?:\[\d{1,3}\])? ?[::]"
)

AUTO_REPLY_NAME = any_of(AUTO_REPLY_NAMES, lead=AT_START)
AUTO_REPLY_PREFIX = any_of(AUTO_REPLY_NAMES, lead=AT_START, tail=r"(?: from \S{1,100})? ?[::\]]")
ABSENCE_SUBJECT = any_of(ABSENCE_SUBJECTS)
AUTO_REPLY_OPENING = any_of(AUTO_REPLY_OPENINGS)
CHALLENGE = any_of(CHALLENGE_WORDS)
COMPLAINT_SUBJECT = any_of(COMPLAINT_SUBJECTS, lead=AT_START)
