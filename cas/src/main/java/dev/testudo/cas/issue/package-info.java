/// Secrets: made once, kept, shared between sessions, written in every format.
package dev.testudo.cas.issue;
