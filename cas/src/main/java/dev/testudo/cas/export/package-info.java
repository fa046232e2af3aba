/// Copies of the audit log for other programs, made from its file so that CAS never waits for them.
package dev.testudo.cas.export;
