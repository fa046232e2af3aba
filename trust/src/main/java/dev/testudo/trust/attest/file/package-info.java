/// Recognises what a file about attestation holds: evidence, event logs and certificate tables, raw
/// or in one of the wrappings that are in use. Nothing is verified here.
package dev.testudo.trust.attest.file;
