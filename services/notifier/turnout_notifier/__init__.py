"""The notifier: follows the journal and sends notices by mail, push and webhook. Any number may run; one sends."""
