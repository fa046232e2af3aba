/// The values of secrets: created once, stored, shared between sessions, and
/// written in every format.
package dev.testudo.cas.issue;
