/// The consent of several people to one change of a session: what each signs, and the file that
/// carries the signatures.
package dev.testudo.trust.approval;
