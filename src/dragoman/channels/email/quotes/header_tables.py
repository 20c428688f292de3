"""Words that mail clients put around quoted text, by language.

Collected from the clients' own translations as they appear in mail (Gmail, Outlook, Apple Mail, Thunderbird,
Yahoo, K-9, mail.ru, Roundcube). Written in lower case; `headers` and `signatures` compile them.
"""

WROTE: dict[str, tuple[str, ...]] = {
    "ar": ("كتب", "كتبت", "تمت كتابة ما يلي", "أرسل"),
    "bg": ("написа", "написано"),
    "ca": ("va escriure", "ha escrit"),
    "cs": ("napsal(a)", "napsala", "napsal", "napísal(a)", "napísala", "napísal"),
    "da": ("skrev", "har skrevet"),
    "de": ("schrieb", "schrieben", "hat geschrieben", "geschrieben"),
    "el": ("έγραψε", "έγραψαν"),
    "en": ("wrote", "writes", "has written", "said"),
    "es": ("escribió", "escribio", "ha escrito"),
    "et": ("kirjutas",),
    "fa": ("نوشت", "نوشته است"),
    "fi": ("kirjoitti",),
    "fr": ("a écrit", "a ecrit", "écrivait", "écrit"),
    "he": ("כתב", "כתבה", "כתב/ה", "מאת"),
    "hi": ("ने लिखा",),
    "hr": ("napisao", "napisala", "je napisao/la", "је написао", "написао/ла"),
    "hu": ("ezt írta", "írta", "a következőt írta"),
    "id": ("menulis",),
    "it": ("ha scritto", "scrive", "scrisse"),
    "ja": ("書きました", "のメール", "のメッセージ", "さんからのメール"),
    "ko": ("님이 작성", "작성", "께서 작성하신", "님이 쓴 글"),
    "lt": ("rašė", "parašė"),
    "lv": ("rakstīja",),
    "nl": ("schreef", "het volgende geschreven", "geschreven"),
    "no": ("skrev", "skreiv"),
    "pl": ("napisał(a)", "napisała", "napisał", "nadesłał", "pisze"),
    "pt": ("escreveu", "escreveram"),
    "ro": ("a scris", "au scris"),
    "ru": ("написал(а)", "написала", "написал", "пишет", "писал(а)", "писал", "писала"),
    "sl": ("je napisal", "je napisala"),
    "sv": ("skrev", "har skrivit"),
    "th": ("เขียนว่า", "เขียน"),
    "tr": ("şunu yazdı", "yazdı", "şunları yazdı"),
    "uk": ("пише", "написав(ла)", "написав", "написала", "писав", "писала"),
    "vi": ("đã viết", "viết"),
    "zh": ("写道", "寫道", "写到", "寫到", "撰寫", "编写"),
}
"""What comes before or after the name in "On …, … wrote:"."""

PROSE = (
    "i", "we", "my", "our", "your", "he", "she", "they", "it says", "who", "ich", "wir", "mein", "meine",
    "unser", "ihr", "schrieb er", "schrieb sie", "j'ai", "nous", "il a", "elle a", "mon", "ma", "yo",
    "he escrito", "mi", "io", "ik", "wij", "jag", "jeg", "я", "мы",
)  # fmt: skip
"""Who writes in prose ("my colleague wrote:"), never in the line of a mail client."""

HEADER_LABELS: dict[str, tuple[str, ...]] = {
    "from": (
        "from", "von", "de", "expéditeur", "da", "van", "från", "fra", "lähettäjä", "od", "от", "от кого",
        "від", "від кого", "kimden", "gönderen", "差出人", "送信者", "发件人", "發件人", "寄件者", "寄件人",
        "보낸 사람", "보낸사람", "발신자", "từ", "người gửi", "من", "מאת", "מ", "από", "feladó", "de la",
        "expeditor", "remitente", "mittente", "afzender", "avsändare", "afsender", "avsender", "nadawca",
        "odesílatel", "dari", "จาก", "absender",
    ),
    "date": (
        "sent", "date", "sent at", "gesendet", "gesendet am", "datum", "envoyé", "envoyé le", "date d'envoi",
        "enviado", "enviado el", "fecha", "enviado em", "enviada em", "enviada", "data", "inviato",
        "inviato il", "verzonden", "verzonden op", "skickat", "skickades", "sendt", "dato", "lähetetty",
        "päivämäärä", "pvm", "wysłano", "data wysłania", "odesláno", "odoslané", "отправлено", "дата",
        "дата отправки", "надіслано", "gönderildi", "gönderilme", "tarih", "gönderme tarihi", "送信日時",
        "日付", "日時", "发送时间", "發送時間", "寄件日期", "日期", "时间", "傳送時間", "보낸 날짜", "보낸날짜",
        "날짜", "보낸 시간", "đã gửi", "ngày", "gửi", "تاريخ الإرسال", "التاريخ", "تم الإرسال", "נשלח", "תאריך",
        "εστάλη", "στάλθηκε", "ημερομηνία", "elküldve", "küldve", "dátum", "trimis", "trimis la",
        "data trimiterii", "dikirim", "tanggal",
    ),
    "to": (
        "to", "an", "à", "para", "a", "aan", "till", "til", "vastaanottaja", "do", "komu", "кому", "kime",
        "alıcı", "宛先", "收件人", "收件者", "받는 사람", "받는사람", "수신자", "đến", "tới", "người nhận",
        "إلى", "אל", "προς", "címzett", "către", "kepada", "destinataire", "destinatario", "destinatário",
        "empfänger", "mottagare",
    ),
    "cc": (
        "cc", "kopie", "copie", "copie à", "kopia", "kopi", "kopio", "копия", "копія", "dw", "bilgi", "抄送",
        "副本", "참조", "نسخة", "עותק", "κοιν.", "κοινοποίηση", "másolatot kap", "másolat", "bcc", "c.c.",
        "kópia",
    ),
    "subject": (
        "subject", "betreff", "objet", "asunto", "assunto", "oggetto", "onderwerp", "ämne", "emne", "aihe",
        "temat", "předmět", "predmet", "тема", "konu", "件名", "主题", "主旨", "主題", "제목", "chủ đề",
        "tiêu đề", "الموضوع", "נושא", "θέμα", "tárgy", "subiect", "subjek", "sujet",
    ),
    "other": (
        "reply-to", "reply to", "antwort an", "risposta", "répondre à", "responder a", "importance",
        "attachments", "organization", "organisation", "priority", "wichtigkeit", "anlagen", "pièces jointes",
        "mailed-by",
    ),
}  # fmt: skip
"""Labels of the header block that Outlook and forwards put above the quoted mail."""

ORIGINAL_MESSAGE = (
    "original message", "original email", "original mail", "original appointment", "reply message",
    "forwarded message", "forwarded mail", "forwarded by", "begin forwarded text", "ursprüngliche nachricht",
    "ursprüngliche mail", "originalnachricht", "original-nachricht", "originalmail", "original-mail",
    "weitergeleitete nachricht", "message d'origine", "message original", "message initial",
    "message transféré", "courriel original", "e-mail d'origine", "mensaje original", "mensaje reenviado",
    "correo original", "mensagem original", "mensagem encaminhada", "messaggio originale",
    "messaggio inoltrato", "messaggio inviato", "oorspronkelijk bericht", "origineel bericht",
    "oorspronkelijke bericht", "doorgestuurd bericht", "originalmeddelande", "ursprungligt meddelande",
    "ursprungsmeddelande", "vidarebefordrat meddelande", "oprindelig meddelelse", "original meddelelse",
    "videresendt meddelelse", "videresendt besked", "opprinnelig melding", "original melding",
    "videresendt melding", "alkuperäinen viesti", "välitetty viesti", "edelleenlähetetty viesti",
    "wiadomość oryginalna", "oryginalna wiadomość", "treść oryginalnej wiadomości", "wiadomość przekazana",
    "przekazana wiadomość", "wiadomość pierwotna", "původní zpráva", "původní e-mail", "přeposlaná zpráva",
    "pôvodná správa", "исходное сообщение", "пересылаемое сообщение", "пересланное сообщение",
    "оригинальное сообщение", "первоначальное сообщение", "перенаправленное сообщение", "вихідне повідомлення",
    "початкове повідомлення", "оригінальне повідомлення", "переслане повідомлення", "пересилане повідомлення",
    "orijinal mesaj", "özgün ileti", "orijinal ileti", "orjinal mesaj", "iletilen mesaj", "yönlendirilen ileti",
    "yönlendirilmiş ileti", "元のメッセージ", "元のメール", "転送メッセージ", "転送されたメッセージ",
    "original message follows", "原始邮件", "原始郵件", "邮件原件", "转发邮件", "转发的邮件", "轉寄郵件",
    "原邮件", "转发邮件信息", "回复的原邮件", "原始訊息", "원본 메일", "원본 메시지", "원본메일", "전달된 메일",
    "전달된 메시지", "thư gốc", "tin nhắn gốc", "thư đã chuyển tiếp", "thư chuyển tiếp", "tin nhắn chuyển tiếp",
    "الرسالة الأصلية", "رسالة أصلية", "رسالة معاد توجيهها", "הודעה מקורית", "הודעה שהועברה", "αρχικό μήνυμα",
    "προωθημένο μήνυμα", "eredeti üzenet", "továbbított üzenet", "mesaj original", "mesajul original",
    "mesaj redirecționat", "mesaj înaintat", "missatge original", "izvorna poruka", "izvirno sporočilo",
    "algne kiri", "pesan asli",
)  # fmt: skip
"""What stands between dashes above a quoted or forwarded mail."""

BEGIN_FORWARDED = (
    "begin forwarded message", "anfang der weitergeleiteten nachricht", "anfang der weitergeleiteten e-mail",
    "début du message réexpédié", "début du message transféré", "inicio del mensaje reenviado",
    "início da mensagem encaminhada", "início da mensagem reencaminhada", "inizio messaggio inoltrato",
    "begin doorgestuurd bericht", "vidarebefordrat brev", "vidarebefordrat mejl", "start på videresendt besked",
    "videresendt melding", "välitetty viesti alkaa", "początek przekazywanej wiadomości",
    "začátek přeposílané zprávy", "začátek přeposlané zprávy", "начало переадресованного сообщения",
    "початок пересланого повідомлення", "iletilen ileti başlangıcı", "転送されたメッセージ", "开始转发的邮件",
    "下面是被转发的邮件", "開始轉寄郵件", "아래는 전달된 메시지", "bắt đầu thư được chuyển tiếp",
    "بدء الرسالة المعاد توجيهها", "תחילת ההודעה שהועברה", "αρχή προωθημένου μηνύματος",
    "továbbított levél kezdete", "începutul mesajului redirecționat",
)  # fmt: skip
"""Apple's line above a forwarded mail, which has no dashes but ends in a colon."""

REPLY_ABOVE = (
    "reply above this line", "reply above the line", "type your reply above", "reply above this email",
    "please reply above", "write above this line", "bitte oberhalb dieser linie", "antwort über dieser linie",
    "antworten sie oberhalb", "répondez au-dessus de cette ligne", "répondre au-dessus de cette ligne",
    "responda por encima de esta línea", "responda acima desta linha", "rispondi sopra questa riga",
    "antwoord boven deze lijn", "typ uw antwoord boven", "svara ovanför denna linje", "svar over denne linje",
)  # fmt: skip
"""The line helpdesks put on top of their notifications."""
