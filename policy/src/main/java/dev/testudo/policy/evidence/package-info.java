/// What verified evidence says: of the program, of the platform that it runs on, and of how good
/// that platform is. Only a verifier creates these claims; only a policy judges them.
@org.jspecify.annotations.NullMarked
package dev.testudo.policy.evidence;
