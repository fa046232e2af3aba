package dev.testudo.trust.attest.intel;

import java.time.Instant;

/// When a document is valid, both ends inclusive.
record Period(Instant from, Instant until) {}
