"""Who may what: one table of roles, readable without knowing the code.

Source: section 7.2 of the domain file. A permission is a plain name; a role that works only on
some groups of services names their letters (P passports, N notarial, D attestation, S students,
C certificates, R registry, T nationality, M conscription, H protection, G general).
The rule that a reviewer does not approve own work is not a role but a policy of the request.
"""

from dataclasses import dataclass

ALL_GROUPS = frozenset("PNDSCRTMHG")
SUPERVISION = "supervision"
"""A desk of its own beside the groups: what is about the office's people is not theirs to see."""

SEE = frozenset({"desk.enter", "requests.see"})
PREPARE = SEE | {
    "requests.take",
    "requests.review",
    "requests.correct",
    "requests.invite",
    "requests.prepare",
    "requests.send_to_centre",
    "requests.note",
    "special_codes.issue",
}
COUNTER = SEE | {"requests.verify_identity", "requests.hand_over", "requests.note"}
DECIDE = PREPARE | {
    "requests.approve",
    "requests.reject",
    "requests.sign",
    "requests.certify",
    "requests.hold",
    "requests.void",
    "requests.issue",
    "requests.verify_identity",
    "requests.hand_over",
    "requests.reassign",
    "special_codes.merge",
}


@dataclass(frozen=True)
class Role:
    """A role: its words, what it may do, and on which groups of services."""

    code: str
    fa: str
    en: str
    permissions: frozenset[str]
    groups: frozenset[str] = ALL_GROUPS
    ministry: bool = False


def _clerk(code: str, fa: str, en: str, groups: str, *more: str) -> Role:
    return Role(code, fa, en, PREPARE | {"requests.issue", *more}, frozenset(groups))


ROLES = {
    role.code: role
    for role in (
        Role("head", "رئیس نمایندگی", "Head of mission", DECIDE | {"reports.see", "staff.see"}),
        Role("consul", "کنسول", "Consul", DECIDE),
        Role("vice_consul", "کنسولیار", "Vice-consul", DECIDE - {"requests.void"}),
        _clerk("passport_clerk", "کارشناس گذرنامه", "Passport clerk", "PMG"),
        _clerk("registry_clerk", "کارشناس سجلات", "Registry clerk", "RTC", "special_codes.merge"),
        _clerk("notarial_clerk", "کارشناس وکالت و اسناد", "Notarial clerk", "ND"),
        _clerk("student_clerk", "کارشناس امور دانشجویی", "Student affairs clerk", "S"),
        _clerk("social_clerk", "کارشناس امور اجتماعی", "Social affairs clerk", "HC"),
        Role("counter", "متصدی باجه", "Counter clerk", COUNTER),
        Role(
            "local_employee",
            "کارمند محلی",
            "Local employee",
            SEE | {"requests.note", "requests.masked"},
        ),
        Role("cashier", "صندوق‌دار", "Cashier", SEE | {"requests.take_fee", "reports.cash"}),
        Role(
            "supervisor",
            "ارزیابی و نظارت",
            "Supervision",
            (DECIDE - {"requests.void", "special_codes.issue", "special_codes.merge"}),
            frozenset({SUPERVISION}),
        ),
        Role(
            "admin",
            "راهبر نمایندگی",
            "Office admin",
            frozenset({"office.enter", "staff.see", "staff.manage", "office.settings"}),
        ),
        Role(
            "superadmin",
            "راهبر کل",
            "Ministry superadmin",
            frozenset(
                {
                    "ministry.enter",
                    "offices.see",
                    "offices.open",
                    "offices.suspend",
                    "offices.erase",
                }
            )
            | {"ministry.staff", "audit.see"},
            ministry=True,
        ),
        Role(
            "catalogue_admin",
            "مدیر خدمات و تعرفه",
            "Catalogue admin",
            frozenset({"ministry.enter", "offices.see", "catalogue.publish", "overlays.lock"}),
            ministry=True,
        ),
        Role(
            "inspector",
            "ارزیابی و نظارت",
            "Inspector",
            frozenset({"ministry.enter", "offices.see", "audit.see"}),
            ministry=True,
        ),
    )
}


def permissions_of(roles: frozenset[str]) -> frozenset[str]:
    """All permissions that the roles give together; an unknown role gives none."""
    return frozenset().union(*(ROLES[code].permissions for code in roles if code in ROLES))


def groups_for(roles: frozenset[str], permission: str) -> frozenset[str]:
    """The groups of services on which these roles carry that permission."""
    return frozenset().union(
        *(
            ROLES[code].groups
            for code in roles
            if code in ROLES and permission in ROLES[code].permissions
        )
    )
