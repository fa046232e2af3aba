/// The status that running shields publish: a JSON document on a Unix socket in a directory that
/// only their user can enter.
package dev.testudo.trust.status;
