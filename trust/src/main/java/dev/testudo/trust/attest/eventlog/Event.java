package dev.testudo.trust.attest.eventlog;

import dev.testudo.trust.attest.evidence.Octets;

/// An event of a log, not verified.
///
/// @param register the number of the register that was extended, from 0 on
/// @param type the type as a number; [EventType] names those that are known
/// @param digest what the register was extended with: a hash of its bank
/// @param name the name of a run-time event; otherwise empty
/// @param data what the log says about it; the digest need not be a hash of it
public record Event(int register, long type, Octets digest, String name, Octets data) {}
