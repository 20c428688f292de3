"""Words that open signatures, footers and disclaimers, by what they are; lower case, compiled by `signatures`."""

SENT_FROM = (
    "sent from", "sent via", "sent with", "sent by", "sent on", "sent using", "sent through", "from my iphone",
    "from my ipad", "from my android", "from my mobile", "from my phone", "typed on", "get outlook for",
    "get [outlook for", "get yahoo mail", "download outlook", "via mobile", "someone from mobile",
    "gesendet von", "gesendet mit", "gesendet über", "von meinem", "von unterwegs",
    "diese nachricht wurde von mein", "diese nachricht wurde von meinem", "outlook für",
    "holen sie sich outlook", "von outlook für", "envoyé de", "envoyé depuis", "envoyé à partir", "envoyé d'un",
    "envoyé avec", "télécharger outlook", "obtenez outlook", "obtenir outlook", "provenance : courrier",
    "enviado desde", "enviado con", "enviado via", "enviado vía", "enviado por", "obtener outlook",
    "enviado do", "enviado de", "enviado a partir", "enviado pelo", "enviado através", "obter o outlook",
    "obter outlook", "baixe o outlook", "inviato da", "inviato dal", "inviato con", "inviato tramite",
    "scarica outlook", "ottieni outlook", "verzonden vanaf", "verzonden met", "verzonden via",
    "verstuurd vanaf", "verstuurd met", "verstuurd via", "outlook voor", "download outlook voor",
    "skickat från", "skickades från", "skickat med", "hämta outlook", "sendt fra", "sendt med", "hent outlook",
    "få outlook", "lähetetty", "hanki outlook", "wysłano z", "wysłane z", "wysłano za", "pobierz outlook",
    "odesláno z", "odesláno pomocí", "odoslané z", "získat outlook", "отправлено с", "отправлено из",
    "отправлено через", "послано с", "скачать outlook", "получить outlook", "надіслано з", "надіслано із",
    "відправлено з", "відправлено із", "отримати outlook", "iphone'umdan gönderildi", "ipad'imden gönderildi",
    "iphone から送信", "iphoneから送信", "ipadから送信", "ipad から送信", "outlook for ios",
    "outlook for android", "发自我的", "發自我的", "从我的", "從我的", "发送自", "來自我的", "傳送自",
    "获取 outlook", "下載 outlook", "나의 iphone에서 보냄", "내 iphone에서 보냄", "gửi từ", "đã gửi từ",
    "được gửi từ", "tải outlook", "أُرسلت من", "أرسلت من", "تم الإرسال من", "مرسل من", "נשלח מה", "נשלח מ",
    "στάλθηκε από", "εστάλη από", "αποστολή από", "λήψη του outlook", "elküldve a", "elküldve az", "küldve az",
    "küldve a", "iphone-ról küldve", "iphone-ról küldték", "trimis de pe", "trimis de la", "trimis din",
    "descărcați outlook", "enviat des", "poslano s", "poslano z", "poslané z", "изпратено от", "dikirim dari",
    "ส่งจาก", "saadetud minu", "nosūtīts no", "išsiųsta iš", "<<sent by", "(sent from",
)  # fmt: skip
"""Beginnings of the line that a phone or app appends."""

DEVICES = (
    "iphone", "iphonu", "iphonie", "iphonom", "iphonului", "ipad", "ipadu", "ipod", "ios", "apple", "mac",
    "macbook", "android", "samsung", "galaxy", "huawei", "xiaomi", "redmi", "nokia", "htc", "lg", "sony",
    "xperia", "oneplus", "oppo", "pixel", "motorola", "moto", "lenovo", "asus", "alcatel", "lumia",
    "blackberry", "windows", "outlook", "mail", "e-mail", "email", "gmail", "airmail", "mailbird", "proton",
    "protonmail", "spark", "nine", "bluemail", "aquamail", "k-9", "thunderbird", "mobile", "phone", "cell",
    "cellphone", "smartphone", "tablet", "handheld", "device", "app", "wireless", "pc", "computer", "laptop",
    "mobilgerät", "handy", "yahoo", "icloud", "verizon", "t-mobile", "vodafone", "orange", "wifi",
    "mobiltelefon", "portable", "téléphone", "mobil", "móvil", "teléfono", "celular", "dispositivo", "telefone",
    "telemóvel", "telefono", "cellulare", "smarttelefon", "telefoon", "mobiel", "mobieltje", "mobilen",
    "mobiltelefonen", "puhelimesta", "puhelimestani", "iphonesta", "iphonestani", "ipadista", "telefonu",
    "telefonem", "mobilu", "zařízení", "telefon", "telefonul", "telefonumdan", "cihazımdan", "телефона",
    "телефону", "телефоном", "смартфона", "мобильного", "мобильной", "устройства", "почты", "пошти", "κινητό",
    "携帯", "スマートフォン", "手机", "手機", "邮箱", "郵件", "邮件", "휴대폰", "điện thoại", "الهاتف", "هاتفي",
    "جهاز", "סלולרי", "נייד",
)  # fmt: skip
"""What such a line names; "sent by courier" names none."""

SENT_FROM_ENDS = (
    "gesendet", "gesendet.", "から送信", "より送信", "傳送", "发送", "發送", "寄出", "에서 보냄",
    "에서 발송된 메일입니다", "gönderildi", "から送信されました", "iphonesta", "puhelimesta", "küldve",
    "k-9 mail.", "iphone-ról küldve",
)  # fmt: skip
"""Endings of such a line in languages that put the verb last."""

SIGN_OFFS = (
    "best regards", "kind regards", "warm regards", "regards", "best wishes", "best", "cheers", "sincerely",
    "yours sincerely", "yours faithfully", "many thanks", "thanks", "thank you", "thx",
    "mit freundlichen grüßen", "freundliche grüße", "viele grüße", "beste grüße", "liebe grüße", "mfg", "lg",
    "gruß", "grüße", "cordialement", "bien cordialement", "salutations", "bien à vous", "merci", "saludos",
    "un saludo", "atentamente", "gracias", "cordialmente", "atenciosamente", "obrigado", "obrigada", "abraço",
    "cumprimentos", "cordiali saluti", "saluti", "distinti saluti", "grazie", "met vriendelijke groet",
    "met vriendelijke groeten", "groeten", "groetjes", "mvg", "bedankt", "med vänliga hälsningar",
    "vänliga hälsningar", "hälsningar", "mvh", "tack", "med venlig hilsen", "venlig hilsen", "hilsen", "tak",
    "med vennlig hilsen", "vennlig hilsen", "takk", "ystävällisin terveisin", "terveisin", "kiitos",
    "pozdrawiam", "z poważaniem", "dziękuję", "s pozdravem", "děkuji", "с уважением", "спасибо", "з повагою",
    "дякую", "saygılarımla", "iyi çalışmalar", "teşekkürler", "よろしくお願いします", "敬具", "此致", "谢谢",
    "祝好", "감사합니다", "trân trọng", "cảm ơn", "مع تحياتي", "مع أطيب التحيات", "شكرا", "בברכה", "תודה",
    "με εκτίμηση", "ευχαριστώ", "üdvözlettel", "köszönöm", "cu stimă", "mulțumesc", "o zi bună",
)  # fmt: skip
"""What people close with; it stays in the text."""

CONTACT_LABELS = (
    "tel", "tel.", "telephone", "téléphone", "telefon", "teléfono", "telefono", "telefone", "telefoon", "phone",
    "ph", "mobile", "mob", "mobil", "móvil", "cell", "cel", "celular", "fax", "t", "f", "m", "p", "e", "w",
    "office", "direct", "e-mail", "email", "mail", "web", "website", "www", "skype", "twitter", "linkedin",
    "whatsapp", "handy", "gsm", "тел", "тел.", "моб", "телефон", "факс", "電話", "携帯", "电话", "手机", "邮箱",
    "전화", "điện thoại", "هاتف", "טלפון", "נייד", "τηλ", "puh", "puh.", "puhelin", "tlf", "tlf.", "tél",
    "tél.", "cep", "cep tel",
)  # fmt: skip
"""Labels before a phone number or an address."""

FOOTERS = (
    "you received this message because", "you are receiving this", "you're receiving this",
    "you have received this message because", "to unsubscribe", "unsubscribe:", "to stop receiving",
    "to manage your", "to change your subscription", "manage your subscription", "click here to unsubscribe",
    "if you no longer wish", "to view this discussion", "view this message online", "for more options, visit",
    "reply to this email directly", "to respond, reply to this email", "visit topic or reply to this email",
    "list info", "archives:", "this message was sent to", "this email was sent to", "to post to this group",
    "sie erhalten diese", "um sich abzumelden", "vous recevez ce", "pour vous désabonner",
    "ha recibido este mensaje porque", "recibiste este mensaje porque", "has recibido este mensaje porque",
    "para cancelar la suscripción", "você recebeu esta mensagem porque", "você está recebendo",
    "para cancelar sua inscrição", "hai ricevuto questo messaggio perché", "ricevi questo messaggio perché",
    "per annullare l'iscrizione", "u ontvangt dit bericht", "u hebt dit bericht ontvangen", "je ontvangt deze",
    "om u af te melden", "du får detta", "du har fått det här meddelandet", "avsluta prenumerationen",
    "du modtager denne", "du har modtaget denne besked", "du mottar denne", "meld deg av", "sait tämän viestin",
    "otrzymałeś tę wiadomość", "otrzymujesz tę wiadomość", "aby zrezygnować", "tuto zprávu jste obdrželi",
    "dostáváte tento", "вы получили это сообщение", "вы получили это письмо", "чтобы отписаться",
    "ви отримали це", "щоб скасувати підписку", "abonelikten çık", "您收到此邮件", "您收到此郵件",
    "bạn nhận được", "لقد تلقيت هذه الرسالة", "קיבלת את ההודעה", "λάβατε αυτό το μήνυμα", "azért kapta ezt",
    "ați primit acest mesaj",
)  # fmt: skip
"""Openings of what list servers and notification mails append."""

DISCLAIMER_OPENINGS = (
    "confidentiality notice", "confidentiality:", "confidential:", "legal disclaimer", "disclaimer:",
    "important notice:", "privileged and confidential", "privileged/confidential", "this e-mail and any",
    "this email and any", "this email message and any", "this e-mail message and any", "this message and any",
    "this transmission and any", "this e-mail is confidential", "this email is confidential",
    "this message is confidential", "this e-mail message is", "this email message is intended",
    "this email is intended", "this e-mail is intended", "this message is intended",
    "this message contains confidential", "this email contains confidential",
    "this e-mail contains confidential", "this email may contain", "this e-mail may contain",
    "this message may contain", "the information contained in this", "the information in this e-mail",
    "the information in this email", "the information transmitted", "the contents of this e-mail",
    "the contents of this email", "the content of this e-mail", "the content of this email",
    "if you are not the intended recipient", "if you have received this", "please consider the environment",
    "consider the environment before", "think before you print", "virus-free",
    "this email has been checked for viruses", "this email has been scanned", "this message has been scanned",
    "no virus found in this", "checked by avg", "scanned by", "diese e-mail enthält", "diese e-mail und",
    "diese e-mail ist vertraulich", "diese nachricht ist vertraulich", "diese nachricht enthält vertrauliche",
    "der inhalt dieser e-mail", "die information in dieser", "bitte denken sie an die umwelt",
    "diese e-mail wurde von avast", "virenfrei", "vertraulichkeitshinweis", "haftungsausschluss",
    "ce message et", "ce courriel et", "ce courriel est", "ce message est confidentiel", "cet e-mail et",
    "ce mail et", "avis de confidentialité", "pensez à l'environnement", "pensez à la planète", "sans virus",
    "les informations contenues dans ce", "l'absence de virus", "este correo electrónico y",
    "este mensaje contiene información", "este correo electrónico contiene", "este mensaje es confidencial",
    "la información contenida en este", "aviso de confidencialidad", "libre de virus", "esta mensagem contém",
    "este e-mail e", "esta mensagem pode conter", "a informação contida", "as informações contidas nest",
    "aviso de confidencialidade", "antes de imprimir este", "livre de vírus", "le informazioni contenute in",
    "questa e-mail e", "questo messaggio è", "questa mail e", "avviso di riservatezza", "ai sensi del",
    "privo di virus", "rispetta l'ambiente", "dit bericht is", "dit bericht en", "dit e-mailbericht",
    "deze e-mail en", "deze e-mail is", "de informatie in dit", "de informatie verzonden", "virusvrij",
    "denk aan het milieu", "detta meddelande är", "detta meddelande kan innehålla", "detta e-postmeddelande",
    "denna e-post", "den här e-posten", "virusfritt", "tänk på miljön", "denne e-mail og", "denne e-mail er",
    "denne mail er", "denne e-mail indeholder", "denne meddelelse", "denne e-posten", "tämä viesti on",
    "tämä sähköposti", "ta wiadomość", "niniejsza wiadomość", "niniejszy e-mail", "treść tej wiadomości",
    "informacje zawarte w", "tento e-mail je", "tento e-mail a", "tato zpráva", "tento e-mail byl",
    "informace obsažené v", "данное сообщение", "это сообщение содержит конфиденциальн", "это сообщение и",
    "информация, содержащаяся в", "настоящее сообщение", "без вирусов", "це повідомлення містить",
    "це повідомлення та", "ця електронна пошта", "інформація, що міститься", "bu e-posta ve", "bu mesaj ve",
    "bu e-posta mesajı", "bu e-posta gizli", "yasal uyarı", "本邮件", "本郵件", "此邮件", "此郵件", "本メール",
    "このメールには", "본 메일", "email này", "thư này có thể", "هذه الرسالة", "تحتوي هذه الرسالة", "הודעה זו",
    "מייל זה", "דואר אלקטרוני זה", "το παρόν μήνυμα", "το παρόν ηλεκτρονικό", "αυτό το μήνυμα", "ez az e-mail",
    "ez az üzenet", "az e-mail tartalma", "acest mesaj", "acest e-mail", "acest email",
    "informațiile conținute în",
)  # fmt: skip
"""Openings of legal disclaimers, seals of virus scanners and appeals not to print."""
