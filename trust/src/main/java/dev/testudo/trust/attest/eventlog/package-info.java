/// Event logs: what was measured into the run-time registers (RTMRs) of a TDX domain, event by
/// event. A log is a text of the guest. Only what gives the registers that the quote signs is
/// believed. See `docs/formats/event-log.md`.
package dev.testudo.trust.attest.eventlog;
