"""The names under which mail systems, and those who look after them, send.

By language. Every entry is a piece of a regular expression over folded text (see `phrases`), without nested
repetition. What a match is worth is decided in `signals`, where words alone never decide.
"""

from __future__ import annotations

from dragoman.channels.email.notices.phrases import AS_A_NAME, any_of

# Local parts and display names that only mail software uses.
DAEMON_NAMES = {
    "local parts": (
        r"mail(?:er|delivery|deliver)?[-_. ]?d(?:a|e)?(?:e|a)mon\b",
        r"mail[-_. ]deliver[iy]?[-_. ](?:sub)?system",
        r"double-bounce\b",
        r"microsoftexchange[0-9a-f]{16}",
    ),
    "names": (
        r"mail deliver(?:y|er|ing)? (?:sub-?)?(?:system|service|agent)",
        r"internet mail delivery",
        r"delivery subsystem",
        r"mail transfer (?:agent|system)",
        r"(?:почтовая служба|система доставки)",
        r"メール(?:配信|配送)?システム",
        r"(?:系统退信|[邮郵]件(?:投[递遞])?系[统統])",
        r"메일\s?(?:전송\s?)?시스템",
        r"mail-?zustellsystem",
    ),
}

# Mail administrators are people on some days and programs on others.
CARETAKER_NAMES = {
    "local parts": (
        r"po{1,2}st[-_.]?mast(?:er|re)\b",
        r"mail[-_.]?(?:admin|master|system|server|gateway|guard)",
        r"(?:mta|smtp|mx)[-_.]?admin",
        r"(?:amavis|virusalert|mimesweeper|mailsweeper|mailscanner|exchange)@",
        r"bounces?[-_+@]",
        r"auto-?(?:reply|respon)",
        r"(?:fbl|feedback\S{0,12}|scomp|abuse)@",
        r"owner-|\S{1,60}-(?:owner|admin|request|bounces)@",
        r"complaints?@",
        r"staff@(?:hotmail|outlook|live)",
    ),
    "names": (
        r"system ?administrator",
        r"systemadministrator",
        r"administrador del sistema",
        r"administrateur système",
        r"amministratore di sistema",
        r"администратор",
        r"mail administrator",
        r"microsoft outlook",
        r"microsoft exchange",
        r"content[- ]filter",
        r"(?:interscan|mailmarshal|mailsweeper|mimesweeper|mimecast|surfcontrol|ironport|esafe|fortimail|m-filter)",
        r"anti-?(?:spam|virus)",
        r"mail(?:er)? (?:system|server|gateway)",
        r"システム管理者",
        r"系[统統]管理[员員]",
    ),
}

# Shops and shipping firms send under these names as well.
ROBOT_NAMES = {"local parts": (r"(?:no|do-?not)[-_.]?reply",)}

DAEMON_NAME = any_of(DAEMON_NAMES, lead=AS_A_NAME)
CARETAKER_NAME = any_of(CARETAKER_NAMES, lead=AS_A_NAME)
ROBOT_NAME = any_of(ROBOT_NAMES, lead=AS_A_NAME)
