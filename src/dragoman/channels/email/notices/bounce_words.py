"""The words by which mail systems say what became of a mail.

By language. Every entry is a piece of a regular expression over folded text (see `phrases`), without nested
repetition. What a match is worth is decided in `signals`, where words alone never decide.
"""

from __future__ import annotations

import re

from dragoman.channels.email.notices.phrases import any_of

RETURNED_SUBJECTS = {
    "en": (
        r"undeliver",
        r"non-?deliver",
        r"returned (?:e?-?mail|message|to sender)",
        r"return(?:ed|ing) (?:your )?(?:e?-?mail|message) to sender",
        r"return to sender",
        r"mail deliver[iy]",
        r"(?:e?-?mail|message|mailing) (?:delivery )?(?:has |was |has been |could |can)?(?:fail|reject|refus|"
        r"return|bounc|block|error|not (?:be )?(?:deliver|sent)|undeliver|abort|wasn't deliver)",
        r"deliver[iy] (?:has |to .{1,80} )?(?:fail|error|problem|unsuccess|incomplet|abort|reject|not )",
        r"(?:delivery|message|mail) (?:status|report|notification)",
        r"fail(?:ed|ure) (?:notice|notification|delivery|to deliver|mail|message)",
        r"(?:could|can) ?not (?:be )?deliver",
        r"(?:unable|not able) to deliver",
        r"not delivered",
        r"mail (?:system )?(?:error|failure|rejected)",
        r"(?:error|failure) (?:in |with |while |when )?(?:sending|delivering|delivery)",
        r"postmaster notify",
        r"(?:unknown|invalid|no such) (?:user|address|recipient|mailbox)",
        r"(?:user|address|recipient|mailbox) (?:is )?(?:unknown|not found|full|invalid|over quota)",
        r"bounced? (?:e?-?mail|message|notification)",
        r"\[?bounce\b",
        r"ndn:",
        r"loop alert|mail loop|too many hops|duplicated message-id",
        r"not (?:a )?member|not (?:allowed|authori[sz]ed|permitted) to (?:post|send)|"
        r"post(?:ing)? (?:by non-member|rejected)",
        r"awaits moderator approval",
        r"(?:sending|transmission) (?:failed|failure|error)",
        r"(?:rejected|blocked|failed|quarantined) (?:e?-?mail|message|posting|delivery)",
        r"(?:virus|banned content|infected).{0,30}(?:mail|message|from you)",
        r"considered unsolicited bulk",
    ),
    "de": (
        r"unzustellbar",
        r"nicht zustellbar",
        r"nicht zugestellt",
        r"zustellung.{0,40}fehl",
        r"zustell(?:ungs)?(?:fehler|problem|status|benachricht)",
        r"benachrichtigung (?:zum|über den) (?:ü|u)bermittlungsstatus",
        r"übermittlungs(?:status|fehler)",
        r"fehler bei der (?:zustellung|übermittlung)",
        r"(?:nachricht|e?-?mail) konnte nicht",
    ),
    "fr": (
        r"non remis",
        r"non[- ]d(?:é|e)livr",
        r"non[- ]distribu",
        r"(?:é|e)chec (?:de |d'|lors )",
        r"retour(?:né)? (?:à|a) l'exp",
        r"notification d'(?:é|e)tat de (?:la )?(?:remise|distribution)",
        r"remise impossible",
        r"message impossible à remettre",
    ),
    "es": (
        r"no se (?:puede|pudo|ha podido) entregar",
        r"no entreg",
        r"(?:error|fallo|falla) (?:de|en) (?:la )?entrega",
        r"notificación (?:de|del|sobre el) estado de (?:la )?entrega",
        r"(?:correo|mensaje) (?:devuelto|no entreg|rechazado)",
        r"devuelto al remitente",
    ),
    "pt": (
        r"não (?:foi |pôde ser |pode ser )?entreg",
        r"não é possível entregar",
        r"falha (?:na|de|no) (?:entrega|envio)",
        r"notificação (?:de|do) (?:status|estado) (?:de|da) entrega",
        r"(?:mensagem|e?-?mail) (?:devolvid|não entreg|rejeitad)",
        r"devolvid[oa] ao remetente",
    ),
    "it": (
        r"non recapita",
        r"mancato recapito",
        r"mancata consegna",
        r"(?:recapito|consegna) non riuscit",
        r"impossibile recapitare",
        r"notifica (?:dello |sullo |di )?stato (?:di |del )?(?:consegna|recapito)",
        r"consegna fallita",
        r"(?:messaggio|mail) non consegnat",
    ),
    "nl": (
        r"onbestelbaar",
        r"niet (?:bezorg|afgelever|besteld)",
        r"(?:bezorging|aflevering) (?:is )?mislukt",
        r"kan niet worden (?:bezorgd|afgeleverd)",
        r"melding (?:van|over) (?:de )?(?:bezorg|aflever)",
    ),
    "ru": (
        r"не ?доставл",
        r"не (?:может быть|удалось|было) доставл?",
        r"ошибка (?:при )?доставк",
        r"уведомление о (?:состоянии |статусе )?доставк",
        r"(?:сообщение|письмо|ваше сообщение) не доставл",
        r"ваше сообщение не",
        r"недоставк",
        r"возврат (?:письма|почты|сообщения)",
    ),
    "pl": (
        r"niedostarcz",
        r"nie (?:można|udało się|została) dostarcz",
        r"powiadomienie o stanie d",
        r"zwrot poczty",
    ),
    "cs": (
        r"nedoruč",
        r"nelze doručit",
        r"oznámení o stavu doručení",
    ),
    "sv": (
        r"(?:kan|kunde) inte levereras",
        r"olever",
        r"ej lever",
        r"leveransfel",
    ),
    "da, no": (
        r"(?:kan|kunne) ikke lever",
        r"ikke lever(?:t|et)",
        r"ule(?:ve|vér)r",
        r"returneret",
    ),
    "fi": (
        r"(?:toimitus|lähetys) epäonnistui",
        r"ei voi(?:tu|da) toimittaa",
        r"toimittamat",
    ),
    "hu": (
        r"kézbesíthetetlen",
        r"nem kézbesíthető",
        r"sikertelen kézbesítés",
    ),
    "tr": (
        r"(?:teslim edil|ileti?l|gönderil)emedi",
        r"teslim edilemeyen",
    ),
    "el": (
        r"δεν παραδόθηκε",
        r"(?:αποτυχία|αδυναμία) παράδοσης",
        r"μη παραδοτέο",
    ),
    "ro": (
        r"nelivra",
        r"livrare(?:a)? (?:a )?eșuat",
    ),
    "uk": (
        r"не доставлено",
        r"недоставлен",
        r"помилка доставки",
    ),
    "ar, he": (
        r"تعذر (?:ال)?تسليم",
        r"غير قابل للتسليم",
        r"לא ניתן למסור",
        r"לא נמסר",
    ),
    "id, vi, th": (
        r"(?:tidak|gagal) terkirim",
        r"tidak (?:dapat|bisa) dikirim",
        r"không (?:thể )?gửi",
        r"ส่งไม่",
    ),
    "ja": (
        r"配[信送達](?:不能|不可|エラー|失敗|できま|されま|状[況態])",
        r"送信(?:エラー|失敗|不能|できま)",
        r"(?:不達|未達|未配信)",
        r"エラーメール",
        r"届(?:きません|けられ|けでき)",
        r"メール.{0,12}(?:エラー|失敗)",
    ),
    "zh": (
        r"退[信件回]",
        r"(?:投[递遞]|[发發]送|[传傳][递遞送輸]|[递遞]送|派送)失[败敗]",
        r"[无無]法(?:投|送|[发發]|[传傳]|[递遞])",
        r"未(?:能)?(?:送达|送達|投[递遞]|[传傳][递遞])",
        r"[传傳][递遞][状狀][态態]",
    ),
    "ko": (
        r"반송",
        r"(?:전송|배달|발송|전달|송신)\s?(?:실패|불가|오류|상태)",
        r"(?:배달|전달|전송|발송)(?:되지|할 수 없)",
    ),
}

DELAY_WORDS = {
    "en": (
        r"delayed",
        r"\(delay\)",
        r"could not send message for past",
        r"(?:not yet|has not) been delivered",
        r"still (?:being |in the |un)?(?:queue|deliver|trying|retrying|attempting)",
        r"(?:is|been) queued for (?:later|retry)",
        r"delivery (?:attempts )?will (?:continue|be (?:retried|attempted))",
        r"temporary (?:non-?delivery|failure report)",
    ),
    "de": (
        r"verzögert",
        r"verzögerung",
    ),
    "fr": (
        r"(?:remise|distribution|message) (?:a été |est )?(?:retardé|différé)",
        r"retardé",
    ),
    "es": (
        r"(?:entrega|mensaje) (?:se ha )?(?:retras|demor)",
        r"retraso en la entrega",
    ),
    "pt": (
        r"entrega (?:foi )?(?:atrasad|adiad)",
        r"atraso na entrega",
    ),
    "it": (
        r"(?:consegna|recapito) (?:in ritardo|ritardat|posticip)",
        r"ritardo (?:nella|del) (?:consegna|recapito)",
    ),
    "nl": (
        r"(?:bezorging|aflevering|bericht) (?:is |werd )?vertraagd",
        r"vertraging",
    ),
    "ru": (
        r"задерж(?:ан|ка|ивается)",
        r"доставка.{0,30}отложена",
    ),
    "pl, cs": (
        r"opóźnion",
        r"zpožděn",
        r"opožděn",
    ),
    "sv, da, no": (
        r"fördröj",
        r"försen",
        r"forsinke",
    ),
    "ja, zh, ko": (
        r"配信.{0,6}遅",
        r"遅延",
        r"延[迟遲]",
        r"지연",
    ),
}

DELIVERED_SUBJECTS = {
    "en": (
        r"\((?:success|relay|relayed|delivered|expanded)\)",
        r"delivery (?:has been |was )?success",
        r"(?:^|\W)success(?:ful|fully) (?:mail )?deliver",
        r"delivery (?:receipt|confirmation)",
        r"^(?:delivered|relayed):",
    ),
    "others": (
        r"^(?:zugestellt|weitergeleitet|remis|relayé|entregado|entregue|recapitato|consegnato|bezorgd|"
        r"afgeleverd|доставлено|配信済み|已送达|已傳遞|배달됨) ?[::]",
        r"\((?:erfolg(?:reich)?|réussite|éxito|correcto|êxito|sucesso|operazione riuscita|geslaagd|успех|成功)\)",
        r"zustellbestätigung|accusé de remise|confirmación de entrega|confirmação de entrega|ricevuta di consegna",
    ),
}

READ_RECEIPT_SUBJECTS = {
    "en": (
        r"^(?:read|not read):",
        r"^(?:return|read) receipt",
        r"message disposition notification",
        r"^disposition notification",
    ),
    "others": (
        r"^(?:gelesen|ungelesen gelöscht|lu|non lu|leído|no leído|lida|lido|letto|gelezen|прочтено|прочитано|"
        r"przeczytan[eo]|přečteno|läst|læst|lest|luettu|okundu|開封済み|已读|已讀|읽음) ?[::]",
        r"^(?:lesebestätigung|empfangsbestätigung|accusé de (?:lecture|réception)|confirmación de lectura|"
        r"confirmação de leitura|conferma di lettura|ricevuta di ritorno|leesbevestiging|"
        r"уведомление о прочтении|開封(?:確認|通知))",
    ),
}

# Parcels fail to be delivered too, and their carriers' notifications are wanted.
PARCEL_WORDS = {
    "en": (
        r"\b(?:parcel|package|shipment|shipping|courier|tracking number|your (?:order|delivery) (?:#|no|number|of))\b",
        r"\bdriver\b",
    ),
    "de, nl": (r"\b(?:paket|sendung(?:snummer)?|lieferung|pakket|zending)\b",),
    "fr, es, pt, it": (r"\b(?:colis|livreur|paquete|pedido|encomenda|pacco|corriere|spedizione)\b",),
    "others": (r"посылк", r"荷物|宅配|配達員", r"包裹|快[递遞]", r"택배"),
}

# Where a report stops and the mail it returns begins.
COPY_MARKERS = {
    "all": (
        r"below this line is (?:a copy|the)",
        r"(?:this is|included is|here is|below is|attached is) (?:a|the) copy of",
        r"original (?:message|mail|e?-?mail)(?: headers?| info| text| content)?(?: follows?)?\W",
        r"message (?:headers?|text|body|contents?) follow",
        r"returned (?:message|mail|text)",
        r"unsent message",
        r"message header (?:information|\W)",
        r"元のメール|原(?:文|始[邮郵]件)|原メール|送信メール|元のメッセージ",
        r"ursprüngliche (?:nachricht|mail)|originalnachricht",
        r"message d'origine|mensaje original|mensagem original|messaggio originale|oorspronkelijk bericht|"
        r"исходное (?:письмо|сообщение)",
    ),
}

SMTP_ERROR = re.compile(
    r"\b[45]\d\d[- ]#?[45]\.\d{1,3}\.\d{1,3}\b|\(#[45]\.\d\.\d\)|\brcpt to: ?<|\b55\d[- ]|said: [45]\d\d|"
    r"smtp;? ?(?:error|[45]\d\d)|(?:final|original)-recipient:|diagnostic-code:"
)

ENVELOPE_COMMANDS = re.compile(r"\bmail from:.{1,200}\brcpt to:")
GIVEN_UP = re.compile(
    r"permanent|giv(?:en|ing) up|no further|could not be delivered|undeliverable|failed|5\d\d[ -]5\.\d"
)
RETURNED_SUBJECT = any_of(RETURNED_SUBJECTS)
DELAY = any_of(DELAY_WORDS)
DELIVERED_SUBJECT = any_of(DELIVERED_SUBJECTS)
READ_RECEIPT_SUBJECT = any_of(READ_RECEIPT_SUBJECTS)
COPY_MARKER = any_of(COPY_MARKERS)
PARCEL = any_of(PARCEL_WORDS)
