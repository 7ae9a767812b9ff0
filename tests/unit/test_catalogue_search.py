"""What people type finds what they mean: among the first three, in either language and script."""

import pytest

from core.catalogue import reader, search

SERVICES = list(reader.load_all().values())
# What is typed → the ref that must be among the first three.
TYPED = """
پاسپورت = P02
گذرنامه = P02
گذر نامه = P02
گدرنامه = P02
گذرنامة = P02
پاسپورت بچه = P06
گذرنامه نوزاد = P06
تمدید پاسپورت = P02
تمدید گذرنامه ام = P02
اولین پاسپورت = P01
پاسپورتم گم شده = P03
گزارش گم شدن پاسپورت = P10
پاسپورت دزدیده شده = P03
پاسپورت پاره شده = P04
برگه عبور = P12
وکالت = N01
وكالت نامه = N01
وکالت‌نامه = N01
وکالتنامه فروش ملک = N01
وکالت طلاق = N01
عزل وکیل = N02
شناسنامه نوزاد = R01
شناسنامه‌ام گم شده = R09
المثنی شناسنامه = R09
ثبت ازدواج = R13
ازدواج با خارجی = R14
طلاق = R17
ثبت فوت = R18
حمل جنازه = R19
گواهي تجرد = C02
سوء پیشینه = C01
سوپیشینه = C01
گواهی حیات = C07
کارت ملی = R21
کارت پایان خدمت = M01
خرید سربازی = M05
معافیت کفالت = M03
معافیت پزشکی = M02
معافیت تحصیلی = S05
مهر خروج = P14
خروج غیر قانونی = P17
ممنوع الخروج = P19
اشتغال به تحصیل = S02
تایید مدرک تحصیلی = D01
ترجمه شناسنامه = D05
کپی برابر اصل = N10
تغییر نام خانوادگی = R11
تغییر اسم = R10
دوتابعیتی = T02
ترک تابعیت = T03
زندانی = H01
شکایت = G07
پول را پس می خواهم = G09
vekalat = N01
vekalatname = N01
gozarname = P02
gozarnameh = P02
sarbazi = M05
azdevaj = R13
ezdevaj = R13
shenasname = R01
talagh = R17
tavalod = R01
govahi tajarod = C02
tamdid passport = P02
kart melli = R21
mohr khorooj = P14
passport renewal = P02
renew my passport = P02
pasport = P02
passprot renewal = P02
lost passport = P03
child passport = P06
power of attorny = N01
poa = N01
revoke power of attorney = N02
birth registration = R01
birth certificate = R01
marriage = R13
divorse = R17
death = R18
criminal record = C01
police certificate = C01
single certificate = C02
proof of life = C07
driving license = C11
military card = M01
student file = S01
degree approval = S04
dual citizenship = T02
renounce citizenship = T03
arrested = H01
missing person = H04
legal advice = H10
refund = G09
apostille = D06
invoice = D04
will = N08
P02 = P02
"""
TABLE = [tuple(line.split(" = ")) for line in TYPED.strip().splitlines()]


@pytest.mark.parametrize(("typed", "ref"), TABLE)
def test_what_is_typed_finds_what_is_meant(typed: str, ref: str) -> None:
    found = [service.ref for service in search.find(SERVICES, typed)]
    assert ref in found[:3], found[:6]


@pytest.mark.parametrize("typed", ["", "   ", "zzzz", "؟؟؟", "\x00", "خخخخخ", "lorem ipsum dolor"])
def test_nothing_is_found_where_nothing_fits(typed: str) -> None:
    assert search.find(SERVICES, typed) == []


def test_every_service_is_found_by_its_own_names() -> None:
    for service in SERVICES:
        for name in (*service.title.values(), service.ref):
            assert service in search.find(SERVICES, name)[:3], (service.code, name)
