"""Passwords that everybody tries first, in one folded form: no spaces, small letters.

Together with the rules of `core.passwords` (length, repeats, runs, words of the context) a short
list is enough: at twelve characters and more most of the long public lists say nothing new.
"""

LATIN = """
123456789012 1234567890123 123456789012345 12345678910 123123123123 112233445566
passwordpassword password1234 password12345 password123456 passw0rd1234 p@ssw0rd1234
mypassword123 newpassword123 changeme1234 changemenow1 letmeinletmein letmein12345
welcome12345 welcome123456 welcometoiran administrator administrator1 administrator123
adminadmin admin1234567 admin12345678 adminadminadmin rootrootroot testtesttest
qwertyuiop12 qwertyuiop123 qwertyuiop[] qwertyuiopasdfgh qwertyuiopasdfghjkl
qwerty123456 qwerty1234567 qwertyqwerty 1qaz2wsx3edc 1q2w3e4r5t6y 1q2w3e4r5t6y7u
zaq12wsxcde3 asdfghjkl123 asdfghjkl;' zxcvbnm12345 zxcvbnmasdfghjkl poiuytrewq
qazwsxedcrfv qazwsxedcrfvtgb iloveyou1234 iloveyouforever ilovemyfamily iloveiran123
sunshine1234 princess1234 football1234 baseball1234 superman1234 batman123456
dragon123456 monkey123456 michael12345 jennifer1234 abcdefghijkl abcdefghijklmno
abcd12345678 abc123abc123 abcdef123456 aaaabbbbcccc correcthorsebatterystaple
tehran123456 tehrantehran tehran1234567 iran12345678 iraniraniran persepolis12
persepolis123 esteghlal123 esteghlal1234 esteghlaltehran perspolistehran
salamsalam salamsalamsalam khodahafez khodayaman salam1234567 mohammad1234
mohammadali mohammadreza alireza12345 alialialiali hosseinhossein yahossein123
yaali1234567 bismillah123 bismillah786 allahuakbar1 allahakbar123 azadi1234567
secretsecret secret123456 trustno1trustno1 whateverwhatever computer1234
internet1234 samsung12345 googlegoogle facebook1234 telegram1234 whatsapp1234
passport1234 passportpassport embassy12345 consulate123 visavisavisa
"""
PERSIAN = "سلامسلامسلام رمزعبورمن ایرانایران یاعلیمدد دوستتدارم"

COMMON = frozenset((LATIN + PERSIAN).split())
