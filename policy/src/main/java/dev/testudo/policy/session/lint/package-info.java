/// Finds what is legal in a session and yet probably not meant.
package dev.testudo.policy.session.lint;
