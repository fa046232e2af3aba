/// What a running shield tells the commands that look at it: a document of JSON on a Unix socket in
/// a directory that only its user can enter.
package dev.testudo.trust.status;
