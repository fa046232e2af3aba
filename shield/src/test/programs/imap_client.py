"""Logs in to an IMAP server five times, as five users; each puts a message there and fetches it again. Argument: a port."""
import imaplib, sys

for number in range(5):
    mail = imaplib.IMAP4("127.0.0.1", int(sys.argv[1]), 60)
    mail.login("user%d" % number, "password")
    mail.append("INBOX", None, None, b"Subject: story\r\n\r\nbody %d\r\n" % number)
    mail.select()
    found = mail.search(None, "ALL")[1][0].split()
    body = mail.fetch(found[-1], "(BODY[TEXT])")[1][0][1].strip()
    assert body == b"body %d" % number, body
    mail.logout()
print("5 users have their mail")
