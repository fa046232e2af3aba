/// Reads sessions from text and reports all errors in them.
package dev.testudo.policy.session.read;
