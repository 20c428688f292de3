"""What synthetic customers and agents say: a small, made-up shop for networks and office machines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

FIRST_NAMES = (
    *("Amara", "Anna", "Ben", "Chiara", "Dmitri", "Elif", "Fatima", "Grace", "Hiro", "Ingrid", "Jane", "Kofi"),
    *("Lucía", "Mateusz", "Nadia", "Olivier", "Priya", "Quentin", "Rosa", "Søren", "Tomás", "Uma", "Viktor", "Wei"),
    *("Ximena", "Yusuf", "Zoë", "Aaron", "Bianca", "Cem", "Dalia", "Emil", "Farah", "Goran", "Helena", "Ivan"),
)
LAST_NAMES = (
    *("Almeida", "Bauer", "Castillo", "Dubois", "Eriksen", "Ferrari", "García", "Haddad", "Ito", "Jensen", "Kowalski"),
    *("Laurent", "Müller", "Novák", "Okafor", "Petrov", "Quispe", "Rossi", "Singh", "Tanaka", "Usman", "Vasquez"),
    *("Weber", "Xu", "Yılmaz", "Zhang", "Adeyemi", "Brandt", "Costa", "Demir", "Evans", "Fischer", "Greco", "Horvat"),
)
COMPANY_FIRST = ("Aster", "Birch", "Copper", "Delta", "Ember", "Fjord", "Granite", "Harbor", "Indigo", "Juniper")
COMPANY_LAST = ("Logistics", "Dental", "Foods", "Robotics", "Textiles", "Energy", "Press", "Travel", "Labs", "Gardens")

THINGS = (
    *("printer", "router", "laptop", "invoice", "order", "delivery", "password", "account", "subscription", "refund"),
    *("mailbox", "headset", "projector", "licence", "firewall", "calendar", "dashboard", "scanner", "monitor", "badge"),
    *("contract", "warranty", "backup", "voucher", "payment", "keyboard", "booking", "report", "certificate", "modem"),
)
SUBJECTS = (
    "Cannot use the {thing}",
    "Question about my {thing}",
    "{thing} stopped working",
    "Where is my {thing}?",
    "Wrong {thing} received",
    "Please cancel the {thing}",
    "{thing} is slower than the {other}",
    "Change of {thing} for {company}",
    "Urgent: {thing} and {other} both down",
    "Order {code}: {thing} missing",
)
CUSTOMER_SAYS = (
    "Since this morning the {thing} does not answer any more.",
    "We already restarted the {thing}, and the {other} as well.",
    "The {thing} shows error {code} after every update.",
    "Could you please tell me when the {thing} will arrive?",
    "My order {code} came without the {thing}.",
    "Nobody in our office can reach the {other}.",
    "I was charged twice for the {thing}.",
    "Please send the {thing} to our new address.",
    "This is the second time that the {other} fails, {rare} aside.",
    "Thank you for your help, the {thing} is fine again.",
    "I would like to return the {thing} and keep the {other}.",
    "Attached you find what the {thing} said about {rare}.",
)
AGENT_SAYS = (
    "Thank you for writing to us about the {thing}.",
    "I have reset the {thing}; please try again.",
    "Your order {code} leaves our warehouse tomorrow.",
    "Could you tell me the number on the back of the {thing}?",
    "I have asked our {other} team to look into {code}.",
    "The {thing} is under warranty, so a new one is on its way.",
    "Please unplug the {other} for a minute.",
    "We refunded the {thing} to your card today.",
)
NOTES = (
    "Called the customer, no answer. {thing} is still open.",
    "Known problem with the {thing}, see {code}.",
    "Waiting for the supplier of the {other}.",
)
SYLLABLES = (
    "ba",
    "cor",
    "dri",
    "fen",
    "gal",
    "hu",
    "jor",
    "kel",
    "lim",
    "mor",
    "nex",
    "pra",
    "qui",
    "sto",
    "tal",
    "vex",
)

TAGS = (
    *("billing", "vip", "bug", "refund", "shipping", "feature request", "onboarding", "outage", "security", "hardware"),
    *("renewal", "complaint", "praise", "spam check", "legal", "press", "partner", "mobile", "network", "training"),
    *("warranty", "escalated", "follow-up", "duplicate", "translation", "migration", "trial", "churn risk", "api"),
    *(
        "export",
        "import",
        "gdpr",
        "accessibility",
        "holiday",
        "beta",
        "on-site",
        "returns",
        "voucher",
        "survey",
        "fraud",
    ),
)
CATEGORIES: Mapping[str, Sequence[str]] = {
    "Billing": ("Invoice", "Payment", "Refund"),
    "Technical": ("Network", "Hardware", "Software"),
    "Shipping": ("Delay", "Damage", "Address"),
    "Account": ("Access", "Profile"),
    "Sales": ("Quote", "Upgrade"),
    "Feedback": ("Complaint", "Praise"),
    "Security": ("Phishing", "Permissions"),
    "Other": ("General",),
}
TEAMS = ("First line", "Billing", "Technical", "Logistics", "Sales", "Security")
