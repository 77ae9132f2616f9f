"""The office's mailbox: letters go out by SMTP, each once; mails come in by IMAP, each whole."""
