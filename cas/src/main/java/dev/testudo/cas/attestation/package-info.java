/// Attestation: from evidence to a program's configuration.
package dev.testudo.cas.attestation;
