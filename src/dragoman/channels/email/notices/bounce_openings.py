"""How the text of a bounce begins.

By language. Every entry is a piece of a regular expression over folded text (see `phrases`), without nested
repetition. What a match is worth is decided in `signals`, where words alone never decide.
"""

from __future__ import annotations

from dragoman.channels.email.notices.phrases import any_of

RETURNED_OPENINGS = {
    "en": (
        r"hi\. this is the .{1,40}program",
        r"this is the (?:\S{1,60} )?(?:mail|e?-?mail|postfix|qmail|mailer|dragonfly|"
        r"delivery)[- ]\S{0,20} ?(?:system|program|server|agent|daemon)?",
        r"this message was (?:created|generated|sent) automatically by (?:the )?(?:mail|e?-?mail)",
        r"(?:automatically|system)[- ]generated (?:delivery|mail|message|non-?delivery|e?-?mail)[- ]?(?:status|"
        r"delivery|failure|error)",
        r"this is an? (?:automatically|auto)[- ]generated (?:delivery|non-?delivery)",
        r"this (?:non-?delivery |delivery )?report relates to a message",
        r"the original message was received (?:at|on)",
        r"did not reach the (?:following|intended) recipient",
        r"(?:following|these) (?:\S{1,12} )?(?:address|recipient|user|"
        r"mailbox)\S{0,8} (?:or groups? )?(?:\S{1,12} ){0,4}(?:fail|error|problem|reject|invalid|unknown|"
        r"undeliver|not (?:be )?(?:deliver|reach))",
        r"each of the following recipients",
        r"(?:could|can|was|were|has|have|is|did)(?: ?not|n't)(?: been| be| successfully| relayed|"
        r" deliver)* ?(?:be )?(?:deliver|relay|sent to|reach (?:the|its|your|one))",
        r"(?:was|were) not (?:be )?(?:delivered|relayed|sent)",
        r"(?:unable|failed|not able|impossible|failure) to deliver",
        r"wasn't able to deliver",
        r"undeliverable (?:message|mail|e?-?mail|to|address|because)",
        r"undelivered (?:message|mail|e?-?mail)",
        r"(?:message|mail|e?-?mail|delivery).{0,80}(?:has |was |is |been )(?:failed|rejected|refused|bounced|"
        r"returned|blocked|aborted|undeliverable)",
        r"deliver[iy] (?:to|of|has|for) .{0,80}fail",
        r"delivery (?:failed|failure|error|problem)",
        r"fail(?:ed|ure) (?:permanently|to deliver)",
        r"there was (?:a problem|an error) (?:delivering|while delivering|sending)",
        r"(?:an )?error (?:has )?occurred (?:while|when|during|in) (?:\S{1,12} ){0,4}(?:deliver|send|process)",
        r"(?:is|was|are) (?:returned|being returned) to (?:you|sender|the sender)",
        r"returned to (?:the )?sender",
        r"(?:user|recipient|mailbox|address|account) (?:\S{1,60} )?(?:is |was )?(?:unknown|not found|"
        r"does(?: not|n't) exist|not listed in|unavailable|disabled|over quota|full|wasn't found|couldn't be found)",
        r"(?:unknown|no such|invalid) (?:local )?(?:user|recipient|mailbox|address)",
        r"transcript of session follows",
        r"permanent (?:fatal )?(?:error|failure)",
        r"non-?delivery (?:report|notification)",
        r"delivery status notification",
        r"reason (?:for|of) (?:the )?(?:failure|non-?delivery|return)",
        r"(?:message|mail).{0,60}contain(?:s|ed|ing) (?:a )?(?:virus|banned|prohibited)",
        r"group you tried to contact .{0,60}may not exist",
        r"rejected your message to the following",
        r"message (?:you sent )?(?:\S{1,12} ){0,6}(?:delayed|undelivered)",
        r"not (?:a |an? \S{1,12} )?(?:member|subscriber)s?\b.{0,40}(?:list|group|ml\b)",
        r"not (?:allowed|authori[sz]ed|permitted) to (?:post|send)",
        r"(?:awaits|held (?:for|until|awaiting)) .{0,40}(?:moderator|approval|review)",
        r"duplicated message-id|mail loop|too many hops",
        r"no valid recipients",
        r"trouble delivering",
        r"(?:error|reason) message (?:below|follows)",
    ),
    "de": (
        r"(?:nicht|nachricht|mail) (?:\S{1,20} ){0,4}(?:zugestellt|zustell|übermittelt|ausgeliefert|gesendet werden)",
        r"unzustellbar",
        r"fehler bei der (?:zustellung|übermittlung|übertragung)",
        r"zustellung.{0,80}fehlgeschlagen",
        r"empfänger (?:\S{1,20} ){0,3}(?:unbekannt|nicht (?:gefunden|erreich))",
        r"nicht erreicht",
        r"bericht über den zustellstatus",
    ),
    "fr": (
        r"n'(?:a|ont|est|avons) (?:pas |pu |malheureusement ){1,3}(?:pu |être ){0,2}(?:remis|délivr|distribu|"
        r"achemin|transmis|livr|atteint)",
        r"(?:é|e)chec de (?:la )?(?:remise|distribution|livraison)",
        r"impossible (?:de|d') ?(?:remettre|délivrer|distribuer|achemin)",
        r"notification (?:automatique )?d'(?:é|e)tat",
        r"destinataire (?:inconnu|introuvable)",
        r"n'est pas parvenu",
    ),
    "es": (
        r"no (?:se )?(?:ha |pudo |puede |fue |podido |han ){1,3}(?:ser )?(?:entrega|enviad|reparti)",
        r"error (?:de|en la) entrega",
        r"no se ha entregado",
        r"destinatario (?:desconocido|no existe)",
        r"no llegó a",
        r"devuelto al remitente",
    ),
    "pt": (
        r"não (?:foi |pôde |pode |puderam |foram |é ){1,3}(?:possível |ser )?(?:entreg|enviad)",
        r"falha (?:na|de) entrega",
        r"destinatário (?:desconhecido|não)",
        r"devolvid[oa] ao remetente",
        r"não alcançou",
    ),
    "it": (
        r"non (?:è stato |è |sono stati |ha |può |essere |stato |possibile ){1,4}(?:recapita|consegna|invia|"
        r"raggiunto)",
        r"impossibile (?:recapitare|consegnare)",
        r"(?:recapito|consegna) non riuscit",
        r"destinatario (?:sconosciuto|inesistente)",
        r"mancat[oa] (?:recapito|consegna)",
    ),
    "nl": (
        r"niet (?:\S{1,20} ){0,3}(?:bezorgd|afgeleverd|bereikt|besteld)",
        r"(?:bezorging|aflevering).{0,60}mislukt",
        r"onbestelbaar",
        r"kan niet worden (?:bezorgd|afgeleverd)",
    ),
    "ru, uk": (
        r"не (?:может быть |удалось |было |был |была |могло быть |смог\S{0,4} ){0,2}(?:доставл|доставить|отправлен)",
        r"не(?:возможно)? доставить",
        r"недоставлен",
        r"ошибка (?:при )?доставк",
        r"(?:пользователь|получатель|адрес).{0,60}не (?:найден|существует)",
        r"создано автоматически",
        r"отправлено почтовым сервером",
    ),
    "pl, cs, hu": (
        r"nie (?:\S{1,20} ){0,3}dostarcz",
        r"niedostarcz",
        r"nebyl[ao]? .{0,30}doruč",
        r"nelze doručit",
        r"kézbesít",
    ),
    "nordic": (
        r"inte (?:\S{1,12} ){0,2}lever",
        r"ikke (?:\S{1,12} ){0,2}lever",
        r"ei (?:\S{1,12} ){0,2}toimit",
    ),
    "tr, el": (
        r"(?:teslim edil|ileti?l|gönderil)eme",
        r"δεν (?:\S{1,20} ){0,3}παραδ",
        r"δεν (?:\S{1,20} ){0,3}παράδοσ",
    ),
    "ja": (
        r"(?:送信|配信|配送|お届け|配達)(?:することが)?(?:が|は|を)?(?:でき(?:ません|なかった|ず)|されません|不能|失敗|エラー)",
        r"届(?:きません|けること|けられ|かなかった)",
        r"(?:送信|配信|配送)に失敗",
        r"(?:存在し|見つかり|見つから)(?:ない|ません)",
        r"エラー(?:が発生|のため|メール|により)",
        r"不達",
        r"配信(?:状況|状態)",
        r"自動的に(?:生成|作成|送信)",
    ),
    "zh": (
        r"退[信件回]",
        r"[无無]法(?:投|送|[发發]|[传傳]|[递遞])",
        r"未(?:能)?(?:成功)?(?:送达|送達|投[递遞]|[传傳][递遞])",
        r"(?:投[递遞]|[发發]送|[传傳][递遞送])失[败敗]",
        r"(?:不存在|找不到).{0,20}(?:收件人|用[户戶]|[邮郵]箱)",
        r"(?:收件人|用[户戶]|[邮郵]箱).{0,20}(?:不存在|找不到|已[满滿])",
    ),
    "ko": (
        r"반송",
        r"(?:배달|전달|전송|발송)(?:되지|할 수|하지|에 실패)",
        r"(?:수신자|사용자|주소).{0,20}(?:없|찾을 수)",
    ),
}

RETURNED_OPENING = any_of(RETURNED_OPENINGS)
